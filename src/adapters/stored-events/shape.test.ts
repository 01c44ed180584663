import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';

import { put } from '../../application/ports/event-store-samples.suite.ts';
import type { NewEvent } from '../../application/ports/event-store.ts';
import type { CancelRequested, OrderRejected } from '../../domain/order/events.ts';
import { createMemoryEventStore } from '../memory/event-store.ts';
import { systemClock } from '../node/clock-and-ids.ts';
import { CATALOGUE, catalogueOf } from './catalogue.ts';
import type { Catalogue } from './catalogue.ts';
import { deposit, THIRD_CATALOGUE } from './deposits.suite.ts';
import type { Deposited } from './deposits.suite.ts';
import { createEvolvingStore } from './evolving-store.ts';
import { GOLDEN_FILES } from './golden.suite.ts';
import { shapeOf } from './shape.ts';

const text = z.string();

describe('shapes', () => {
  it('compile only when they allow exactly what the event may hold', () => {
    shapeOf<CancelRequested>()(z.strictObject({ requestedAt: text }));
    // @ts-expect-error: the schema lacks a member.
    shapeOf<CancelRequested>()(z.strictObject({}));
    // @ts-expect-error: the schema asks for one more.
    shapeOf<CancelRequested>()(z.strictObject({ requestedAt: text, by: text }));
    // @ts-expect-error: the schema allows less: the code could be null.
    shapeOf<OrderRejected>()(z.strictObject({ code: text, reason: text, rejectedAt: text }));
    // @ts-expect-error: the schema allows more: the reason is never null.
    shapeOf<OrderRejected>()(z.strictObject({ code: text.nullable(), reason: text.nullable(), rejectedAt: text }));
  });

  it('make no catalogue when the way from an older version is missing', () => {
    const { schema, upcasters } = THIRD_CATALOGUE.get('Deposited')!;
    const shapes = { Deposited: { schema, upcasters: upcasters.slice(1) } };
    expect(() => catalogueOf({ Deposited: 3 }, shapes)).toThrow('at version 3 and has 1 upcasters');
  });
});

/** What happened, in all versions that could tell it. */
const fact = fc
  .record({
    cents: fc.integer({ min: 0, max: 1_000_000 }),
    currency: fc.constantFrom('USD', 'EUR', 'JPY'),
    by: fc.option(fc.constantFrom('Ada', 'Grace')),
  })
  .chain(({ cents, currency, by }) => {
    const told: (readonly [version: number, data: unknown])[] = [
      [3, { money: { amount: String(cents), currency }, by }],
    ];
    if (by === null) told.push([2, { cents, currency }]);
    if (by === null && currency === 'USD') told.push([1, { cents }]);
    return fc.record({ stored: fc.constantFrom(...told), newest: fc.constant(told[0]!) });
  });

type Balance = Readonly<Record<string, { readonly amount: bigint; readonly payers: readonly (string | null)[] }>>;

const evolve = (state: Balance, { money, by }: Deposited['data']): Balance => {
  const { amount, payers } = state[money.currency] ?? { amount: 0n, payers: [] };
  return { ...state, [money.currency]: { amount: amount + BigInt(money.amount), payers: [...payers, by] } };
};

async function fold(catalogue: Catalogue, events: readonly NewEvent[]): Promise<Balance> {
  const raw = createMemoryEventStore(systemClock);
  if (events.length > 0) await put(raw, 's', events);
  const store = createEvolvingStore(raw, { catalogue, log: { alarm: () => {} } });
  return (await store.readStream('s')).map(({ data }) => data as Deposited['data']).reduce(evolve, {});
}

describe('upcasting', () => {
  it('a stream of old and new versions folds to the same state as the same stream in the newest one', () =>
    fc.assert(
      fc.asyncProperty(fc.array(fact, { maxLength: 12 }), async (facts) => {
        const old = facts.map(({ stored }) => deposit('s', ...stored));
        const current = facts.map(({ newest }) => deposit('s', ...newest));
        expect(await fold(THIRD_CATALOGUE, old)).toEqual(await fold(THIRD_CATALOGUE, current));
      }),
      { numRuns: 1_000 },
    ));

  it('never changes what it is given', () => {
    const deposits = { type: 'Deposited', version: 1, examples: [{ cents: 5 }] };
    for (const { type, version, examples } of [...GOLDEN_FILES, deposits]) {
      const { upcasters } = (CATALOGUE.get(type) ?? THIRD_CATALOGUE.get(type))!;
      for (const example of examples) {
        const steps = upcasters.slice(version - 1);
        expect(() => steps.reduce((data, upcast) => upcast(deepFreeze(data)), example)).not.toThrow();
      }
    }
  });
});

/** In strict mode, and modules are, changing what is frozen throws. */
function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null) Object.values(Object.freeze(value)).forEach(deepFreeze);
  return value;
}
