/** What the product's own events say, folded with the product's own deciders. */
import { accountStream } from '../../../src/domain/account/events.ts';
import type { AccountOpened, BrokerLinked } from '../../../src/domain/account/events.ts';
import type { OrderEvent } from '../../../src/domain/order/events.ts';
import { orderStream } from '../../../src/domain/order/events.ts';
import { evolveOrder, NO_ORDER } from '../../../src/domain/order/state.ts';
import type { LiveOrder, OrderState } from '../../../src/domain/order/state.ts';
import { riskStream } from '../../../src/domain/risk-policy/events.ts';
import type { RiskEvent } from '../../../src/domain/risk-policy/events.ts';
import { evolveRisk } from '../../../src/domain/risk-policy/evolve.ts';
import { NO_RISK } from '../../../src/domain/risk-policy/state.ts';
import type { RiskState } from '../../../src/domain/risk-policy/state.ts';
import type { RecordedEvent } from '../../../src/application/ports/event-store.ts';

export interface OrderRecord {
  readonly orderId: string;
  readonly state: LiveOrder;
  readonly events: readonly RecordedEvent[];
}

export interface AccountRecord {
  readonly accountId: string;
  readonly userId: string | null;
  readonly brokerAccountId: string | null;
  readonly risk: RiskState;
  readonly riskEvents: readonly RecordedEvent[];
}

export interface Record {
  readonly orders: ReadonlyMap<string, OrderRecord>;
  readonly accounts: ReadonlyMap<string, AccountRecord>;
}

const after = (stream: string, prefix: string): string | null =>
  stream.startsWith(prefix) ? stream.slice(prefix.length) : null;

const byStream = (events: readonly RecordedEvent[]): Map<string, RecordedEvent[]> => {
  const streams = new Map<string, RecordedEvent[]>();
  for (const event of events) {
    const known = streams.get(event.stream);
    if (known === undefined) streams.set(event.stream, [event]);
    else known.push(event);
  }
  return streams;
};

/** Folds all streams. Throws what a decider throws at a history that can not be. */
export function recordOf(events: readonly RecordedEvent[]): Record {
  const orders = new Map<string, OrderRecord>();
  const accounts = new Map<string, AccountRecord>();
  const account = (accountId: string): AccountRecord =>
    accounts.get(accountId) ?? { accountId, userId: null, brokerAccountId: null, risk: NO_RISK, riskEvents: [] };
  for (const [stream, own] of byStream(events)) {
    const orderId = after(stream, orderStream(''));
    const riskOf = after(stream, riskStream(''));
    if (orderId !== null) {
      const state = own.reduce<OrderState>((now, event) => evolveOrder(now, event as unknown as OrderEvent), NO_ORDER);
      if (state.status !== 'none') orders.set(orderId, { orderId, state, events: own });
    } else if (riskOf !== null) {
      const risk = own.reduce((now, event) => evolveRisk(now, event as unknown as RiskEvent), NO_RISK);
      accounts.set(riskOf, { ...account(riskOf), risk, riskEvents: own });
    } else if (after(stream, accountStream('')) !== null) {
      const opened = own.find(({ type }) => type === 'AccountOpened')?.data as AccountOpened['data'] | undefined;
      const linked = own.findLast(({ type }) => type === 'BrokerLinked')?.data as BrokerLinked['data'] | undefined;
      if (opened === undefined) continue;
      const { accountId, userId } = opened;
      accounts.set(accountId, { ...account(accountId), userId, brokerAccountId: linked?.brokerAccountId ?? null });
    }
  }
  return { orders, accounts };
}

/** The whole record as text, the same for the same record. */
export const textOf = ({ orders, accounts }: Record): string =>
  JSON.stringify([[...orders.values()].map(({ orderId, state }) => [orderId, state]), [...accounts.values()]], plain);

/** Numbers beyond JSON, and maps, written out. */
function plain(_key: string, value: unknown): unknown {
  if (typeof value === 'bigint') return `${value}n`;
  return value instanceof Map ? [...(value as Map<unknown, unknown>)] : value;
}

/** Milliseconds of the wall clock. */
export const recordedAt = (event: RecordedEvent): number => Date.parse(event.recordedAt);
