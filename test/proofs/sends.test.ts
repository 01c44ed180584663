/** The short forms of the proofs `ambiguous-sends` and `request-budget`. */
import { describe, expect, it } from 'vitest';
import { createPool } from '../../src/adapters/postgres/pool.ts';
import { createTestDatabase } from '../support/postgres.ts';
import { PLANTED, judge, sendAll } from './ambiguous-sends.ts';
import { judgeLoad } from './request-budget.ts';
import { falseRejections, lostOrders, secondOrders } from './sends/account-of-sends.ts';
import type { Send } from './sends/account-of-sends.ts';
import { ARRIVING, startFaultyBroker } from './sends/faulty-broker.ts';
import { linkAccount } from './sends/link-account.ts';
import { offerLoad } from './sends/offered-load.ts';
import { openSendingDesk } from './sends/sending-desk.ts';

const quiet = (): void => undefined;
/** Everything that takes its time takes a quarter of it. */
const QUICKER = 4;
/** Twice as often as in earnest, for they are few. */
const SPOILT = ARRIVING.map(({ ms, ...each }) => ({
  ...each,
  probability: each.probability * 2,
  ...(ms === undefined ? {} : { ms: ms / QUICKER }),
}));

/** Sends so many orders in each mode, to one broker. */
async function send(modes: readonly ('forever' | 'active')[], orders: number, plant?: (typeof PLANTED)[string]) {
  const broker = await startFaultyBroker(4);
  const desk = await openSendingDesk(broker.url, plant, 2_000 / QUICKER);
  try {
    let sends: readonly Send[] = [];
    for (const mode of modes) sends = await sendAll(desk, broker, { mode, orders, spoilt: SPOILT, say: quiet });
    return sends;
  } finally {
    await desk.close();
    await broker.stop();
  }
}

describe.concurrent('orders whose answers are spoilt', { timeout: 60_000 }, () => {
  it('come to be once each, at a broker that remembers ids and at one that forgets', async () => {
    const sends = await send(['forever', 'active'], 60);
    expect(sends).toHaveLength(120);
    expect(judge('both', sends).broken).toEqual([]);
  });

  it('would come to be twice if they were sent again, at a broker that forgets', async () => {
    const sends = await send(['active'], 60, PLANTED['sends again']);
    expect(secondOrders(sends)).toBeGreaterThan(0);
  });

  it('would be called rejected if silence were a no', async () => {
    const sends = await send(['forever'], 40, PLANTED['takes silence for a no']);
    expect(falseRejections(sends).length).toBeGreaterThan(0);
    expect(lostOrders(sends)).toEqual([]);
  });
});

describe.concurrent('two processes that offer three times what the broker allows', { timeout: 60_000 }, () => {
  const allowed = 20;
  const windowMs = 2_000;
  const every = { order: 60, lookUp: 200, list: 400, cancel: 500 };
  /** As in earnest: a fifteenth more than the broker's window, and one slot. */
  const window = { slotMs: 50, slots: windowMs / 50 + 3 + 1 };

  async function offer(limit: number) {
    const database = await createTestDatabase();
    const pools = [createPool(database.url, { max: 2 }), createPool(database.url, { max: 2 })];
    const broker = await startFaultyBroker(4);
    try {
      const access = await linkAccount(broker.url);
      await broker.set({ rate_limit: allowed, rate_window_ms: windowMs, rate_windows: 'sliding' });
      const before = (await broker.requests()).at(-1)?.id ?? 0;
      const load = { url: broker.url, access, limit, window, every, forMs: 4_500, freshMs: 1_000, patienceMs: 1_000 };
      const loaded = await Promise.all(pools.map((pool) => offerLoad({ ...load, pool })));
      return judgeLoad(loaded, await broker.requests(before), { allowed, windowMs }).facts;
    } finally {
      await broker.stop();
      await Promise.all(pools.map((pool) => pool.end()));
      await database.close();
    }
  }

  it('ask for no more than that, and cancel all the same', async () => {
    const facts = await offer(19);
    expect(facts).toMatchObject({ refused: 0 });
    expect(facts['most in any window']).toBeLessThanOrEqual(allowed);
    expect(facts['cancels']).toBeGreaterThan(0);
  });

  it('would be refused if they counted wrongly', async () => {
    expect((await offer(60))['refused']).toBeGreaterThan(0);
  });
});
