/**
 * What goes wrong on the way to the broker and back, drawn from the seed and from which try of which request it is, so
 * that it does not depend on time.
 */
import { chance, weighed } from '../plan/chance.ts';

/** What an order request meets: when the broker gets it, and what comes back. */
export interface RequestFault {
  readonly name: string;
  /** `late`: after the client has given up. */
  readonly forward: 'now' | 'never' | 'late';
  readonly answer:
    | 'its own'
    /** Its own, but the text ends in the middle. */
    | 'truncated'
    /** Its own, and the connection ends in the middle. */
    | 'cut'
    | 'nothing'
    | 'end of the connection'
    | 'reset'
    | { readonly status: number; readonly type: 'json' | 'html' | 'none' };
}

const HTML = (status: number) => ({ status, type: 'html' }) as const;
const ALPACA = (status: number) => ({ status, type: 'json' }) as const;
const EMPTY = { status: 200, type: 'none' } as const;

/** Requests to place, change or cancel an order: the weights are shares of all such requests. */
const REQUEST_FAULTS: readonly { readonly weight: number; readonly entry: RequestFault }[] = [
  { weight: 0.03, entry: { name: 'dropped before', forward: 'never', answer: 'end of the connection' } },
  { weight: 0.02, entry: { name: 'reset before', forward: 'never', answer: 'reset' } },
  { weight: 0.02, entry: { name: '504 before', forward: 'never', answer: ALPACA(504) } },
  { weight: 0.01, entry: { name: '200 without a body before', forward: 'never', answer: EMPTY } },
  { weight: 0.02, entry: { name: 'HTML 403 before', forward: 'never', answer: HTML(403) } },
  { weight: 0.05, entry: { name: 'dropped after', forward: 'now', answer: 'end of the connection' } },
  { weight: 0.02, entry: { name: 'reset after', forward: 'now', answer: 'reset' } },
  { weight: 0.05, entry: { name: '504 after', forward: 'now', answer: ALPACA(504) } },
  { weight: 0.02, entry: { name: '500 after', forward: 'now', answer: ALPACA(500) } },
  { weight: 0.02, entry: { name: '200 without a body after', forward: 'now', answer: EMPTY } },
  { weight: 0.02, entry: { name: 'HTML 403 after', forward: 'now', answer: HTML(403) } },
  { weight: 0.02, entry: { name: 'HTML 502 after', forward: 'now', answer: HTML(502) } },
  { weight: 0.02, entry: { name: 'truncated JSON', forward: 'now', answer: 'truncated' } },
  { weight: 0.01, entry: { name: 'cut within JSON', forward: 'now', answer: 'cut' } },
  { weight: 0.04, entry: { name: 'accepted late', forward: 'late', answer: 'nothing' } },
  { weight: 0.02, entry: { name: '504, then accepted late', forward: 'late', answer: ALPACA(504) } },
  { weight: 0.05, entry: { name: '429', forward: 'never', answer: ALPACA(429) } },
];

/** Requests that only read. */
const READ_FAULTS: typeof REQUEST_FAULTS = [
  { weight: 0.2, entry: { name: 'look-up reset', forward: 'never', answer: 'reset' } },
  { weight: 0.2, entry: { name: 'look-up 500', forward: 'now', answer: ALPACA(500) } },
  { weight: 0.2, entry: { name: 'look-up HTML 404', forward: 'never', answer: HTML(404) } },
  { weight: 0.2, entry: { name: 'look-up 429', forward: 'never', answer: ALPACA(429) } },
  { weight: 0.1, entry: { name: 'look-up truncated', forward: 'now', answer: 'truncated' } },
  { weight: 0.1, entry: { name: 'look-up unanswered', forward: 'never', answer: 'nothing' } },
];

/** Of the look-ups of one order, and of the lists of an account's orders. */
const READS_FAULTY = { order: 0.05, list: 0.015 } as const;

/** So much later than the client gives up, a late request arrives: milliseconds. */
const LATE_MS = { least: 100, most: 3_500 } as const;

export interface Faults {
  /** Of the `nth` request of this kind about this subject; null for none. */
  request(verb: string, subject: string, nth: number): RequestFault | null;
  read(what: keyof typeof READS_FAULTY, subject: string, nth: number): RequestFault | null;
  /** How much later than the client's time-out a late request arrives. */
  lateMs(subject: string, nth: number): number;
  /** How many milliseconds an honest answer takes. */
  slowMs(subject: string, nth: number): number;
  frame(subject: string, nth: number): FrameFault;
}

/** How often a frame is delivered, and each time how much later. */
export interface FrameFault {
  readonly name: 'delivered' | 'dropped' | 'duplicated' | 'late';
  readonly deliverAfterMs: readonly number[];
}

export function createFaults(seed: number): Faults {
  const draw = (...about: readonly (string | number)[]): number => chance(seed, ...about);
  return {
    request: (verb, subject, nth) => weighed(draw('request', verb, subject, nth), REQUEST_FAULTS),
    read(what, subject, nth) {
      if (draw('faulty read', what, subject, nth) >= READS_FAULTY[what]) return null;
      return weighed(draw('read', what, subject, nth), READ_FAULTS);
    },
    lateMs: (subject, nth) => LATE_MS.least + draw('late', subject, nth) * (LATE_MS.most - LATE_MS.least),
    slowMs: (subject, nth) => (draw('is slow', subject, nth) < 0.1 ? 20 + draw('slow', subject, nth) * 300 : 0),
    frame(subject, nth) {
      const lot = draw('frame', subject, nth);
      const later = (which: string): number => 5 + draw('later', which, subject, nth) * 600;
      if (lot < 0.12) return { name: 'dropped', deliverAfterMs: [] };
      if (lot < 0.27) return { name: 'duplicated', deliverAfterMs: [0, later('twice')] };
      if (lot < 0.37) return { name: 'late', deliverAfterMs: [later('once')] };
      return { name: 'delivered', deliverAfterMs: [0] };
    },
  };
}

/** A broker without faults: while a world is set up. */
export const NO_FAULTS: Faults = {
  request: () => null,
  read: () => null,
  lateMs: () => 0,
  slowMs: () => 0,
  frame: () => ({ name: 'delivered', deliverAfterMs: [0] }),
};
