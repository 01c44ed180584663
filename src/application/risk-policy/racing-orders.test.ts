import { setImmediate as immediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { createMemoryEventStore } from '../../adapters/memory/event-store.ts';
import { systemClock, systemIds } from '../../adapters/node/clock-and-ids.ts';
import { CATALOGUE } from '../../adapters/stored-events/catalogue.ts';
import { createEvolvingStore } from '../../adapters/stored-events/evolving-store.ts';
import { money, NO_MONEY, plus, price, quantity, value } from '../../domain/kernel/decimal.ts';
import { ticket } from '../../domain/order/samples.suite.ts';
import type { AssessmentInputs, OrderAdmitted } from '../../domain/risk-policy/events.ts';
import { riskStream } from '../../domain/risk-policy/events.ts';
import { assess, BASIS, DAY, figures, LIMITS, NOW } from '../../domain/risk-policy/samples.suite.ts';
import { NOTHING_TIGHTENED } from '../../domain/risk-policy/limits.ts';
import { createAggregates } from '../aggregates.ts';
import type { Cause } from '../handle.ts';
import type { EventStore } from '../ports/event-store.ts';

const STREAM = riskStream('account');
const AT_ONCE = 200;
const cause: Cause = { correlationId: 'c', causationId: null, actor: { kind: 'user', id: 'u' } };
const open = {
  ...LIMITS,
  largestExposure: null,
  mostOpenOrders: null,
  mostOrdersInTenSeconds: null,
  mostOrdersInAMinute: null,
  mostRepetitionsInAMinute: null,
};

/** Answers come in another order than the questions, as over a network: by a fixed row of numbers, so always the same. */
function unsteady(store: EventStore): EventStore {
  let seed = 1;
  const later = async <T>(answer: () => Promise<T>): Promise<T> => {
    seed = (seed * 48_271) % 2_147_483_647;
    for (let turns = seed % 5; turns > 0; turns -= 1) await immediate();
    return answer();
  };
  return {
    ...store,
    append: (...wanted) => later(() => store.append(...wanted)),
    readStream: (...wanted) => later(() => store.readStream(...wanted)),
  };
}

/** Two hundred orders at once at two handlers, as two processes would have them; gives those that were admitted. */
async function race(seen: Partial<AssessmentInputs>, of: (n: number) => Partial<ReturnType<typeof ticket>>) {
  const memory = createMemoryEventStore(systemClock);
  const store = createEvolvingStore(unsteady(memory), { catalogue: CATALOGUE, log: { alarm: () => undefined } });
  const processes = [createAggregates({ store, ids: systemIds }), createAggregates({ store, ids: systemIds })];
  await Promise.all(
    Array.from({ length: AT_ONCE }, (_, n) => {
      const order = ticket({ orderId: `order-${n}`, quantity: '10', limitPrice: '100', ...of(n) });
      return processes[n % 2]!.risk.handle(STREAM, assess(order, { tradesIncluded: null, ...seen }), cause);
    }),
  );
  const events = await store.readStream(STREAM);
  const answered = events.filter(({ type }) => type === 'OrderAdmitted' || type === 'OrderDenied');
  expect(answered).toHaveLength(AT_ONCE);
  return {
    events,
    admitted: answered
      .filter(({ type }) => type === 'OrderAdmitted')
      .map(({ data }) => (data as OrderAdmitted['data']).ticket),
  };
}

const worth = (orders: readonly ReturnType<typeof ticket>[]) =>
  orders.reduce((sum, each) => plus(sum, value(price(each.limitPrice ?? '0'), quantity(each.quantity))), NO_MONEY);

describe(`${AT_ONCE} orders at once, at two processes, that fit one by one and not together`, () => {
  it('stay within the largest position, to the last one that fits', async () => {
    const { admitted } = await race({ limits: open }, () => ({}));
    expect(worth(admitted)).toBe(money('100000'));
  });

  it('stay within the largest exposure, over many symbols', async () => {
    const { admitted } = await race({ limits: { ...open, largestExposure: '50000' } }, (n) => ({
      symbol: `S${n % 40}`,
    }));
    expect(worth(admitted)).toBe(money('50000'));
  });

  it('stay within the open orders', async () => {
    const { admitted } = await race({ limits: { ...open, mostOpenOrders: 7 } }, (n) => ({ symbol: `S${n}` }));
    expect(admitted).toHaveLength(7);
  });

  it('stay within the rates', async () => {
    const { admitted } = await race({ limits: { ...open, mostOrdersInTenSeconds: 10 } }, (n) => ({ symbol: `S${n}` }));
    expect(admitted).toHaveLength(10);
    const key = await race({ limits: { ...open, mostOrdersInAMinute: 120 } }, (n) => ({ symbol: `S${n}` }));
    expect(key.admitted).toHaveLength(120);
  });

  it('stay within the buying power', async () => {
    const account = figures({ buyingPower: '20500', at: NOW });
    const { admitted } = await race({ limits: open, account }, (n) => ({ symbol: `S${n}` }));
    expect(worth(admitted)).toBe(money('20000'));
  });

  it('are one, when nobody says that more are meant', async () => {
    const { admitted } = await race({ limits: open, confirmed: false }, () => ({}));
    expect(admitted).toHaveLength(1);
  });

  it('trip the account once, after as many as are allowed', async () => {
    const { admitted, events } = await race({ limits: { ...open, mostRepetitionsInAMinute: 10 } }, () => ({}));
    expect(admitted).toHaveLength(10);
    expect(events.filter(({ type }) => type === 'RepeatedExecutionTripped')).toHaveLength(1);
  });

  it('have the limits that were in force when each of them was decided', async () => {
    const memory = createMemoryEventStore(systemClock);
    const processes = [1, 2].map(() => createAggregates({ store: unsteady(memory), ids: systemIds }));
    const tighten = {
      type: 'TightenLimits',
      limits: { ...NOTHING_TIGHTENED, largestPositionValue: '20000' },
      basis: BASIS,
      tradingDay: DAY,
      at: NOW,
    } as const;
    await Promise.all(
      Array.from({ length: 60 }, (_, n) => {
        const { risk } = processes[n % 2]!;
        if (n === 20) return risk.handle(STREAM, tighten, cause);
        const order = ticket({ orderId: `order-${n}`, quantity: '10', limitPrice: '100' });
        return risk.handle(STREAM, assess(order, { tradesIncluded: null, limits: open }), cause);
      }),
    );
    const events = await memory.readStream(STREAM);
    const tightened = events.findIndex(({ type }) => type === 'LimitsTightened');
    expect(tightened).toBeGreaterThanOrEqual(0);
    for (const [index, { data }] of events.entries()) {
      if (index === tightened) continue;
      const { limits } = (data as OrderAdmitted['data']).inputs;
      expect(limits.largestPositionValue).toBe(index < tightened ? '100000' : '20000');
    }
  });
});
