/** The order path over the memory store, with Alpaca's adapter and a broker at the other end of real sockets. */
import { childOf } from '../../../src/adapters/node/child-signal.ts';
import { systemClock } from '../../../src/adapters/node/clock-and-ids.ts';
import { createAlpaca } from '../../../src/adapters/alpaca/alpaca.ts';
import { ALPACA_TIMES } from '../../../src/adapters/alpaca/config.ts';
import { createOrderDesk } from '../../../src/application/order/order-desk.ts';
import { openDesk, UNFOLLOWED } from '../../../src/application/order/order-path.suite.ts';
import { createPlaceOrder } from '../../../src/application/order/place-order.ts';
import { createSendCancel, createSendReplace } from '../../../src/application/order/send-requests.ts';
import { createConfirmOrder } from '../../../src/application/order/confirm-order.ts';
import { createSubmitOrder } from '../../../src/application/order/submit-order.ts';
import type { Broker, BrokerAccess } from '../../../src/application/ports/broker.ts';
import { START } from '../../../src/application/ports/event-store.ts';
import { orderStream } from '../../../src/domain/order/events.ts';
import { configFor, plenty } from '../../adapters/alpaca-setup.ts';
import { linkAccount } from './link-account.ts';

/** Shorter than in earnest, so that it does not take hours: what was sent is given up after so many milliseconds. */
const GIVEN_UP_AFTER_MS = 2_000;
const SWEEP_MS = 5_000;
/** Orders that the free plan has for an account. */
const ORDERS_EACH = 4;
const LINKED_AT_ONCE = 8;

/** What of an order's story was recorded when. */
export interface Told {
  readonly type: string;
  readonly at: number;
}

export type SendingDesk = Awaited<ReturnType<typeof openSendingDesk>>;

/** `plant` puts a faulty part in the place of the adapter. */
export async function openSendingDesk(
  url: string,
  plant: (broker: Broker) => Broker = (broker) => broker,
  givenUpAfterMs = GIVEN_UP_AFTER_MS,
) {
  const times = { ...ALPACA_TIMES, connect: 1_000, change: givenUpAfterMs };
  const warned: string[] = [];
  /** When a person was told of an order in doubt, by its id. */
  const alarmed = new Map<string, number>();
  const log = {
    info: () => undefined,
    warn: (text: string) => void warned.push(text),
    alarm(text: string, facts: Readonly<Record<string, unknown>> = {}) {
      if (text === 'an order stays in doubt') alarmed.set(String(facts['orderId']), Date.now());
    },
  };
  const alpaca = createAlpaca(configFor(url, { times }), { clock: systemClock, log, budget: plenty() });
  const desk = await openDesk({ broker: plant(alpaca.broker), clock: systemClock, log });
  // What the broker tells of the account is no part of this: it would not do so while it fails.
  const means = { buyingPower: '200000', equity: '100000', cash: '100000', shortingEnabled: true, mayTrade: true };
  const readFigures = () => Promise.resolve({ kind: 'read', value: { ...means, at: systemClock.now() } } as const);
  const placeOrder = createPlaceOrder({ ...desk.placing, readFigures });
  const placed: string[] = [];
  const stateOf = (orderId: string) => desk.aggregates.orders.glance(orderStream(orderId));
  const isOpen = async (orderId: string): Promise<boolean> =>
    ['placed', 'claimed', 'unconfirmed'].includes((await stateOf(orderId)).status);
  const needs = {
    ...desk.needs,
    store: desk.store,
    childOf,
    sweepEveryMs: SWEEP_MS,
    ...UNFOLLOWED,
    unfinished: {
      // Orders that work are none of this: they would be looked at all the time.
      async placed() {
        const open = await Promise.all(placed.map(async (orderId) => ((await isOpen(orderId)) ? [orderId] : [])));
        return open.flat().map((orderId) => ({ orderId, accountId: accountOf.get(orderId) ?? '' }));
      },
      admittedOnly: () => Promise.resolve([]),
      knownUpTo: () => Promise.resolve(START),
    },
  };
  const orders = createOrderDesk({
    ...needs,
    submit: createSubmitOrder(needs),
    confirm: createConfirmOrder(needs),
    sendCancel: createSendCancel(needs),
    sendReplace: createSendReplace(needs),
  });
  const ending = new AbortController();
  const running = orders.run(ending.signal);

  const links: BrokerAccess[] = [];
  const accountOf = new Map<string, string>();
  async function link(): Promise<void> {
    const access = await linkAccount(url);
    await desk.join(access);
    links.push(access);
  }

  return {
    placed,
    alarmed,
    warned,
    sending: alpaca.sending,
    isOpen,
    /** Links accounts for so many orders more. */
    async linkFor(count: number): Promise<void> {
      let left = Math.ceil(count / ORDERS_EACH);
      const worker = async (): Promise<void> => {
        for (; left > 0;) {
          left -= 1;
          await link();
        }
      };
      await Promise.all(Array.from({ length: LINKED_AT_ONCE }, worker));
    },
    /** Places the next order; resolves to its id. */
    async place(): Promise<string> {
      const n = placed.length;
      const access = links[Math.floor(n / ORDERS_EACH)];
      if (access === undefined) throw new Error('no account is left');
      const { userId, accountId } = access;
      const request = desk.order({ userId, accountId });
      const terms = { ...request.terms, quantity: `${1 + (n % ORDERS_EACH)}` };
      // Taken now: others are placed meanwhile.
      placed.push('');
      const answer = await placeOrder({ ...request, terms });
      if (answer.kind !== 'placed') throw new Error(`not placed: ${JSON.stringify(answer)}`);
      placed[n] = answer.orderId;
      accountOf.set(answer.orderId, accountId);
      return answer.orderId;
    },
    async storyOf(orderId: string): Promise<readonly Told[]> {
      const events = await desk.store.readStream(orderStream(orderId));
      return events.map(({ type, recordedAt }) => ({ type, at: Date.parse(recordedAt) }));
    },
    async close(): Promise<void> {
      ending.abort();
      await running;
    },
  };
}
