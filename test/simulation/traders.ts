/**
 * The traders: they sign up, link a broker account and trade, until their plan's trades are used up. Some try again with
 * the same id when no answer comes, a fifth walks away after one failure, and some try what they may not.
 */
import { CURRENT_VERSIONS } from '../../src/domain/account/documents.ts';
import { accountStream } from '../../src/domain/account/events.ts';
import type { AccountOpened } from '../../src/domain/account/events.ts';
import { riskStream } from '../../src/domain/risk-policy/events.ts';
import type { Cause } from '../../src/application/handle.ts';
import type { Random } from './random.ts';
import { otherTerms, wish } from './tickets.ts';
import type { Wish } from './tickets.ts';
import { pause, request } from './visits.ts';
import { isOpen } from './venue-order.ts';
import type { VenueAccount } from './venue-order.ts';
import type { World } from './world.ts';

/** What the traders have seen and done, for the checker. */
export interface Diary {
  /** Orders placed, whether or not an answer came. */
  wished: number;
  /** Ids of orders that were answered with success, and whose they are. */
  readonly acknowledged: Map<string, string>;
  readonly trespasses: string[];
  /** Client order ids of orders entered at the broker directly. */
  readonly enteredElsewhere: Set<string>;
  readonly kinds: Map<string, number>;
}

export interface Trader {
  readonly userId: string;
  readonly accountId: string;
  readonly account: VenueAccount;
}

export interface TradingPlan {
  readonly orders: number;
  /** Milliseconds between two orders of one trader. */
  readonly every: readonly [number, number];
}

const ORDERS_EACH = 7;
const ABANDONS = 0.2;
const TRIES = 8;

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

/** Insists until there is an answer; null when even many tries brought none. */
async function insist<T>(world: World, random: Random, ask: Parameters<typeof request<T>>[1]): Promise<T | null> {
  for (let tries = 0; tries < 3 * TRIES; tries += 1) {
    const answer = await request(world, ask);
    if (answer.kind === 'answered') return answer.value;
    await pause(world, random.between(100, 1_500));
  }
  return null;
}

const causeOf = (random: Random, userId: string): Cause => ({
  correlationId: random.uuid(),
  causationId: null,
  actor: { kind: 'user', id: userId },
});

/** Signs up and links; null when it did not come to that. */
async function join(world: World, random: Random, index: number): Promise<Trader | null> {
  const email = `trader-${index}-${random.uuid()}@example.test`;
  const attempt = { email, password: 'correct horse battery staple' };
  let session = null;
  for (let tries = 0; session === null && tries < TRIES; tries += 1) {
    const answer = await insist(world, random, ({ signUp }) => signUp(attempt, random.uuid()));
    if (answer === null) return null;
    // An answer that was lost may have signed the person up all the same.
    session =
      answer.kind === 'done'
        ? answer.session
        : await insist(world, random, ({ logIn }) => logIn(attempt, random.uuid()));
  }
  if (session === null) return null;
  const userId = session.user.id;
  await insist(world, random, ({ acceptDocuments }) =>
    acceptDocuments(userId, CURRENT_VERSIONS, causeOf(random, userId)),
  );
  const account = world.broker.venue.account(`PA-${index}-${random.uuid().slice(0, 8)}`);
  if (random.chance(0.3)) world.broker.venue.endow(account, 'AAPL', random.between(1, 20) * 1000, 9_950);
  for (let tries = 0; tries < TRIES; tries += 1) {
    const begun = await insist(world, random, ({ beginLink }) => beginLink(userId, 'paper'));
    if (begun === null) return null;
    const state = new URL(begun.authorizeUrl).searchParams.get('state') ?? '';
    const code = world.identity.grant(account.id);
    const callback = { state, code, browserKey: begun.browserKey, sessionUserId: userId, correlationId: random.uuid() };
    const linked = await request(world, ({ completeLink }) => completeLink(callback));
    const isLinked = linked.kind === 'answered' && linked.value.kind === 'linked';
    if (isLinked) return { userId, accountId: await accountIdOf(world, userId), account };
    await pause(world, random.between(100, 1_000));
  }
  return null;
}

async function accountIdOf(world: World, userId: string): Promise<string> {
  const [opened] = await world.log.readStream(accountStream(userId), { limit: 1 });
  if (opened === undefined) throw new Error(`${userId} has linked an account that was never opened`);
  return (opened.data as AccountOpened['data']).accountId;
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
    const { userId } = trader;
    await insist(world, random, ({ unlink }) => unlink(userId, causeOf(random, userId)));
    return;
  }
}

/** Whether the account is at rest on both sides, and nothing that was sent may still arrive. */
async function isSettled(world: World, { accountId, account }: Trader): Promise<boolean> {
  if (account.orders.some(isOpen)) return false;
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
    const cancel = () =>
      request(world, ({ cancelOrder }) => cancelOrder({ ...trader, orderId, cause: causeOf(random, trader.userId) }));
    const answer = await cancel();
    count(diary, `cancel ${answer.kind === 'answered' ? answer.value.kind : answer.kind}`);
    if (answer.kind === 'failed' && !abandons) await cancel();
  }
}

async function place(
  world: World,
  random: Random,
  { userId, accountId }: Trader,
  terms: Wish,
  requestId: string,
  tries: number,
  diary: Diary,
): Promise<string | null> {
  for (let tried = 0; tried < tries; tried += 1) {
    const answer = await request(world, ({ placeOrder }) =>
      placeOrder({ userId, accountId, terms, requestId, channel: 'broker-api', cause: causeOf(random, userId) }),
    );
    count(diary, `place ${answer.kind === 'answered' ? answer.value.kind : answer.kind}`);
    if (answer.kind === 'answered' && answer.value.kind === 'placed') {
      diary.acknowledged.set(answer.value.orderId, userId);
      return answer.value.orderId;
    }
    if (answer.kind === 'answered' && answer.value.kind !== 'unavailable') return null;
    await pause(world, random.between(100, 2_500));
  }
  return null;
}

/** The same id with other terms is another order: it must be refused. */
async function reuse(
  world: World,
  random: Random,
  { userId, accountId }: Trader,
  terms: Wish,
  requestId: string,
  diary: Diary,
): Promise<void> {
  const answer = await request(world, ({ placeOrder }) =>
    placeOrder({ userId, accountId, terms, requestId, channel: 'broker-api', cause: causeOf(random, userId) }),
  );
  if (answer.kind === 'answered' && answer.value.kind === 'placed')
    diary.trespasses.push(`the id ${requestId} was taken for two different orders`);
}

async function replace(
  world: World,
  random: Random,
  trader: Trader,
  orderId: string,
  terms: Wish,
  diary: Diary,
): Promise<void> {
  const wanted = { ...otherTerms(random, terms), timeInForce: null };
  const ask = () =>
    request(world, ({ replaceOrder }) =>
      replaceOrder({ ...trader, orderId, ...wanted, cause: causeOf(random, trader.userId) }),
    );
  const answer = await ask();
  count(diary, `replace ${answer.kind === 'answered' ? answer.value.kind : answer.kind}`);
  if (answer.kind === 'failed' && random.chance(0.5)) await ask();
}

/** Somebody enters an order at the broker, past us. */
function enterElsewhere(world: World, random: Random, { account }: Trader, diary: Diary): void {
  const clientOrderId = `elsewhere-${random.uuid()}`;
  diary.enteredElsewhere.add(clientOrderId);
  const { quantity, limitPrice, stopPrice, timeInForce, ...rest } = wish(random);
  world.broker.venue.place(account, {
    ...rest,
    clientOrderId,
    terms: { quantity, limitPrice, stopPrice, timeInForce },
  });
}

/** One trader tries to act on the account of another. */
async function trespass(world: World, random: Random, trader: Trader, other: Trader, diary: Diary): Promise<void> {
  if (other.userId === trader.userId) return;
  const { userId } = trader;
  const { accountId } = other;
  const cause = causeOf(random, userId);
  const placed = await request(world, ({ placeOrder }) =>
    placeOrder({ userId, accountId, terms: wish(random), requestId: null, channel: 'broker-api', cause }),
  );
  if (placed.kind === 'answered' && placed.value.kind === 'placed')
    diary.trespasses.push(`${userId} placed an order on ${accountId}`);
  const theirs = random.pick([...diary.acknowledged.keys(), 'none']);
  for (const claimed of [accountId, trader.accountId]) {
    const cancelled = await request(world, ({ cancelOrder }) =>
      cancelOrder({ userId, accountId: claimed, orderId: theirs, cause }),
    );
    const isOwn = diary.acknowledged.get(theirs) === userId;
    if (cancelled.kind === 'answered' && cancelled.value.kind === 'done' && !isOwn)
      diary.trespasses.push(`${userId} cancelled ${theirs}, which is another's`);
  }
}

function count({ kinds }: Diary, what: string): void {
  kinds.set(what, (kinds.get(what) ?? 0) + 1);
}
