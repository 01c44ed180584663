/** I7 nobody else's, I8 checked before it was sent, I9 recorded before it was sent, I12 bounded doubt. */
import { readClientOrderId } from '../../../src/domain/order/client-order-id.ts';
import { accountStream } from '../../../src/domain/account/events.ts';
import type { OrderAdmitted, ReplacementAdmitted } from '../../../src/domain/risk-policy/events.ts';
import type { RecordedEvent } from '../../../src/application/ports/event-store.ts';
import type { Arrival, Evidence, Violation } from './evidence.ts';
import { groupBy } from './group-by.ts';
import type { AccountRecord, OrderRecord, Record } from './record.ts';

const at = (event: RecordedEvent): number => Date.parse(event.recordedAt);

/** No event on an account or its orders was caused by a person without a right to it. */
export function foreignActs({ events, trespasses }: Evidence, { orders, accounts }: Record): readonly Violation[] {
  const list: Violation[] = [];
  const check = (event: RecordedEvent, owner: string | null, subject: string): void => {
    const { actor } = event.metadata;
    if (actor.kind === 'user' && actor.id !== owner)
      list.push({
        invariant: 'I7',
        subject,
        detail: `${event.type} on ${event.stream} was caused by user ${actor.id}`,
      });
  };
  for (const { accountId, userId, riskEvents } of accounts.values()) {
    for (const event of riskEvents) check(event, userId, accountId);
  }
  for (const { orderId, state, events: own } of orders.values()) {
    for (const event of own) check(event, accounts.get(state.ticket.accountId)?.userId ?? null, orderId);
  }
  for (const event of events) {
    if (event.stream.startsWith(accountStream('')))
      check(event, event.stream.slice(accountStream('').length), event.stream);
  }
  for (const answer of trespasses)
    list.push({
      invariant: 'I7',
      subject: 'another account',
      detail: `a stranger's request was answered with ${answer}`,
    });
  return list;
}

/** Every request that came to the broker's door was admitted by the risk engine before. */
export function unchecked({ arrivals }: Evidence, { accounts }: Record): readonly Violation[] {
  const admitted = admissions([...accounts.values()]);
  return arrivals.flatMap((arrival): Violation[] => {
    const since = admitted.get(keyOf(arrival.clientOrderId));
    if (since !== undefined && since <= arrival.at) return [];
    const detail =
      since === undefined
        ? 'it was sent, and never admitted'
        : `it was sent ${since - arrival.at} ms before it was admitted`;
    return [{ invariant: 'I8', subject: arrival.clientOrderId, detail }];
  });
}

const keyOf = (clientOrderId: string): string => {
  const named = readClientOrderId(clientOrderId);
  return named === null ? clientOrderId : `${named.orderId}/${named.revision}`;
};

function admissions(accounts: readonly AccountRecord[]): Map<string, number> {
  const found = new Map<string, number>();
  for (const event of accounts.flatMap(({ riskEvents }) => riskEvents)) {
    if (event.type === 'OrderAdmitted')
      found.set(`${(event.data as OrderAdmitted['data']).ticket.orderId}/0`, at(event));
    if (event.type !== 'ReplacementAdmitted') continue;
    const { orderId, revision } = event.data as ReplacementAdmitted['data'];
    const key = `${orderId}/${revision}`;
    found.set(key, Math.min(at(event), found.get(key) ?? Infinity));
  }
  return found;
}

/** Every request that came to the broker's door had its intent recorded before, and every sending a claim of its own. */
export function unrecorded({ arrivals }: Evidence, { orders }: Record): readonly Violation[] {
  const list: Violation[] = [];
  for (const [key, tries] of groupBy(arrivals, ({ clientOrderId }) => keyOf(clientOrderId))) {
    const [orderId = '', revision = ''] = key.split('/');
    const own = orders.get(orderId);
    const inTime = tries.toSorted((a, b) => a.at - b.at);
    const intents = own === undefined ? [] : intentsOf(own, Number(revision));
    for (const [index, arrival] of inTime.entries()) {
      const problem = tooEarly(arrival, arrival.verb === 'place' ? intents[index] : intents[0]);
      if (problem !== null) list.push({ invariant: 'I9', subject: arrival.clientOrderId, detail: problem });
    }
  }
  return list;
}

/** The moments from which each sending was permitted: a claim for each of an order, one request for all of a change. */
const intentsOf = ({ events }: OrderRecord, revision: number): readonly number[] =>
  events
    .filter(({ type, data }) =>
      revision === 0
        ? type === 'SubmissionClaimed'
        : type === 'ReplaceRequested' && (data as { readonly revision: number }).revision === revision,
    )
    .map(at);

function tooEarly(arrival: Arrival, since: number | undefined): string | null {
  if (since === undefined) return 'it was sent without a recorded intent to send it';
  return since <= arrival.at ? null : `it was sent ${since - arrival.at} ms before the intent was recorded`;
}

/** Nobody may stay in doubt for longer without a person knowing. */
const DOUBT_LIMIT_MS = 65_000;
/** A sweep finds it a moment later. */
const NOTICE_MS = 10_000;

/** No order has stayed in doubt beyond the limit without an alarm. */
export function silentDoubts(
  { alarms, at: now, noticeMs = NOTICE_MS }: Evidence,
  { orders }: Record,
): readonly Violation[] {
  const list: Violation[] = [];
  for (const { orderId, events } of orders.values()) {
    for (const { since, until } of doubtsOf(events, now)) {
      if (until - since <= DOUBT_LIMIT_MS + noticeMs) continue;
      const told = alarms.some((alarm) => alarm.orderId === orderId && alarm.at <= since + DOUBT_LIMIT_MS + noticeMs);
      const seconds = Math.round((until - since) / 1000);
      if (!told)
        list.push({ invariant: 'I12', subject: orderId, detail: `it was in doubt for ${seconds} s without an alarm` });
    }
  }
  return list;
}

const DOUBT_ENDS = ['OrderAcknowledged', 'SubmissionFailed', 'OrderRejected', 'OrderNotReceived'];

function doubtsOf(
  events: readonly RecordedEvent[],
  now: number,
): readonly { readonly since: number; readonly until: number }[] {
  const doubts: { since: number; until: number }[] = [];
  let since: number | null = null;
  for (const event of events) {
    if (event.type === 'SubmissionClaimed') since ??= at(event);
    if (since === null || !DOUBT_ENDS.includes(event.type)) continue;
    doubts.push({ since, until: at(event) });
    since = null;
  }
  if (since !== null) doubts.push({ since, until: now });
  return doubts;
}
