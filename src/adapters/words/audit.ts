/** What a verification of the log found, in words: one line each. */
import type { EventProblem, LogFault } from '../../application/audit/check-log.ts';
import type { HeadProblem } from '../../application/audit/check-heads.ts';
import type { StoredEvent } from '../../application/ports/event-chain.ts';
import type { EventName } from '../audit/log-source.ts';
import type { Fault, Verdict } from '../audit/verdict.ts';

/** `ok: ...`, or `failed: ...` with the first thing that is wrong and its place. */
export function verdictLine(verdict: Verdict): string {
  if (verdict.kind === 'bad') {
    const place = verdict.line === null ? '' : `line ${verdict.line}: `;
    return `failed: ${place}${faultText(verdict.fault)}`;
  }
  const { events, streams, heads, lastSignedAt, unsigned, unsignedSince } = verdict;
  const signed = lastSignedAt === null ? 'never signed' : `last signed at ${lastSignedAt}`;
  const after =
    unsigned === 0
      ? ''
      : `; ${unsigned} ${unsigned === 1 ? 'event' : 'events'} came after the last head, since ${unsignedSince}`;
  return `ok: ${events} events, ${streams} streams, ${heads} heads, ${signed}${after}`;
}

/** What else somebody should know about a log that is right; null for nothing. */
export function warningLine(verdict: Verdict): string | null {
  if (verdict.kind === 'bad' || !verdict.isSigningOverdue) return null;
  const { unsigned, unsignedSince } = verdict;
  return `WARNING: nobody signs: no head covers the ${unsigned} events since ${unsignedSince}, and one is due every minute`;
}

const EVENT: Record<EventProblem, string> = {
  position: 'its position is not after that of the event before it',
  revision: 'it is not the next revision of its stream: events are missing before it, or it is one too many',
  'id-twice': 'its id was used by an earlier event',
  'foreign-id': 'its id was not made for its stream',
  hash: 'its hash does not fit its content and the event before it in the stream',
};

const HEAD: Record<HeadProblem, string> = {
  chain: 'it does not follow the head before it: heads are missing, or were changed',
  count: 'it does not speak of more events than the head before it',
  key: 'it is signed with a key that is not trusted',
  signature: 'its signature is wrong',
};

const SEAL = {
  missing: 'the file ends without its seal: it was cut off',
  key: 'the seal is signed with a key that is not trusted',
  signature: 'the signature of the seal is wrong',
  content:
    'the seal does not fit: the header, the heads or the events after the last head are not those that were exported',
};

function faultText(fault: Fault): string {
  switch (fault.kind) {
    case 'line':
      return fault.problem;
    case 'seal':
      return SEAL[fault.problem];
    case 'nothing-signed':
      return `there is no head, so nothing proves that these ${fault.count} events are those that were written`;
    case 'outside':
      return `${nameOf(fault.event)}: it stands outside of the total order, so only its stream shows it, and it was forged`;
    case 'changed': {
      const { read, count, event } = fault;
      const which = event === null ? '' : `; not read: ${nameOf(event)}`;
      return `the log was changed while it was read: ${read} events were read, and there are ${count} up to the last${which}`;
    }
    default:
      return logFaultText(fault);
  }
}

function logFaultText(fault: LogFault): string {
  switch (fault.kind) {
    case 'event':
      return `${placeOf(fault.event)}: ${EVENT[fault.problem]}`;
    case 'signed-otherwise': {
      const { from, to, first, head } = fault;
      const which = from === to ? `event ${from} is not the one` : `events ${from} to ${to} are not those`;
      return `${which} that ${from === to ? 'was' : 'were'} signed at ${head.signedAt}; the first: ${placeOf(first)}`;
    }
    case 'events-lost':
      return `events are lost: ${fault.head.count} were signed at ${fault.head.signedAt}, and there are ${fault.count}`;
    case 'head':
      return `head ${fault.number}, signed at ${fault.head.signedAt}: ${HEAD[fault.problem]}`;
  }
}

const nameOf = ({ stream, revision, id }: EventName): string => `revision ${revision} of ${stream}, event ${id}`;

const placeOf = (event: StoredEvent): string => `${nameOf(event)}, position ${event.position}`;
