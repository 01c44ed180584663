/** What a trader can do, one deed at a time: through the product, past it, and where it has no right to. */
import type { Cause } from '../../src/application/handle.ts';
import { accountStream } from '../../src/domain/account/events.ts';
import type { AccountOpened } from '../../src/domain/account/events.ts';
import { CURRENT_VERSIONS } from '../../src/domain/account/documents.ts';
import type { Random } from './random.ts';
import { otherTerms, wish } from './tickets.ts';
import type { Wish } from './tickets.ts';
import type { VenueAccount } from './venue-order.ts';
import { pause, request } from './visits.ts';
import type { Answered } from './visits.ts';
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

export const openDiary = (): Diary => ({
  wished: 0,
  acknowledged: new Map(),
  trespasses: [],
  enteredElsewhere: new Set(),
  kinds: new Map(),
});

/** Tries until a patient person gives up. */
export const TRIES = 8;

/** Insists until there is an answer; null when even many tries brought none. */
export async function insist<T>(
  world: World,
  random: Random,
  ask: Parameters<typeof request<T>>[1],
): Promise<T | null> {
  for (let tries = 0; tries < 3 * TRIES; tries += 1) {
    const answer = await request(world, ask);
    if (answer.kind === 'answered') return answer.value;
    await pause(world, random.between(100, 1_500));
  }
  return null;
}

export const causeOf = (random: Random, userId: string): Cause => ({
  correlationId: random.uuid(),
  causationId: null,
  actor: { kind: 'user', id: userId },
});

/** Signs up and links; null when it did not come to that. */
export async function join(world: World, random: Random, index: number): Promise<Trader | null> {
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
  if (!(await link(world, random, userId, account))) return null;
  return { userId, accountId: await accountIdOf(world, userId), account };
}

/** Links a broker account, for the first time or again; false when even many tries did not bring that about. */
export async function link(world: World, random: Random, userId: string, account: VenueAccount): Promise<boolean> {
  for (let tries = 0; tries < TRIES; tries += 1) {
    const begun = await insist(world, random, ({ beginLink }) => beginLink(userId, 'paper'));
    if (begun === null) return false;
    const state = new URL(begun.authorizeUrl).searchParams.get('state') ?? '';
    const code = world.identity.grant(account.id);
    const callback = { state, code, browserKey: begun.browserKey, sessionUserId: userId, correlationId: random.uuid() };
    const linked = await request(world, ({ completeLink }) => completeLink(callback));
    if (linked.kind === 'answered' && linked.value.kind === 'linked') return true;
    await pause(world, random.between(100, 1_000));
  }
  return false;
}

async function accountIdOf(world: World, userId: string): Promise<string> {
  const [opened] = await world.log.readStream(accountStream(userId), { limit: 1 });
  if (opened === undefined) throw new Error(`${userId} has linked an account that was never opened`);
  return (opened.data as AccountOpened['data']).accountId;
}

/** Places an order, and again with the same id when no answer comes; gives its id once it was answered with success. */
export async function place(
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
      placeOrder({
        userId,
        accountId,
        terms,
        requestId,
        channel: 'broker-api',
        confirmed: true,
        cause: causeOf(random, userId),
      }),
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
export async function reuse(
  world: World,
  random: Random,
  { userId, accountId }: Trader,
  terms: Wish,
  requestId: string,
  diary: Diary,
): Promise<void> {
  const answer = await request(world, ({ placeOrder }) =>
    placeOrder({
      userId,
      accountId,
      terms,
      requestId,
      channel: 'broker-api',
      confirmed: true,
      cause: causeOf(random, userId),
    }),
  );
  if (answer.kind === 'answered' && answer.value.kind === 'placed')
    diary.trespasses.push(`the id ${requestId} was taken for two different orders`);
}

export async function replace(
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

export async function cancel(
  world: World,
  random: Random,
  trader: Trader,
  orderId: string,
  diary: Diary,
): Promise<Answered<unknown>['kind']> {
  const answer = await request(world, ({ cancelOrder }) =>
    cancelOrder({ ...trader, orderId, cause: causeOf(random, trader.userId) }),
  );
  count(diary, `cancel ${answer.kind === 'answered' ? answer.value.kind : answer.kind}`);
  return answer.kind;
}

/** A trader stops their own trading, has orders cancelled and sometimes positions closed, and goes on some time later. */
export async function haltAndRelease(world: World, random: Random, { userId, accountId }: Trader): Promise<void> {
  await pause(world, random.between(0, 5_000));
  const by = { kind: 'person', userId, accountId } as const;
  const halted = await insist(world, random, ({ killSwitch }) =>
    killSwitch.haltTrading({
      scope: { kind: 'account', accountId, symbol: null },
      level: random.chance(0.7) ? 'halted' : 'reducing',
      reason: { code: 'by_trader', text: 'The trader has stopped trading.' },
      cancelOrders: random.chance(0.7),
      flatten: random.chance(0.4),
      by,
      cause: causeOf(random, userId),
    }),
  );
  if (halted?.kind !== 'done') return;
  world.faults.count('trading halted');
  const { haltId } = halted;
  await pause(world, random.between(500, 30_000));
  for (let rounds = 0; rounds < 3; rounds += 1) {
    const released = await insist(world, random, ({ killSwitch }) =>
      killSwitch.releaseHalt({ haltId, by, cause: causeOf(random, userId) }),
    );
    if (released !== null) return;
  }
}

/** The broker takes the tokens of an account no more, whoever asked for that; its owner links it again some time later. */
export async function revokeAndLinkAgain(world: World, random: Random, { userId, account }: Trader): Promise<void> {
  await pause(world, random.between(0, 15_000));
  world.faults.count('token revoked');
  world.identity.revoke(account.id);
  world.broker.streams.cut(account);
  await pause(world, random.between(500, 20_000));
  for (let rounds = 0; rounds < 3; rounds += 1) if (await link(world, random, userId, account)) return;
}

/** Somebody enters an order at the broker, past us. */
export function enterElsewhere(world: World, random: Random, { account }: Trader, diary: Diary): void {
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
export async function trespass(
  world: World,
  random: Random,
  trader: Trader,
  other: Trader,
  diary: Diary,
): Promise<void> {
  if (other.userId === trader.userId) return;
  const { userId } = trader;
  const { accountId } = other;
  const cause = causeOf(random, userId);
  const placed = await request(world, ({ placeOrder }) =>
    placeOrder({
      userId,
      accountId,
      terms: wish(random),
      requestId: null,
      channel: 'broker-api',
      confirmed: true,
      cause,
    }),
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
