/**
 * The traders: they sign up, link a broker account and trade, until their plan's trades are used up. Some try again with
 * the same id when no answer comes, a fifth walks away after one failure, and some try what they may not.
 */
import { riskStream } from '../../src/domain/risk-policy/events.ts';
import {
  cancel,
  causeOf,
  enterElsewhere,
  haltAndRelease,
  insist,
  join,
  place,
  replace,
  reuse,
  revokeAndLinkAgain,
  trespass,
  TRIES,
} from './deeds.ts';
import type { Diary, Trader } from './deeds.ts';
import type { Random } from './random.ts';
import { wish } from './tickets.ts';
import { isOpen } from './venue-order.ts';
import { pause } from './visits.ts';
import type { World } from './world.ts';

export interface TradingPlan {
  readonly orders: number;
  /** Milliseconds between two orders of one trader. */
  readonly every: readonly [number, number];
}

const ORDERS_EACH = 7;
const ABANDONS = 0.2;

/** Traders come one after another, `atOnce` of them at a time, until so many orders were wished for. Resolves when all have left. */
export async function trade(world: World, diary: Diary, { orders, every }: TradingPlan, atOnce: number): Promise<void> {
  const known: Trader[] = [];
  const lane = async (): Promise<void> => {
    while (diary.wished < orders) {
      const random = world.random.branch();
      const trader = await join(world, random, known.length);
      if (trader === null) continue;
      known.push(trader);
      await spend(world, random, trader, known, diary, { orders, every });
    }
  };
  await Promise.all(Array.from({ length: atOnce }, lane));
}

/** Trades until enough orders are wished for, then waits for what is under way, and mostly unlinks. */
async function spend(
  world: World,
  random: Random,
  trader: Trader,
  others: readonly Trader[],
  diary: Diary,
  { orders, every }: TradingPlan,
): Promise<void> {
  const underWay: Promise<void>[] = [];
  if (random.chance(0.06)) underWay.push(revokeAndLinkAgain(world, random.branch(), trader));
  if (random.chance(0.15)) underWay.push(haltAndRelease(world, random.branch(), trader));
  for (let count = 0; count < ORDERS_EACH; count += 1) {
    await pause(world, random.between(...every));
    if (diary.wished >= orders) break;
    diary.wished += 1;
    underWay.push(followOrder(world, random.branch(), trader, diary));
    if (random.chance(0.05)) enterElsewhere(world, random, trader, diary);
    if (random.chance(0.05)) underWay.push(trespass(world, random.branch(), trader, random.pick(others), diary));
  }
  await Promise.all(underWay);
  void leave(world, random, trader);
}

/** Unlinks once nothing is under way any more; who can not wait for that stays linked. */
async function leave(world: World, random: Random, trader: Trader): Promise<void> {
  if (random.chance(0.1)) return;
  let settled = false;
  for (let looks = 0; looks < 20; looks += 1) {
    await pause(world, 4_000);
    const before = settled;
    settled = await isSettled(world, trader);
    if (!settled || !before) continue;
    const { userId, account } = trader;
    account.left = true;
    await insist(world, random, ({ unlink }) => unlink(userId, causeOf(random, userId)));
    return;
  }
}

/** Whether the account is at rest on both sides, and nothing that was sent may still arrive. */
async function isSettled(world: World, { accountId, account }: Trader): Promise<boolean> {
  if (account.orders.some(isOpen) || account.amended.size > 0) return false;
  const rows = world.readSide.rows().filter((row) => row.account_id === accountId);
  if (rows.some((row) => row.ended_at === null || row.status === 'not_received')) return false;
  const executed = account.orders.reduce((sum, { executions }) => sum + executions.length, 0);
  const booked = (await world.log.readStream(riskStream(accountId))).filter(({ type }) => type === 'FillBooked');
  return booked.length === executed;
}

/** One order, from the wish to the last thing that its trader does about it. */
async function followOrder(world: World, random: Random, trader: Trader, diary: Diary): Promise<void> {
  const terms = wish(random);
  const requestId = random.uuid();
  const abandons = random.chance(ABANDONS);
  const tries = abandons ? 1 : TRIES;
  if (random.chance(0.06)) void place(world, random.branch(), trader, terms, requestId, 1, diary);
  const orderId = await place(world, random, trader, terms, requestId, tries, diary);
  if (orderId === null) return;
  if (random.chance(0.03)) await reuse(world, random, trader, { ...terms, quantity: '77' }, requestId, diary);
  const isOpenEnded = terms.type !== 'market';
  if (isOpenEnded && terms.takeProfit === null && random.chance(0.35)) {
    for (let changes = random.between(1, 3); changes > 0; changes -= 1) {
      await pause(world, random.between(100, 4_000));
      await replace(world, random, trader, orderId, terms, diary);
    }
  }
  if (random.chance(isOpenEnded ? 0.5 : 0.15)) {
    await pause(world, random.between(0, 8_000));
    const answer = await cancel(world, random, trader, orderId, diary);
    if (answer === 'failed' && !abandons) await cancel(world, random, trader, orderId, diary);
  }
}
