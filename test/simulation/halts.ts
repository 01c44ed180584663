/** I8, of the kill switch: while a halt stands against an account, no order of it leaves, however a process came to send it. */
import type { RecordedEvent } from '../../src/application/ports/event-store.ts';
import { readClientOrderId } from '../../src/domain/order/client-order-id.ts';
import type { OrderPlaced } from '../../src/domain/order/events.ts';
import type { TradingHalted, TradingResumed } from '../../src/domain/risk-policy/kill-switch/events.ts';
import type { Violation } from '../chaos/check/evidence.ts';
import type { Departure } from './world.ts';

/** A look at the halts serves for half a second, and clocks differ. */
const KNOWN_WITHIN_MS = 1_000;

interface Standing {
  readonly accountId: string;
  readonly from: number;
  readonly until: number;
}

export function sentDespiteHalt(
  events: readonly RecordedEvent[],
  departures: readonly Departure[],
): readonly Violation[] {
  const placed = new Map<string, OrderPlaced['data']>();
  for (const { type, data } of events) {
    if (type === 'OrderPlaced') placed.set((data as OrderPlaced['data']).ticket.orderId, data as OrderPlaced['data']);
  }
  const halts = accountHalts(events);
  const list: Violation[] = [];
  for (const { clientOrderId, at } of departures) {
    const order = placed.get(readClientOrderId(clientOrderId)?.orderId ?? '');
    if (order === undefined || order.channel === 'kill-switch') continue;
    const { accountId } = order.ticket;
    const broken = halts.find((halt) => halt.accountId === accountId && halt.from < at && at < halt.until);
    if (broken === undefined) continue;
    const detail = `it was sent ${at - broken.from + KNOWN_WITHIN_MS} ms after its account had been halted`;
    list.push({ invariant: 'I8', subject: clientOrderId, detail });
  }
  return list;
}

/** Halts that let nothing pass but cancels and closing orders. */
function accountHalts(events: readonly RecordedEvent[]): readonly Standing[] {
  const ended = new Map<string, number>();
  for (const { type, data, recordedAt } of events) {
    if (type === 'TradingResumed') ended.set((data as TradingResumed['data']).haltId, Date.parse(recordedAt));
  }
  return events.flatMap(({ type, data, recordedAt }): Standing[] => {
    if (type !== 'TradingHalted') return [];
    const { scope, level, haltId } = data as TradingHalted['data'];
    if (scope.kind !== 'account' || scope.symbol !== null || level !== 'halted') return [];
    const from = Date.parse(recordedAt) + KNOWN_WITHIN_MS;
    return [{ accountId: scope.accountId, from, until: ended.get(haltId) ?? Infinity }];
  });
}
