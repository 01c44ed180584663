/**
 * Alpaca's table of capabilities against the sandbox, over the real adapter: what the table allows is taken, and what it
 * refuses is not. Then the table is spoilt, line by line and value by value, and each time the sandbox must disagree.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ALPACA_CAPABILITIES } from '../../src/adapters/alpaca/capabilities.ts';
import { submitted } from '../../src/application/ports/broker-samples.suite.ts';
import type { BrokerAccess } from '../../src/application/ports/broker.ts';
import type { BrokerCapabilities, UnsupportedReason } from '../../src/domain/order/capabilities.ts';
import { clientOrderId } from '../../src/domain/order/client-order-id.ts';
import type { OrderTicket } from '../../src/domain/order/events.ts';
import type { OrderFacts } from '../../src/domain/order/unsupported.ts';
import { unsupportedChange, unsupportedReasons } from '../../src/domain/order/unsupported.ts';
import { admitted, changeAdmitted } from '../../src/domain/risk-policy/samples.suite.ts';
import { type AlpacaAtSandbox, openAlpacaAtSandbox } from './alpaca-sandbox.ts';
import type { AssetName, Change } from './capability-cases.ts';
import { ASSETS, HOLDINGS, PENNY, allShapes, changes, details, shapes } from './capability-cases.ts';
import { spoiltTables } from './spoilt-tables.ts';

/** Reasons for which our table is stricter than the sandbox, on purpose. */
const STRICTER: readonly UnsupportedReason[] = [
  // One exit alone would be an oto order, which can not be replaced; the adapter would have to send it without the exit.
  'bracket_needs_both_exits',
  // The exits of an order that closes a position would open one the other way.
  'bracket_entry_only',
];

/** What the sandbox made of an order or a change: null when it was taken, else its words. */
interface Answered {
  readonly ticket: OrderTicket;
  readonly change: Change['after'] | null;
  readonly facts: OrderFacts;
  readonly refusal: string | null;
}

let alpaca: AlpacaAtSandbox;
const answered: Answered[] = [];

/** 08:00 in New York: before the session, and before any order for the auctions is turned down. */
const MORNING = '2024-03-13T12:00:00Z';
/** In the session, after it, and in the night. */
const LATER = ['2024-03-13T15:00:00Z', '2024-03-13T21:00:00Z', '2024-03-14T00:30:00Z'];

beforeAll(async () => {
  alpaca = await openAlpacaAtSandbox({ speed: 0, start: Date.parse(MORNING) });
  for (const [symbol, changed] of Object.entries(ASSETS)) await alpaca.control('asset', { symbol, ...changed });
  await pinPrices();
  answered.push(...(await askAbout([...allShapes(), ...details()])));
  for (const [index, set] of LATER.entries()) {
    await alpaca.control('clock', { set });
    await pinPrices();
    if (index === 0) answered.push(...(await askAboutChanges()));
    answered.push(...(await askAbout(shapes('AAPL', 'buy'))));
  }
}, 120_000);
afterAll(() => alpaca.close());

async function pinPrices(): Promise<void> {
  for (const symbol of Object.keys(ASSETS)) await alpaca.setPrice(symbol, symbol === PENNY ? '0.5' : '100');
}

/** An account with the holdings; they are what it holds throughout, since nothing trades by itself. */
async function openHolder(): Promise<BrokerAccess> {
  const access = await alpaca.openAccount();
  for (const [symbol, held] of Object.entries(HOLDINGS)) {
    const side = held.startsWith('-') ? 'sell' : 'buy';
    const quantity = held.replace('-', '');
    const ticket = ticketOf({ ...WHOLE, symbol, side, quantity });
    const { brokerOrderId } = await submitted(alpaca.broker, access, ticket);
    await alpaca.trade(brokerOrderId, quantity, '100');
  }
  return access;
}

const WHOLE = {
  type: 'market',
  timeInForce: 'day',
  limitPrice: null,
  stopPrice: null,
  trailPrice: null,
  extendedHours: false,
  takeProfit: null,
  stopLoss: null,
} as const;
const ticketOf = (terms: Omit<OrderTicket, 'orderId' | 'accountId'>): OrderTicket => ({
  orderId: crypto.randomUUID(),
  accountId: 'account-1',
  ...terms,
});

/** What the product would know. */
async function factsOf(symbol: string): Promise<OrderFacts> {
  const { venue, marketData } = alpaca;
  const [instruments, clock, quote] = await Promise.all([
    venue.instruments(),
    venue.clock('fresh'),
    marketData.quote(symbol),
  ]);
  const instrument = instruments.get(symbol);
  if (instrument === undefined || quote === null) throw new Error(`${symbol} is not there`);
  return { instrument, marketTime: clock.now, quote, position: HOLDINGS[symbol as AssetName] ?? '0' };
}

/** The facts of each symbol, read once: nothing moves meanwhile. */
function rememberFacts() {
  const known = new Map<string, Promise<OrderFacts>>();
  return (symbol: string): Promise<OrderFacts> => {
    const facts = known.get(symbol) ?? factsOf(symbol);
    known.set(symbol, facts);
    return facts;
  };
}

async function askAbout(orders: readonly Parameters<typeof ticketOf>[0][]): Promise<Answered[]> {
  const facts = rememberFacts();
  const answers: Answered[] = [];
  let access = await openHolder();
  for (const [index, terms] of orders.entries()) {
    // An account of their own for every few orders, so that none is turned down for what the others have used up.
    if (index % 100 === 99) access = await openHolder();
    const ticket = ticketOf(terms);
    const outcome = await alpaca.broker.submit(access, admitted(ticket), ticket.orderId);
    if (outcome.kind !== 'acknowledged' && outcome.kind !== 'rejected') throw new Error(JSON.stringify(outcome));
    const refusal = outcome.kind === 'acknowledged' ? null : outcome.reason;
    answers.push({ ticket, change: null, facts: await facts(ticket.symbol), refusal });
  }
  return answers;
}

async function askAboutChanges(): Promise<Answered[]> {
  const facts = rememberFacts();
  const access = await alpaca.openAccount();
  const working: (Change & { readonly ticket: OrderTicket; readonly brokerOrderId: string })[] = [];
  for (const change of changes()) {
    const ticket = ticketOf(change.before);
    working.push({ ...change, ticket, brokerOrderId: (await submitted(alpaca.broker, access, ticket)).brokerOrderId });
  }
  // Whatever the clock is told, what was to happen in a moment has happened then: the venue has all of them.
  await alpaca.control('clock', {});
  const answers: Answered[] = [];
  for (const { ticket, after, brokerOrderId } of working) {
    const admission = changeAdmitted(ticket, 1, after);
    const outcome = await alpaca.broker.replace(access, brokerOrderId, admission, clientOrderId(ticket.orderId, 1));
    if (outcome.kind !== 'accepted' && outcome.kind !== 'refused') throw new Error(JSON.stringify(outcome));
    const refusal = outcome.kind === 'accepted' ? null : outcome.reason;
    answers.push({ ticket, change: after, facts: await facts(ticket.symbol), refusal });
  }
  return answers;
}

const reasonsOf = ({ ticket, change, facts }: Answered, table: BrokerCapabilities): readonly UnsupportedReason[] =>
  change === null ? unsupportedReasons(ticket, table, facts) : unsupportedChange(ticket, change, table, facts);

/** Whether the sandbox takes what the table refuses, or the other way round. */
const disagree = (each: Answered, table: BrokerCapabilities): boolean =>
  reasonsOf(each, table).some((reason) => !STRICTER.includes(reason)) === (each.refusal === null);

function inWords(each: Answered): string {
  const { orderId: _id, accountId: _account, ...terms } = each.ticket;
  const asked = JSON.stringify({ ...terms, change: each.change, at: each.facts.marketTime });
  const reasons = reasonsOf(each, ALPACA_CAPABILITIES);
  return `${asked}: the table says ${reasons.join(', ') || 'yes'}, the sandbox ${each.refusal ?? 'yes'}`;
}

describe('orders for the auctions', () => {
  /** Of an order for the opening and one for the close: whether the table allows it, and whether the sandbox takes it. */
  async function at(set: string) {
    await alpaca.control('clock', { set });
    await pinPrices();
    const orders = (['opg', 'cls'] as const).map((timeInForce) => ({ ...WHOLE, ...ONE, timeInForce }));
    return (await askAbout(orders)).map((each) => ({
      table: reasonsOf(each, ALPACA_CAPABILITIES).length === 0,
      sandbox: each.refusal === null,
    }));
  }
  const ONE = { symbol: 'AAPL', side: 'buy', quantity: '1' } as const;
  const both = (opening: boolean, close: boolean) =>
    [opening, close].map((taken) => ({ table: taken, sandbox: taken }));

  it.each([
    ['a minute before the first window', '2024-03-12T13:27:30Z', both(true, true)],
    ['from 09:28', '2024-03-12T13:28:00Z', both(false, true)],
    ['until 15:50', '2024-03-12T19:49:30Z', both(false, true)],
    ['from 15:50', '2024-03-12T19:50:00Z', both(false, false)],
    ['until 19:00', '2024-03-12T22:59:30Z', both(false, false)],
    ['from 19:00', '2024-03-12T23:00:00Z', both(true, true)],
    ['on a Saturday', '2024-03-09T17:00:00Z', both(true, true)],
  ])('are taken and turned down as the sandbox does, %s', async (_when, set, expected) => {
    expect(await at(set)).toEqual(expected);
  });

  it('are turned down on holidays, of which Alpaca says nothing and the sandbox takes them', async () => {
    const strict = { table: false, sandbox: true };
    expect(await at('2024-02-19T17:00:00Z')).toEqual([strict, { table: true, sandbox: true }]);
  });

  it('are left to the broker before an early close, of which Alpaca says nothing either', async () => {
    const lenient = { table: true, sandbox: false };
    expect(await at('2023-11-24T17:55:00Z')).toEqual([{ table: false, sandbox: false }, lenient]);
  });
});

describe('the table of capabilities', () => {
  it('says what the sandbox does, of every shape of order at every hour', () => {
    expect(answered.length).toBeGreaterThan(3_000);
    expect(answered.filter((each) => disagree(each, ALPACA_CAPABILITIES)).map(inWords)).toEqual([]);
  });

  it('knows of both: of orders that are taken, and of each reason against one', () => {
    expect(answered.filter(({ refusal }) => refusal === null).length).toBeGreaterThan(300);
    const found = new Set(answered.flatMap((each) => reasonsOf(each, ALPACA_CAPABILITIES)));
    expect([...found].toSorted()).toEqual(
      [
        ...new Set(ALPACA_CAPABILITIES.combinations.map(({ reason }) => reason)),
        'limit_price_missing',
        'stop_price_missing',
        'trail_price_missing',
        'price_not_used',
        'price_step',
        'quantity_step',
        'fraction_too_small',
        'bracket_exits_reversed',
        'bracket_exit_too_near',
        'stop_beyond_market',
        'position_flip',
        'opening_order_window',
        'closing_order_window',
        'instrument_not_tradable',
        'change_whole_shares',
      ].toSorted(),
    );
  });

  it.each(STRICTER)('is stricter than the sandbox where it says %s', (reason) => {
    const alone = answered.filter((each) => reasonsOf(each, ALPACA_CAPABILITIES).join() === reason);
    expect(alone.length).toBeGreaterThan(0);
    expect(alone.filter(({ refusal }) => refusal !== null)).toEqual([]);
  });

  it.each(spoiltTables(ALPACA_CAPABILITIES, STRICTER))('would be found out with %s', (_how, table) => {
    expect(answered.some((each) => disagree(each, table))).toBe(true);
  });
});
