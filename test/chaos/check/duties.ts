/** I7 nobody else's, I12 bounded doubt. */
import { accountStream } from '../../../src/domain/account/events.ts';
import { KILL_SWITCH_STREAM } from '../../../src/domain/risk-policy/kill-switch/events.ts';
import type { HaltRenewed, TradingHalted, TradingResumed } from '../../../src/domain/risk-policy/kill-switch/events.ts';
import type { RecordedEvent } from '../../../src/application/ports/event-store.ts';
import type { Evidence, Violation } from './evidence.ts';
import { recordedAt as at } from './record.ts';
import type { Record } from './record.ts';
import { doubtsLeft } from './unsettled.ts';

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
  const halted = new Map<string, string>();
  for (const event of events) {
    if (event.stream === KILL_SWITCH_STREAM && event.type === 'TradingHalted') {
      const { scope, haltId } = event.data as TradingHalted['data'];
      if (scope.kind === 'account') halted.set(haltId, scope.accountId);
    }
    if (
      event.stream === KILL_SWITCH_STREAM &&
      ['TradingHalted', 'HaltRenewed', 'TradingResumed'].includes(event.type)
    ) {
      const accountId = halted.get((event.data as (TradingHalted | HaltRenewed | TradingResumed)['data']).haltId);
      if (accountId !== undefined) check(event, accounts.get(accountId)?.userId ?? null, accountId);
    }
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

/** Nobody may stay in doubt for longer without a person knowing. */
const DOUBT_LIMIT_MS = 65_000;
/** A sweep finds it a moment later. */
const NOTICE_MS = 10_000;

/** No order has stayed in doubt beyond the limit without an alarm. */
export function silentDoubts(
  { alarms, at: now, noticeMs = NOTICE_MS, quiet }: Evidence,
  record: Record,
): readonly Violation[] {
  const list: Violation[] = quiet === null ? [] : [...doubtsLeft(quiet, record)];
  for (const { orderId, events } of record.orders.values()) {
    for (const { since, until } of doubtsOf(events, now)) {
      if (until - since <= DOUBT_LIMIT_MS + noticeMs) continue;
      const told = alarms.some(
        (alarm) => alarm.orderId === orderId && alarm.at > since && alarm.at <= since + DOUBT_LIMIT_MS + noticeMs,
      );
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
