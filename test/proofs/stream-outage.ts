/**
 * The update stream is out for a while, in which many orders of one account are executed, ours and others. In a second
 * round the broker does not answer at all meanwhile, so that nothing is known before the stream is back. Everything must be
 * booked once, soon after the stream stands, and another reconciliation must record nothing.
 */
import { setTimeout as wait } from 'node:timers/promises';
import { becomeTrader } from '../../src/bootstrap/demo/visitor.ts';
import { openBrokerStage, until } from './broker-stage.ts';
import type { BrokerStage, LogLine } from './broker-stage.ts';
import type { Asked, Verdict } from './proof.ts';
import { unless } from './proof.ts';

export interface OutageSize {
  readonly outageMs: number;
  /** Orders from elsewhere, each executed twice. */
  readonly foreign: number;
  /** Orders of ours, each executed ten times: at most as many as the free plan has trades. */
  readonly own: number;
  /** One round each: whether the broker is silent meanwhile. */
  readonly silent: readonly boolean[];
}

export const OUTAGE: OutageSize = { outageMs: 60_000, foreign: 80, own: 4, silent: [false, true] };

const OWN_PARTS = 10;
const FOREIGN_PARTS = 2;
const BOOKED_WITHIN_MS = 5_000;

export const streamOutage = async ({ say }: Asked, size = OUTAGE): Promise<Verdict> => {
  const rounds: Round[] = [];
  for (const silent of size.silent) {
    const stage = await openBrokerStage('stream-outage');
    try {
      rounds.push(await outage(stage, size, silent, say));
    } finally {
      await stage.close();
    }
  }
  return verdictOn(rounds, size);
};

interface Round {
  readonly facts: Readonly<Record<string, number>>;
  readonly fills: number;
  readonly missed: number;
  readonly wrong: number;
  readonly afterReconnectMs: number;
  readonly appendedByAnother: number;
}

async function outage(
  stage: BrokerStage,
  { outageMs, foreign, own }: OutageSize,
  silent: boolean,
  say: (line: string) => void,
): Promise<Round> {
  await stage.control('settings', { hold_fills: true });
  const elsewhere = await stage.openElsewhere();
  const product = await stage.start();
  const trader = await becomeTrader(product.url, elsewhere.accountId);
  const { bid } = await trader.quote('AAPL');
  const parts: { readonly order_id: string; readonly qty: string }[] = [];
  for (let n = 1; n <= own; n += 1) {
    const limitPrice = (bid * (1 - n / 100)).toFixed(2);
    const form = { instrument: 'AAPL', side: 'buy', type: 'limit', qty: `${OWN_PARTS}`, limitPrice };
    const placed = await trader.place({ ...form, currentAsk: '0', currentBid: '0' }, `own-${n}`);
    if (!('orderId' in placed)) throw new Error(placed.errmsg);
    await until('the order works', async () => (await trader.story(placed.orderId)).outcome === 'working', 20_000);
    parts.push(...Array.from({ length: OWN_PARTS }, () => ({ order_id: `tradsy-${placed.orderId}`, qty: '1' })));
  }
  for (let n = 0; n < foreign; n += 1) {
    const order = { symbol: 'MSFT', side: 'buy', type: 'limit', limit_price: '1', time_in_force: 'day' };
    const { id } = await elsewhere.call('POST', 'orders', { ...order, qty: FOREIGN_PARTS });
    parts.push(...Array.from({ length: FOREIGN_PARTS }, () => ({ order_id: String(id), qty: '1' })));
  }
  await until('all orders are known', async () => (await observed(stage)) === foreign, 30_000);

  say(`the stream is out${silent ? ', and the broker silent' : ''}, for ${outageMs / 1000} s`);
  if (silent) await silence(stage, elsewhere.accountId);
  await stage.control('settings', { order_stream: 'closed' });
  const began = Date.now();
  for (const [index, part] of shuffled(parts).entries()) {
    await wait(Math.max(0, began + ((outageMs * 0.95) / parts.length) * index - Date.now()));
    await stage.control('fill', { ...part, price: '1' });
  }
  await wait(Math.max(0, began + outageMs - Date.now()));
  const bookedMeanwhile = (await stage.compareFills()).booked;
  await fetch(`${stage.sandboxUrl}/control/fault`, { method: 'DELETE' });
  await stage.control('settings', { hold_fills: true, order_stream: 'open' });
  const reopened = Date.now();
  const stood = await lineAfter(stage, reopened, 'the broker update stream of an account stands');
  await until('all is booked', async () => (await stage.compareFills()).missed === 0, 60_000);
  const bookedAt = Date.now();
  const open = await lineAfter(stage, reopened, 'the orders of an account may be sent');
  await settle(stage);

  const events = await stage.countEvents();
  const cut = Date.now();
  await stage.control('fault', { kind: 'close_stream' });
  await lineAfter(stage, cut, 'the orders of an account may be sent');
  await settle(stage);
  const compared = await stage.compareFills();
  const name = silent ? 'silent broker' : 'stream out';
  return {
    facts: {
      [`${name}: executions`]: compared.executions,
      [`${name}: booked meanwhile`]: bookedMeanwhile,
      [`${name}: stream back after ms`]: Date.parse(stood.time) - reopened,
      [`${name}: gate open after ms`]: Date.parse(open.time) - Date.parse(stood.time),
      [`${name}: all booked after ms`]: Math.max(0, bookedAt - Date.parse(stood.time)),
      [`${name}: missed`]: compared.missed,
      [`${name}: doubled or invented`]: compared.doubled + compared.invented,
      [`${name}: appended by another`]: (await stage.countEvents()) - events,
    },
    fills: compared.executions,
    missed: compared.missed,
    wrong: compared.doubled + compared.invented,
    afterReconnectMs: bookedAt - Date.parse(stood.time),
    appendedByAnother: (await stage.countEvents()) - events,
  };
}

/** Every request on behalf of the account fails, as far as it is not the sandbox's own control. */
const silence = (stage: BrokerStage, accountId: string) =>
  stage.control('fault', { kind: '503', probability: 1, match: { path: '/v2', account_id: accountId } });

const observed = async (stage: BrokerStage): Promise<number> =>
  Number((await stage.query<{ count: string }>(`select count(*) from events where type = 'OrderObserved'`))[0]?.count);

/** Waits until nothing is recorded any more. */
async function settle(stage: BrokerStage): Promise<void> {
  for (let before = -1; ;) {
    const now = await stage.countEvents();
    if (now === before) return;
    before = now;
    await wait(1_500);
  }
}

async function lineAfter(stage: BrokerStage, moment: number, message: string): Promise<LogLine> {
  const find = (): LogLine | undefined =>
    stage.log().find(({ time, msg }) => msg === message && Date.parse(time) >= moment);
  await until(message, () => find() !== undefined, 60_000);
  return find()!;
}

/** The parts of all orders mixed, always in the same way. */
const shuffled = <Item>(items: readonly Item[]): readonly Item[] =>
  items
    .map((item, index) => ({ item, key: (index * 7919) % 1_009 }))
    .sort((a, b) => a.key - b.key)
    .map(({ item }) => item);

function verdictOn(rounds: readonly Round[], { foreign, own }: OutageSize): Verdict {
  const expected = foreign * FOREIGN_PARTS + own * OWN_PARTS;
  return {
    facts: Object.assign({}, ...rounds.map(({ facts }) => facts)) as Verdict['facts'],
    broken: rounds.flatMap(({ fills, missed, wrong, afterReconnectMs, appendedByAnother }) => [
      ...unless(fills === expected, `${fills} executions, where ${expected} were meant`),
      ...unless(missed === 0, `${missed} executions were missed`),
      ...unless(wrong === 0, `${wrong} bookings are doubled or invented`),
      ...unless(afterReconnectMs <= BOOKED_WITHIN_MS, `all was booked ${afterReconnectMs} ms after the stream stood`),
      ...unless(appendedByAnother === 0, `another reconciliation recorded ${appendedByAnother} events`),
    ]),
  };
}
