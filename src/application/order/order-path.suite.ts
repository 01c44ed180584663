/** The order path over the memory store, with a broker that answers as the test says. For the tests beside this file. */
import { ALPACA_CAPABILITIES } from '../../adapters/alpaca/capabilities.ts';
import { createMemoryEventStore } from '../../adapters/memory/event-store.ts';
import { childOf } from '../../adapters/node/child-signal.ts';
import { systemIds } from '../../adapters/node/clock-and-ids.ts';
import { CATALOGUE } from '../../adapters/stored-events/catalogue.ts';
import { createEvolvingStore } from '../../adapters/stored-events/evolving-store.ts';
import { CURRENT_VERSIONS } from '../../domain/account/documents.ts';
import { accountStream } from '../../domain/account/events.ts';
import { orderStream } from '../../domain/order/events.ts';
import { COMMON_SHARE } from '../../domain/order/samples.suite.ts';
import type { HaltNotice } from '../../domain/risk-policy/events.ts';
import { riskStream } from '../../domain/risk-policy/events.ts';
import { KILL_SWITCH_STREAM } from '../../domain/risk-policy/kill-switch/events.ts';
import type { HaltTrading } from '../../domain/risk-policy/kill-switch/kill-switch.ts';
import { LIMIT_TABLES } from '../../domain/risk-policy/limit-tables.ts';
import { createAggregates } from '../aggregates.ts';
import type { Cause } from '../handle.ts';
import { createHaltsOn, createReadHalts } from '../risk-policy/halts-on.ts';
import type {
  Broker,
  BrokerAccess,
  BrokerAccountInfo,
  BrokerOrder,
  LinkedAccounts,
  LookUp,
  Readiness,
  SubmitOutcome,
} from '../ports/broker.ts';
import type { Clock } from '../ports/clock-and-ids.ts';
import type { Log } from '../ports/log.ts';
import { put, sample } from '../ports/event-store-samples.suite.ts';
import type { MarketSnapshot } from '../ports/market-data.ts';
import { createReadFigures } from '../risk-policy/read-figures.ts';
import { createDoubtWatch } from './doubt-watch.ts';
import { createGates } from './gates.ts';
import { createPlaceOrder } from './place-order.ts';
import type { PlaceOrderNeeds, PlaceOrderRequest } from './place-order.ts';
import { createRecordBrokerOrder } from './record-broker-order.ts';
import type { SubmitOrderNeeds } from './sending.ts';

export const USER = '11111111-1111-4111-8111-111111111111';
export const ACCOUNT = '22222222-2222-4222-8222-222222222222';
/** Of what is not stopped. */
export const unstopped = new AbortController().signal;

/** For a desk whose accounts nobody follows: every gate is open, and nothing is swept. */
export const UNFOLLOWED = {
  gates: {
    isOpen: () => true,
    hasOpened: () => true,
    opened: () => Promise.resolve(),
    keep: () => ({ open: () => undefined, close: () => undefined }),
  },
  sweepAccount: () => Promise.resolve(),
  followLinkedAccounts: (signal: AbortSignal) =>
    new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true })),
};
export const cause: Cause = { correlationId: 'c', causationId: null, actor: { kind: 'user', id: USER } };

export const brokerOrder = (clientOrderId: string, changes: Partial<BrokerOrder> = {}): BrokerOrder => ({
  brokerOrderId: `B-${clientOrderId}`,
  clientOrderId,
  symbol: 'AAPL',
  side: 'buy',
  type: 'market',
  terms: { quantity: '1', limitPrice: null, stopPrice: null, timeInForce: 'day' },
  trailPrice: null,
  extendedHours: false,
  status: 'open',
  underWay: null,
  filledQuantity: '0',
  replacedBy: null,
  replaces: null,
  legs: [],
  updatedAt: '2026-03-02T15:00:01.000Z',
  ...changes,
});

const BROKER_ACCOUNT: BrokerAccountInfo = {
  brokerAccountId: 'PA',
  brokerAccountNumber: 'PA1',
  mayTrade: true,
  cash: '100000',
  equity: '100000',
  buyingPower: '200000',
  shortingEnabled: true,
};

/** Parts that stand in place of the scripted ones. */
export interface DeskParts {
  readonly broker?: Broker;
  readonly clock?: Clock;
  readonly log?: Log;
}

/** A user who may trade, and all that an order passes on its way to a scripted broker. */
export async function openDesk(parts: DeskParts = {}) {
  let now = Date.parse('2026-03-02T15:00:00.000Z');
  const clock: Clock = parts.clock ?? { now: () => new Date(now).toISOString(), sleep: () => Promise.resolve() };
  const sent: string[] = [];
  const script = {
    ready: (): Readiness | Promise<Readiness> => ({ kind: 'ready' }),
    submit: (id: string): SubmitOutcome => ({ kind: 'acknowledged', order: brokerOrder(id) }),
    lookUp: (_id: string): LookUp<BrokerOrder> => ({ kind: 'not_found' }),
    account: (): LookUp<BrokerAccountInfo> => ({ kind: 'found', value: BROKER_ACCOUNT }),
    halts: (): readonly HaltNotice[] => [],
    /** Last price of AAPL, and its close on the day before. */
    price: '100',
    previousClose: '100',
  };
  const unused = (): never => {
    throw new Error('not part of this test');
  };
  /** The broker's client order ids without their prefix: here orders go by their own ids. */
  const plain = (id: string): string => id.replace(/^tradsy-/, '');
  const broker: Broker = parts.broker ?? {
    ready: () => Promise.resolve(script.ready()),
    submit: (_access, _ticket, id) => {
      sent.push(plain(id));
      return Promise.resolve(script.submit(plain(id)));
    },
    byClientOrderId: (_access, id) => Promise.resolve(script.lookUp(plain(id))),
    byId: unused,
    replace: unused,
    cancel: unused,
    cancelAll: unused,
    submittedAfter: unused,
    executionsAfter: unused,
    unfinished: unused,
    follow: unused,
    account: () => Promise.resolve(script.account()),
    positions: unused,
    executionsOf: () => Promise.resolve({ kind: 'found', value: [] }),
  };
  const access: BrokerAccess = { linkId: 'L', userId: USER, accountId: ACCOUNT, environment: 'paper', token: 't' };
  const links = new Map([[ACCOUNT, access]]);
  const linked: LinkedAccounts = {
    accessFor: (accountId) => Promise.resolve(links.get(accountId) ?? null),
    all: unused,
  };
  const alarms: string[] = [];
  const warnings: string[] = [];
  const log: Log = parts.log ?? {
    info: () => undefined,
    warn: (text: string) => void warnings.push(text),
    alarm: (text: string) => void alarms.push(text),
  };
  const raw = createMemoryEventStore({ now: clock.now });
  const store = createEvolvingStore(raw, { catalogue: CATALOGUE, log });
  const aggregates = createAggregates({ store, ids: systemIds });
  const snapshot = (symbol: string): MarketSnapshot => ({
    quote: { symbol, bid: '99.98', ask: '100.02', at: clock.now() },
    last: script.price,
    dailyBar: { tradingDay: '2026-03-02', close: script.price },
    previousClose: script.previousClose,
    minuteBar: null,
  });
  const market = {
    clock: () => Promise.resolve({ now: clock.now(), isOpen: true, nextOpen: clock.now(), nextClose: clock.now() }),
    instruments: () => Promise.resolve(new Map([['AAPL', { symbol: 'AAPL', name: 'Apple', ...COMMON_SHARE }]])),
    quote: (symbol: string) => Promise.resolve({ symbol, bid: '99.98', ask: '100.02', at: clock.now() }),
    snapshots: (symbols: readonly string[]) =>
      Promise.resolve(new Map(symbols.map((symbol) => [symbol, snapshot(symbol)] as const))),
    bars: unused,
  };
  const pass = () => undefined;
  const readHalts = createReadHalts({ store, clock });
  const haltsOn = createHaltsOn(readHalts);
  const placing: PlaceOrderNeeds = {
    aggregates,
    clock,
    ids: systemIds,
    venue: market,
    marketData: market,
    capabilities: ALPACA_CAPABILITIES,
    readFigures: createReadFigures({ broker, linked, clock }),
    haltsOn: async (subject) => [...script.halts(), ...(await haltsOn(subject))],
    reportRevoked: () => Promise.resolve(),
    limitTables: LIMIT_TABLES,
    log,
    pass,
  };
  const recording = { aggregates, store, records: broker, clock, ids: systemIds, log, pass };
  const recordBrokerOrder = createRecordBrokerOrder(recording);
  const gates = createGates();
  const gate = gates.keep(ACCOUNT);
  gate.open();
  const needs: SubmitOrderNeeds = {
    aggregates,
    broker,
    linked,
    gates,
    clock,
    ids: systemIds,
    recordBrokerOrder,
    reportRevoked: () => Promise.resolve(),
    readHalts,
    watchDoubt: createDoubtWatch({ clock, log }),
    log,
    pass,
    childOf,
  };
  /** A user who may trade with a linked account. */
  async function join(link: BrokerAccess): Promise<void> {
    const { userId, accountId, linkId, environment } = link;
    const account = (command: Parameters<typeof aggregates.accounts.handle>[1]) =>
      aggregates.accounts.handle(accountStream(userId), command, cause);
    await account({ type: 'OpenAccount', userId, accountId, at: clock.now() });
    for (const document of ['disclaimer', 'terms'] as const) {
      await account({ type: 'AcceptDocument', document, version: CURRENT_VERSIONS[document], at: clock.now() });
    }
    await account({
      type: 'LinkBroker',
      linkId,
      broker: 'alpaca',
      environment,
      brokerAccountId: `PA-${accountId}`,
      brokerAccountNumber: 'PA1',
      linkedAt: clock.now(),
    });
    links.set(accountId, link);
    if (accountId !== ACCOUNT) gates.keep(accountId).open();
  }
  await join(access);
  const order = (changes: Partial<PlaceOrderRequest> = {}, quantity = '1'): PlaceOrderRequest => ({
    userId: USER,
    accountId: ACCOUNT,
    terms: {
      symbol: 'AAPL',
      side: 'buy',
      type: 'market',
      quantity,
      limitPrice: null,
      stopPrice: null,
      timeInForce: 'day',
      trailPrice: null,
      extendedHours: false,
      takeProfit: null,
      stopLoss: null,
    },
    requestId: null,
    confirmed: true,
    channel: 'broker-api',
    cause,
    ...changes,
  });
  return {
    store,
    aggregates,
    /** Puts into a stream what only a newer version of the app could read. */
    putUnreadable: async (stream: string) => {
      const event = sample('CancelRequested', { requestedAt: clock.now(), by: USER }, stream);
      await put(raw, stream, [{ ...event, metadata: { ...event.metadata, schemaVersion: 2 } }]);
    },
    needs,
    /** Open from the beginning. */
    gate,
    script,
    sent,
    alarms,
    warnings,
    order,
    access,
    join,
    placing,
    placeOrder: createPlaceOrder(placing),
    /** At the command line: everything, unless the test says otherwise. Gives the halt's id. */
    async halt(changes: Partial<HaltTrading> = {}): Promise<string> {
      const haltId = changes.haltId ?? systemIds.random();
      const command: HaltTrading = {
        type: 'HaltTrading',
        haltId,
        scope: { kind: 'everything' },
        level: 'halted',
        reason: { code: 'by_hand', text: 'Something is wrong.' },
        by: { kind: 'command_line' },
        clearsItself: false,
        until: null,
        cancelOrders: false,
        flatten: false,
        at: clock.now(),
        ...changes,
      };
      await aggregates.killSwitch.handle(KILL_SWITCH_STREAM, command, cause);
      return haltId;
    },
    /** What the account holds before its first order. */
    async holds(symbol: string, quantity: string): Promise<void> {
      const positions = [{ symbol, quantity, averagePrice: '90' }];
      const command = { type: 'RecordOpeningPositions', positions, at: clock.now() } as const;
      await aggregates.risk.handle(riskStream(ACCOUNT), command, cause);
    },
    passTime: (seconds: number) => {
      now += seconds * 1000;
    },
    typesOf: async (orderId: string) => (await store.readStream(orderStream(orderId))).map((event) => event.type),
  };
}
