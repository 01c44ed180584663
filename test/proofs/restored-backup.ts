/**
 * A backup is restored from before many orders were sent. Some of them the record still holds as placed and not sent, fresh
 * enough to be sent; of the others it knows nothing. Nothing may be sent a second time, every order must be found at the
 * broker and adopted, its executions booked, and the loss told.
 */
import { z } from 'zod';
import { brokerPosition, ok } from '../../contracts/broker-api.ts';
import type { OrderStory } from '../../contracts/story.ts';
import { becomeTrader } from '../../src/bootstrap/demo/visitor.ts';
import type { Visitor } from '../../src/bootstrap/demo/visitor.ts';
import { readLedger } from '../support/order-records.ts';
import { openBrokerStage, until } from './broker-stage.ts';
import type { BrokerStage } from './broker-stage.ts';
import type { Asked, Verdict } from './proof.ts';
import { unless } from './proof.ts';

export interface RestoreSize {
  /** Sent after the backup. */
  readonly orders: number;
  /** Of them, those that the backup holds as placed and not sent. */
  readonly waiting: number;
}

export const RESTORE: RestoreSize = { orders: 50, waiting: 5 };

/** The free plan's trades. */
const ORDERS_EACH = 4;
const SETTLED_WITHIN_MS = 60_000;
const SYMBOLS = ['AAPL', 'MSFT', 'KO', 'IBM'] as const;

interface Placed {
  readonly trader: Visitor;
  readonly orderId: string;
}

export async function restoredBackup({ say }: Asked, { orders, waiting }: RestoreSize = RESTORE): Promise<Verdict> {
  const stage = await openBrokerStage('restored-backup');
  try {
    // A fault that never strikes counts what it could have struck.
    const posts = { kind: 'delay', ms: 0, probability: 0, match: { method: 'POST', path: '/v2/orders' } };
    const { id: counter } = await stage.control<{ id: number }>('fault', posts);
    const countPosts = async (): Promise<number> => {
      const { faults } = await stage.control<{ faults: { id: number; seen: number }[] }>('fault');
      return faults.find(({ id }) => id === counter)?.seen ?? 0;
    };

    let product = await stage.start();
    const traders: Visitor[] = [];
    for (let n = 0; n < Math.ceil(orders / ORDERS_EACH); n += 1) traders.push(await becomeTrader(product.url));
    const place = async (n: number): Promise<Placed> => {
      const trader = traders[n % traders.length] as Visitor;
      const instrument = SYMBOLS[Math.floor(n / traders.length) % SYMBOLS.length] as string;
      const { ask } = await trader.quote(instrument);
      const form = { instrument, side: 'buy', type: 'limit', qty: `${n + 1}`, limitPrice: (ask * 1.02).toFixed(2) };
      const placed = await trader.place({ ...form, currentAsk: '0', currentBid: '0' }, `order-${n}`);
      if (!('orderId' in placed)) throw new Error(placed.errmsg);
      return { trader, orderId: placed.orderId };
    };

    say(`${waiting} orders are placed and wait for the stream, while the backup is made`);
    await stage.control('settings', { order_stream: 'closed' });
    const sent: Placed[] = [];
    for (let n = 0; n < waiting; n += 1) sent.push(await place(n));
    for (const { trader, orderId } of sent) {
      const waits = async () => typesOf(await trader.story(orderId)).includes('SubmissionDelayed');
      await until('the order waits', waits, SETTLED_WITHIN_MS);
    }
    await stage.stop(product);
    await stage.backUp('before');
    await stage.control('settings', { order_stream: 'open' });
    product = await stage.start();
    for (let n = waiting; n < orders; n += 1) sent.push(await place(n));
    await settle(sent);
    await stage.stop(product);
    const postsBefore = await countPosts();

    say(`${sent.length} orders were sent and filled; the backup is restored`);
    await stage.restore('before');
    const restored = Date.now();
    product = await stage.start();
    await settle(sent);
    const adoptedAfter = Date.now() - restored;
    const again = await retry(sent, orders, place);
    const stories = await storiesOf(sent);
    const ledger = await readLedger(stage.sandboxUrl);
    const perOrder = sent.map(({ orderId }) => ledger.filter((order) => order.orderId === orderId).length);
    const fills = await stage.compareFills();
    const recovered = stories.filter((story) => typesOf(story).includes('OrderRecovered')).length;
    const acknowledged = stories.filter(
      (story) => typesOf(story).includes('OrderPlaced') && typesOf(story).includes('OrderAcknowledged'),
    ).length;
    const lines = stage.log().filter(({ time, alarm }) => alarm && Date.parse(time) >= restored);
    const alarms = lines.filter(({ msg }) => msg === 'the record has lost orders that were made here');
    const counted = alarms.reduce((sum, line) => sum + Number(line['orders']), 0);
    const differing = await differingPositions(stage, traders);
    const secondPosts = (await countPosts()) - postsBefore;
    return {
      facts: {
        'orders sent': sent.length,
        'sent again': secondPosts,
        'adopted as placed': acknowledged,
        'adopted as lost': recovered,
        'adopted after ms': adoptedAfter,
        'told in alarms': counted,
        'executions booked': fills.booked,
        missed: fills.missed,
        'doubled or invented': fills.doubled + fills.invented,
        'positions that differ': differing,
        'requests repeated': again,
      },
      broken: [
        ...unless(secondPosts === 0, `${secondPosts} orders were sent again`),
        ...unless(
          perOrder.every((count) => count === 1),
          `orders are at the broker ${perOrder.join(' ')} times`,
        ),
        ...unless(acknowledged === waiting, `${acknowledged} of ${waiting} placed orders were adopted`),
        ...unless(recovered === orders - waiting, `${recovered} of ${orders - waiting} lost orders were adopted`),
        ...unless(counted === orders - waiting, `the alarms speak of ${counted} lost orders`),
        ...unless(fills.missed === 0 && fills.doubled + fills.invented === 0, `fills: ${JSON.stringify(fills)}`),
        ...unless(differing === 0, `${differing} positions are not the broker's`),
      ],
    };
  } finally {
    await stage.close();
  }
}

const typesOf = (story: OrderStory): readonly string[] => story.events.map(({ type }) => type);

const storiesOf = (sent: readonly Placed[]): Promise<readonly OrderStory[]> =>
  Promise.all(sent.map(({ trader, orderId }) => trader.story(orderId)));

/** Waits until every order is filled and booked. */
async function settle(sent: readonly Placed[]): Promise<void> {
  for (const { trader, orderId } of sent) {
    const isBooked = async () => {
      const story = await trader.story(orderId).catch(() => null);
      return story?.outcome === 'filled' && typesOf(story).includes('FillBooked');
    };
    await until(`order ${orderId} is booked`, isBooked, SETTLED_WITHIN_MS);
  }
}

/** Traders whose answer was lost with the record ask again, and get the order that they had. */
async function retry(sent: readonly Placed[], orders: number, place: (n: number) => Promise<Placed>): Promise<number> {
  const last = await place(orders - 1).catch((error: unknown) => String(error));
  // The price has moved since, so the request is another one; or it has not, and the order is the same.
  const isSame = typeof last === 'string' ? last.includes('request id') : last.orderId === sent.at(-1)?.orderId;
  if (!isSame) throw new Error(`a repeated request led to another order: ${JSON.stringify(last)}`);
  return 1;
}

/** Positions of which the product's figure is not the sandbox's. */
async function differingPositions(stage: BrokerStage, traders: readonly Visitor[]): Promise<number> {
  const schema = z.object({
    accounts: z.array(
      z.looseObject({ id: z.string(), positions: z.array(z.object({ symbol: z.string(), qty: z.string() })) }),
    ),
  });
  const { accounts } = schema.parse(await stage.control('accounts'));
  const text = (positions: readonly { readonly symbol: string; readonly qty: number }[]): string =>
    positions
      .map(({ symbol, qty }) => `${symbol} ${qty}`)
      .sort()
      .join(', ');
  const theirs = accounts
    .filter(({ positions }) => positions.length > 0)
    .map(({ positions }) => text(positions.map(({ symbol, qty }) => ({ symbol, qty: Number(qty) }))));
  const ours = await Promise.all(
    traders.map(async (trader) => {
      const { d } = ok(z.array(brokerPosition)).parse(await trader.call('GET', 'positions'));
      return text(d.map(({ instrument, qty }) => ({ symbol: instrument, qty })));
    }),
  );
  const there = new Set(theirs);
  return ours.filter((each) => each !== '' && !there.has(each)).length + Math.abs(theirs.length - ours.length);
}
