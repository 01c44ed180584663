/** The short form of `npm run proofs -- ambiguous-sends`: a broker that takes every order and often does not say so. */
import { describe, expect, it } from 'vitest';
import { PLANTED, judge, sendAll } from './ambiguous-sends.ts';
import { falseRejections, lostOrders, secondOrders } from './sends/account-of-sends.ts';
import { ARRIVING, startFaultyBroker } from './sends/faulty-broker.ts';
import { openSendingDesk } from './sends/sending-desk.ts';

const quiet = (): void => undefined;
/** Everything that takes its time takes a quarter of it. */
const QUICKER = 4;
const SPOILT = ARRIVING.map((each) => (each.ms === undefined ? each : { ...each, ms: each.ms / QUICKER }));

async function send(mode: 'forever' | 'active', orders: number, plant?: (typeof PLANTED)[string]) {
  const broker = await startFaultyBroker(4);
  const desk = await openSendingDesk(broker.url, plant, 2_000 / QUICKER);
  try {
    return await sendAll(desk, broker, { mode, orders, spoilt: SPOILT, say: quiet });
  } finally {
    await desk.close();
    await broker.stop();
  }
}

describe.concurrent('orders whose answers are spoilt', { timeout: 60_000 }, () => {
  it.each(['forever', 'active'] as const)('come to be once each, with ids remembered: %s', async (mode) => {
    const sends = await send(mode, 100);
    expect(judge(mode, sends).broken.filter((line) => !line.includes('% of the orders'))).toEqual([]);
    expect(sends.filter(({ spoilt }) => spoilt !== 'nothing').length).toBeGreaterThan(20);
  });

  it('would come to be twice if they were sent again, at a broker that forgets', async () => {
    const sends = await send('active', 100, PLANTED['sends again']);
    expect(secondOrders(sends)).toBeGreaterThan(0);
  });

  it('would be called rejected if silence were a no', async () => {
    const sends = await send('forever', 60, PLANTED['takes silence for a no']);
    expect(falseRejections(sends).length).toBeGreaterThan(0);
    expect(lostOrders(sends)).toEqual([]);
  });
});
