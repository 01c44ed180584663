/** The ticket in the browser reads the same table as the server: of every shape of order, both say the same. */
import { describe, expect, it } from 'vitest';
import { ALPACA_CAPABILITIES } from '../../src/adapters/alpaca/capabilities.ts';
import type { OrderFacts } from '../../src/domain/order/unsupported.ts';
import { unsupportedReasons } from '../../src/domain/order/unsupported.ts';
import { checkDraft } from '../../web/src/trade/ticket/check-draft.ts';
import type { Draft } from '../../web/src/trade/ticket/draft.ts';
import { table } from '../../web/src/trade/ticket/samples.suite.ts';
import type { AssetName } from './capability-cases.ts';
import { ASSETS, HOLDINGS, PENNY, allShapes, details } from './capability-cases.ts';

type Terms = ReturnType<typeof details>[number];

const INSTRUMENTS: Partial<Record<AssetName, object>> = {
  GE: { fractionable: false },
  F: { fractionableInExtendedHours: false },
  T: { shortable: false },
  PFE: { shortable: false },
  KO: { tradable: false },
};
const instrumentOf = (symbol: string) => ({
  symbol,
  name: symbol,
  tradable: true,
  fractionable: true,
  fractionableInExtendedHours: true,
  shortable: true,
  ...INSTRUMENTS[symbol as AssetName],
});

const MOMENTS = ['2024-03-13T12:00:00Z', '2024-03-13T15:00:00Z', '2024-03-13T20:00:00Z', '2024-03-16T15:00:00Z'];

function factsOf(symbol: string, marketTime: string, spread: number): OrderFacts {
  const middle = symbol === PENNY ? 0.5 : 100;
  const [bid, ask] = [(middle - spread).toFixed(2), (middle + spread).toFixed(2)];
  return {
    instrument: instrumentOf(symbol),
    marketTime,
    quote: { bid, ask },
    position: HOLDINGS[symbol as AssetName] ?? '0',
  };
}

/** Null for what can not be entered into the ticket: it asks for the prices of its type, and for both exits of a bracket. */
function draftOf(terms: Terms): Draft | null {
  const own = table.orderTypes.find(({ type }) => type === terms.type)?.prices ?? [];
  const given = { limit: terms.limitPrice, stop: terms.stopPrice, trail: terms.trailPrice };
  const fits = (['limit', 'stop', 'trail'] as const).every((name) => own.includes(name) === (given[name] !== null));
  const inCents = terms.trailPrice === null || /^\d+(\.\d{1,2})?$/.test(terms.trailPrice);
  if (!fits || !inCents || (terms.takeProfit === null) !== (terms.stopLoss === null)) return null;
  return {
    side: terms.side,
    type: terms.type,
    duration: terms.timeInForce,
    quantity: terms.quantity,
    limitPrice: terms.limitPrice ?? '',
    stopPrice: terms.stopPrice ?? '',
    trailPrice: terms.trailPrice ?? '',
    takeProfit: terms.takeProfit ?? '',
    exitsProposed: false,
    stopLoss: terms.stopLoss ?? '',
    extendedHours: terms.extendedHours,
    bracket: terms.takeProfit !== null,
  };
}

describe.each(MOMENTS)('the ticket at %s', (now) => {
  it.each([0, 0.02])('says what the server says, with %s dollars around the middle', (spread) => {
    const disagreements: string[] = [];
    let compared = 0;
    for (const terms of [...allShapes(), ...details()]) {
      const draft = draftOf(terms);
      if (draft === null) continue;
      compared += 1;
      const facts = factsOf(terms.symbol, now, spread);
      const ticket = { ...terms, orderId: 'order', accountId: 'account' };
      const reasons = unsupportedReasons(ticket, ALPACA_CAPABILITIES, facts);
      const { instrument, position } = facts;
      const quote = {
        symbol: terms.symbol,
        last: '0',
        previousClose: null,
        at: now,
        bid: '0',
        ask: '0',
        ...facts.quote,
      };
      const world = { table, instrument: instrumentOf(terms.symbol), most: null, position, quote, now };
      const told = Object.values(checkDraft(draft, world).errors);
      const words = reasons.map((reason) => table.words[reason]);
      const agree = told.length > 0 === words.length > 0 && told.every((each) => words.includes(each));
      if (!agree) disagreements.push(`${JSON.stringify({ ...terms, instrument })}: ${told.join()} / ${reasons.join()}`);
    }
    expect(compared).toBeGreaterThan(1_000);
    expect(disagreements).toEqual([]);
  });
});

it('knows every asset of the cases', () => {
  expect(Object.keys(INSTRUMENTS).every((symbol) => symbol in ASSETS)).toBe(true);
});
