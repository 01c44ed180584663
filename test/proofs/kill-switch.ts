/**
 * The kill switch is thrown at the command line while orders flow: no order reaches the broker later than a second after the
 * halt was committed, all open ones are cancelled, all positions closed; and after kill -9 it still stands.
 */
import { setTimeout as wait } from 'node:timers/promises';
import { readClientOrderId } from '../../src/domain/order/client-order-id.ts';
import { openHouse } from './kill-switch/house.ts';
import type { House } from './kill-switch/house.ts';
import type { Asked, Verdict } from './proof.ts';
import { unless } from './proof.ts';

export interface Load {
  readonly traders: number;
  readonly perSecond: number;
  /** How long orders flow before the switch is thrown, and after the halt stands. */
  readonly beforeMs: number;
  readonly afterMs: number;
}

export const FULL_LOAD: Load = { traders: 20, perSecond: 50, beforeMs: 5_000, afterMs: 5_000 };

const LATEST_MS = 1_000;
const CANCELS_WITHIN_MS = 10_000;
const SETTLED_WITHIN_MS = 30_000;

export const killSwitch = (asked: Asked): Promise<Verdict> => killUnderLoad(asked, FULL_LOAD);

/** Each time in a house of its own. */
export async function killUnderLoad({ times, say }: Asked, load: Load): Promise<Verdict> {
  const rounds: Round[] = [];
  for (let time = 1; time <= times; time += 1) {
    const house = await openHouse(load.traders);
    try {
      rounds.push(await throwSwitch(house, load));
      say(`time ${time} of ${times}`);
    } finally {
      await house.close();
    }
  }
  const sum = (of: (round: Round) => number): number => rounds.reduce((total, round) => total + of(round), 0);
  const most = (of: (round: Round) => number): number => Math.max(...rounds.map(of));
  return {
    facts: {
      'orders a second': load.perSecond,
      'orders placed': sum(({ placed }) => placed),
      'placed after the halt': sum(({ after }) => after),
      'sent before the halt': sum(({ sentBefore }) => sentBefore),
      'sent after the halt': sum(({ sentAfter }) => sentAfter),
      'latest after the halt, ms': most(({ latestMs }) => latestMs),
      'stopped by the halt': sum(({ stopped }) => stopped),
      'too old by then': sum(({ tooOld }) => tooOld),
      'cancels asked of all within, ms': most(({ cancelsAskedMs }) => cancelsAskedMs),
      'cancelled and flat after, ms': most(({ carriedOutMs }) => carriedOutMs),
      'open orders left': sum(({ openOrders }) => openOrders),
      'positions left': sum(({ positions }) => positions),
      'sent after kill -9': sum(({ sentAfterKill }) => sentAfterKill),
    },
    broken: rounds.flatMap((round) => [
      ...unless(round.after > load.perSecond, 'too few orders were placed after the halt to show anything'),
      ...unless(round.sentBefore > load.perSecond, 'too few orders were sent before the halt to show anything'),
      ...unless(round.latestMs <= LATEST_MS, `an order reached the broker ${round.latestMs} ms after the halt`),
      ...unless(round.unexplained.length === 0, `not stopped, and not sent: ${round.unexplained.join(', ')}`),
      ...unless(round.cancelsAskedMs <= CANCELS_WITHIN_MS, `the last cancels came after ${round.cancelsAskedMs} ms`),
      ...unless(round.exitCode === 0, `the command ended with ${round.exitCode}`),
      ...unless(round.openOrders === 0, `${round.openOrders} orders are still open at the broker`),
      ...unless(round.positions === 0, `${round.positions} positions are still there`),
      ...unless(round.sentAfterKill === 0, `${round.sentAfterKill} orders were sent after kill -9`),
    ]),
  };
}

type Round = Awaited<ReturnType<typeof throwSwitch>>;

async function throwSwitch(house: House, { perSecond, beforeMs, afterMs }: Load) {
  const flow = house.flow(perSecond);
  await wait(beforeMs);
  // A machine that is slow today gets the time that it takes.
  await until(async () => (await house.requests('POST')).length > perSecond);
  const reason = 'The proof of the kill switch.';
  const { haltId, ended } = await house.throwSwitch(['everything', '--flatten', '--reason', reason, '--wait', '60']);
  await wait(afterMs);
  await flow.stop();
  const exitCode = await ended;
  const haltedAt = await house.haltedAt(haltId);
  const carriedOut = (await house.store.readStream('kill-switch')).find(({ type }) => type === 'HaltCarriedOut');

  const own = new Set(flow.placed.map(({ orderId }) => orderId));
  for (const orderId of own) await until(async () => ENDS.includes((await house.last(orderId)).type));
  const posts = (await house.requests('POST')).map(({ client_order_id: id, at_ms: at }) => ({
    orderId: readClientOrderId(id ?? '')?.orderId ?? '',
    after: at - haltedAt,
  }));
  const closing = await house.closingOrders(haltId);
  // Whatever is no closing order of this halt should not have come, also what nobody knows.
  const arrivals = posts.filter(({ orderId }) => !closing.has(orderId)).map(({ after }) => after);
  const sent = new Set(posts.map(({ orderId }) => orderId));
  const firstCancels = new Map<string, number>();
  for (const { account_id: account, at_ms: at } of await house.requests('DELETE')) {
    if (account !== null && at > haltedAt && !firstCancels.has(account)) firstCancels.set(account, at - haltedAt);
  }
  const unexplained: string[] = [];
  let stopped = 0;
  let tooOld = 0;
  for (const orderId of own) {
    if (sent.has(orderId)) continue;
    const { type, reason: why } = await house.last(orderId);
    if (type === 'OrderNotSent' && why.includes(reason)) stopped += 1;
    else if (type === 'OrderNotSent' && why.includes('s old before it could be sent')) tooOld += 1;
    // The halt has cancelled it before anybody had claimed it.
    else if (type === 'OrderCancelled') stopped += 1;
    else unexplained.push(`${orderId} ${type} ${why}`);
  }
  const accounts = await house.brokerAccounts();

  const before = (await house.requests('POST')).length;
  await house.killAndRestart();
  const late: string[] = [];
  for (const { accountId } of house.visitors.slice(0, 5)) late.push(await house.place(accountId, {}));
  for (const orderId of late) await until(async () => (await house.last(orderId)).type === 'OrderNotSent');
  return {
    placed: own.size,
    after: flow.placed.filter(({ at }) => at > haltedAt).length,
    sentBefore: arrivals.filter((ms) => ms <= 0).length,
    sentAfter: arrivals.filter((ms) => ms > 0).length,
    latestMs: Math.max(0, ...arrivals),
    stopped,
    tooOld,
    unexplained,
    exitCode,
    // Without any cancel there is nothing to show.
    cancelsAskedMs: firstCancels.size === 0 ? Infinity : Math.max(...firstCancels.values()),
    carriedOutMs: carriedOut === undefined ? Infinity : Date.parse(carriedOut.recordedAt) - haltedAt,
    openOrders: accounts.reduce((total, { open_orders }) => total + open_orders, 0),
    positions: accounts.reduce((total, { positions }) => total + positions.length, 0),
    sentAfterKill: (await house.requests('POST')).length - before,
  };
}

const ENDS = ['OrderNotSent', 'OrderCancelled', 'OrderFilled', 'OrderRejected'];

async function until(isSo: () => Promise<boolean>): Promise<void> {
  const end = performance.now() + SETTLED_WITHIN_MS;
  while (!(await isSo())) {
    if (performance.now() > end) return;
    await wait(20);
  }
}
