/** Tables of capabilities with one thing wrong, each of which must disagree with the sandbox. */
import type {
  BrokerCapabilities,
  Combination,
  OrderTraits,
  TraitValues,
  UnsupportedReason,
} from '../../src/domain/order/capabilities.ts';

type Spoilt = readonly [how: string, table: BrokerCapabilities];
type Trait = keyof OrderTraits;

const ALL: { readonly [T in Trait]: readonly OrderTraits[T][] } = {
  type: ['market', 'limit', 'stop', 'stop_limit', 'trailing_stop'],
  timeInForce: ['day', 'gtc', 'ioc', 'fok', 'opg', 'cls'],
  size: ['whole', 'fraction'],
  hours: ['regular', 'extended'],
  exits: ['none', 'one', 'both'],
  effect: ['opens_long', 'opens_short', 'closes'],
  fractions: ['never', 'regular_hours', 'all_hours'],
  borrowing: ['possible', 'impossible'],
};

/** Spoilt in a way that says the same: an instrument without fractions has none in extended hours either. */
const NO_DIFFERENCE = 'fraction_in_extended_hours, of more: never';

/** The values of one trait with one of them left out, or one more. */
function otherValues(values: TraitValues): (readonly [how: string, values: TraitValues])[] {
  return (Object.keys(values) as Trait[]).flatMap((trait) => {
    const own: readonly string[] = values[trait] ?? [];
    return (ALL[trait] as readonly string[]).map((value) => {
      const has = own.includes(value);
      const changed = has ? own.filter((each) => each !== value) : [...own, value];
      return [`${has ? 'less' : 'more'}: ${value}`, { ...values, [trait]: changed }] as const;
    });
  });
}

/** A combination left out, or about more or fewer orders than it should be. */
function otherCombinations(table: BrokerCapabilities, stricter: readonly UnsupportedReason[]): Spoilt[] {
  const { combinations } = table;
  return combinations.flatMap((combination, index): Spoilt[] => {
    if (stricter.includes(combination.reason)) return [];
    const put = (other: readonly Combination[]): BrokerCapabilities => ({
      ...table,
      combinations: combinations.toSpliced(index, 1, ...other),
    });
    return [
      [`no ${combination.reason}`, put([])],
      ...otherValues(combination.only).map(([how, only]): Spoilt => [
        `${combination.reason}, only ${how}`,
        put([{ ...combination, only }]),
      ]),
      ...otherValues(combination.of).map(([how, of]): Spoilt => [
        `${combination.reason}, of ${how}`,
        put([{ ...combination, of }]),
      ]),
    ];
  });
}

function otherTypes(table: BrokerCapabilities): Spoilt[] {
  const { orderTypes, timesInForce } = table;
  const names = ['limit', 'stop', 'trail'] as const;
  return [
    ...orderTypes.flatMap(({ type, prices }, index) => [
      [`no ${type}`, { ...table, orderTypes: orderTypes.toSpliced(index, 1) }] as const,
      ...names.map((name): Spoilt => {
        const changed = prices.includes(name) ? prices.filter((each) => each !== name) : [...prices, name];
        return [
          `${type} ${prices.includes(name) ? 'without' : 'with'} ${name}`,
          { ...table, orderTypes: orderTypes.toSpliced(index, 1, { type, prices: changed }) },
        ];
      }),
    ]),
    ...timesInForce.map((each): Spoilt => [
      `no ${each}`,
      { ...table, timesInForce: timesInForce.filter((other) => other !== each) },
    ]),
  ];
}

function otherFigures(table: BrokerCapabilities): Spoilt[] {
  const [below, above] = table.priceSteps;
  const [open, close] = table.orderWindows;
  if (below === undefined || above === undefined || open === undefined || close === undefined || !table.replacement) {
    throw new Error('the table has fewer lines than it had');
  }
  const { replacement } = table;
  const changed: readonly (readonly [string, Partial<BrokerCapabilities>])[] = [
    ['a step of 0.001 below a dollar', { priceSteps: [{ ...below, step: '0.001' }, above] }],
    ['a step of 0.00001 below a dollar', { priceSteps: [{ ...below, step: '0.00001' }, above] }],
    ['a step of 0.05 from a dollar on', { priceSteps: [below, { ...above, step: '0.05' }] }],
    ['a step of 0.001 from a dollar on', { priceSteps: [below, { ...above, step: '0.001' }] }],
    ['cents from 0.99 on', { priceSteps: [below, { ...above, from: '0.99' }] }],
    ['cents from 1.01 on', { priceSteps: [below, { ...above, from: '1.01' }] }],
    ['eight decimals of a share', { quantityStep: '0.00000001' }],
    ['ten decimals of a share', { quantityStep: '0.0000000001' }],
    ['fractions from 99 cents on', { smallestFractionValue: '0.99' }],
    ['fractions from 1.01 dollars on', { smallestFractionValue: '1.01' }],
    ['exits at the entry', { bracketDistance: '0' }],
    ['exits two cents away', { bracketDistance: '0.02' }],
    ['positions that flip', { flips: true }],
    ['no window for the opening', { orderWindows: [close] }],
    ['no window for the close', { orderWindows: [open] }],
    ['the opening until noon only', { orderWindows: [{ ...open, closedUntil: '12:00' }, close] }],
    ['the close turned down all day', { orderWindows: [open, { ...close, closedFrom: '08:00' }] }],
    ['no changes', { replacement: null }],
    ['changes of fractions', { replacement: { ...replacement, wholeSharesOnly: false } }],
    ...replacement.terms.map(
      (term) =>
        [
          `no change of ${term}`,
          { replacement: { ...replacement, terms: replacement.terms.filter((each) => each !== term) } },
        ] as const,
    ),
  ];
  return changed.map(([how, changes]) => [how, { ...table, ...changes }]);
}

export const spoiltTables = (table: BrokerCapabilities, stricter: readonly UnsupportedReason[]): Spoilt[] => [
  ...otherCombinations(table, stricter).filter(([how]) => how !== NO_DIFFERENCE),
  ...otherTypes(table),
  ...otherFigures(table),
];
