/**
 * The circuit breaker before one host of the broker's: when it has failed so many times in a row, nothing that could place
 * or change an order is sent there until it has answered again. What it answers to is always a request that only reads or
 * cancels: an order never finds out whether the broker works.
 */
import type { Log } from '../../application/ports/log.ts';

export interface BreakerTimes {
  /** So many failures in a row open it. */
  readonly failures: number;
  /** Milliseconds until the first probe, and at most; twice as many after each one that failed. Varied by a fifth. */
  readonly firstProbe: number;
  readonly longestProbe: number;
}

export interface BreakerNeeds {
  /** What stands behind it, for people. */
  readonly name: string;
  readonly times: BreakerTimes;
  /** Asks the host something that has no effect. What comes of it is noted where all requests pass. */
  readonly probe: () => Promise<unknown>;
  readonly log: Pick<Log, 'info' | 'warn'>;
  /** From 0 to below 1. */
  readonly random: () => number;
  /** Calls after so many milliseconds; does not keep the process alive. */
  readonly later: (act: () => void, milliseconds: number) => void;
}

export interface Breaker {
  /** Null when orders may go; else why not, and when the host is asked again. */
  held(): { readonly reason: string; readonly afterMs: number } | null;
  /** The host has done its part, whatever it said. */
  succeeded(): void;
  failed(): void;
  /** Resolves once orders may go, or when `signal` aborts. */
  closed(signal: AbortSignal): Promise<void>;
}

/** A fifth more or less, so that many who wait do not come at the same moment. */
const VARIED_BY = 0.2;

export function createBreaker({ name, times, probe, log, random, later }: BreakerNeeds): Breaker {
  let failures = 0;
  /** The wait before the next probe; null while it is closed. */
  let waitMs: number | null = null;
  /** How often it has opened: a probe of an earlier time goes no further. */
  let openings = 0;
  let waiting: (() => void)[] = [];

  function probeLater(afterMs: number, opening: number): void {
    waitMs = Math.min(afterMs * (1 + VARIED_BY * (2 * random() - 1)), times.longestProbe);
    const isStillOpen = (): boolean => waitMs !== null && openings === opening;
    later(() => {
      if (!isStillOpen()) return;
      void probe()
        .catch(() => undefined)
        .then(() => {
          if (isStillOpen()) probeLater(Math.min(afterMs * 2, times.longestProbe), opening);
        });
    }, waitMs);
  }

  return {
    held() {
      if (waitMs === null) return null;
      const reason = `The broker has failed ${failures} times in a row; orders wait until it answers again.`;
      return { reason, afterMs: Math.ceil(waitMs) };
    },
    succeeded() {
      failures = 0;
      if (waitMs === null) return;
      waitMs = null;
      log.info('the broker answers again: orders go on', { broker: name });
      const released = waiting;
      waiting = [];
      for (const release of released) release();
    },
    failed() {
      failures += 1;
      if (waitMs !== null || failures < times.failures) return;
      log.warn('the broker fails: orders wait until it answers again', { broker: name, failures });
      openings += 1;
      probeLater(times.firstProbe, openings);
    },
    closed: (signal) =>
      new Promise((resolve) => {
        if (waitMs === null || signal.aborted) return resolve();
        const release = (): void => {
          signal.removeEventListener('abort', release);
          waiting = waiting.filter((each) => each !== release);
          resolve();
        };
        waiting.push(release);
        signal.addEventListener('abort', release, { once: true });
      }),
  };
}
