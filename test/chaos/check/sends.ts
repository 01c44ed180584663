/** I8 checked before it was sent, and not halted; I9 recorded before it was sent. */
import { readClientOrderId } from '../../../src/domain/order/client-order-id.ts';
import type { OrderPlaced } from '../../../src/domain/order/events.ts';
import { KILL_SWITCH_STREAM } from '../../../src/domain/risk-policy/kill-switch/events.ts';
import type { HaltScope, TradingHalted, TradingResumed } from '../../../src/domain/risk-policy/kill-switch/events.ts';
import type { OrderAdmitted, ReplacementAdmitted } from '../../../src/domain/risk-policy/events.ts';
import type { RecordedEvent } from '../../../src/application/ports/event-store.ts';
import { otherwiseThanAdmitted } from './admitted-terms.ts';
import type { Arrival, Evidence, Violation } from './evidence.ts';
import { groupBy } from './group-by.ts';
import { recordedAt as at } from './record.ts';
import type { AccountRecord, OrderRecord, Record } from './record.ts';

/** Every request that came to the broker's door was admitted by the risk engine before, as it came, and none came while it was halted. */
export function unchecked(evidence: Evidence, record: Record): readonly Violation[] {
  const { arrivals } = evidence;
  return [
    ...unadmitted(arrivals, record),
    ...otherwiseThanAdmitted(evidence, record),
    ...sentWhileHalted(evidence, record),
  ];
}

function unadmitted(arrivals: readonly Arrival[], { accounts }: Record): readonly Violation[] {
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

/** An order that was on its way already may still arrive so much later. */
const HALTED_WITHIN_MS = 1_000;

function sentWhileHalted({ events, arrivals }: Evidence, { orders, accounts }: Record): readonly Violation[] {
  const halts = haltsIn(events);
  if (halts.length === 0) return [];
  return arrivals.flatMap(({ clientOrderId, at: arrivedAt, leftAt: sentAt = arrivedAt }): Violation[] => {
    const own = orders.get(readClientOrderId(clientOrderId)?.orderId ?? '');
    const placed = own?.events[0]?.data as Partial<OrderPlaced['data']> | undefined;
    if (own === undefined || placed?.channel === 'kill-switch') return [];
    const { accountId, symbol } = own.state.ticket;
    const userId = accounts.get(accountId)?.userId ?? null;
    const halt = halts.find(
      ({ scope, from, until }) =>
        sentAt > from + HALTED_WITHIN_MS && sentAt < until && concerns(scope, { accountId, symbol, userId }),
    );
    if (halt === undefined) return [];
    const detail = `it was sent ${sentAt - halt.from} ms after trading was halted (${halt.scope.kind})`;
    return [{ invariant: 'I8', subject: clientOrderId, detail }];
  });
}

interface StandingHalt {
  readonly scope: HaltScope;
  readonly from: number;
  readonly until: number;
}

/** The halts that stop everything but cancels. */
function haltsIn(events: readonly RecordedEvent[]): readonly StandingHalt[] {
  const own = events.filter(({ stream }) => stream === KILL_SWITCH_STREAM);
  return own.flatMap((event): StandingHalt[] => {
    if (event.type !== 'TradingHalted') return [];
    const { haltId, scope, level } = event.data as TradingHalted['data'];
    if (level !== 'halted') return [];
    const ended = own.find(
      ({ type, data }) => type === 'TradingResumed' && (data as TradingResumed['data']).haltId === haltId,
    );
    return [{ scope, from: at(event), until: ended === undefined ? Infinity : at(ended) }];
  });
}

function concerns(
  scope: HaltScope,
  order: { readonly accountId: string; readonly symbol: string; readonly userId: string | null },
): boolean {
  switch (scope.kind) {
    case 'everything':
    case 'broker':
      return true;
    case 'symbol':
      return scope.symbol === order.symbol;
    case 'user':
      return scope.userId === order.userId;
    case 'account':
      return scope.accountId === order.accountId && (scope.symbol === null || scope.symbol === order.symbol);
    case 'strategy':
      return false;
  }
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
