/** The stream stands and loses one message without a word, that of an execution: it must be booked all the same, soon. */
import { becomeTrader } from '../../src/bootstrap/demo/visitor.ts';
import { openBrokerStage, until } from './broker-stage.ts';
import type { Asked, Verdict } from './proof.ts';
import { unless } from './proof.ts';

const BOOKED_WITHIN_MS = 15_000;
/** The free plan's trades: then another trader goes on. */
const ORDERS_EACH = 4;

export async function droppedFrame({ times, say }: Asked): Promise<Verdict> {
  const stage = await openBrokerStage('dropped-frame');
  try {
    await stage.control('settings', { hold_fills: true });
    const product = await stage.start();
    const took: number[] = [];
    let trader = await becomeTrader(product.url);
    for (let time = 1; time <= times; time += 1) {
      if (time > 1 && time % ORDERS_EACH === 1) trader = await becomeTrader(product.url);
      const form = {
        instrument: 'AAPL',
        side: 'buy',
        type: 'market',
        qty: `${time}`,
        currentAsk: '0',
        currentBid: '0',
      };
      const placed = await trader.place(form, `order-${time}`);
      if (!('orderId' in placed)) throw new Error(placed.errmsg);
      const { orderId } = placed;
      await until('the order works', async () => (await trader.story(orderId)).outcome === 'working', 20_000);
      const clientOrderId = `tradsy-${orderId}`;
      await stage.control('fault', { kind: 'drop_frames', match: { event: 'fill', client_order_id: clientOrderId } });
      await stage.control('fill', { order_id: clientOrderId });
      const booked = async () => (await trader.story(orderId)).events.some(({ type }) => type === 'FillBooked');
      took.push(await until('the execution is booked', booked, 60_000));
      say(`dropped frame ${time} of ${times}: booked after ${took.at(-1)} ms`);
    }
    const { missed, doubled, invented } = await stage.compareFills();
    const slowest = Math.max(...took);
    return {
      facts: { 'frames dropped': times, missed, doubled, invented, 'slowest ms': slowest },
      broken: [
        ...unless(missed + doubled + invented === 0, `missed ${missed}, doubled ${doubled}, invented ${invented}`),
        ...unless(slowest <= BOOKED_WITHIN_MS, `an execution was booked ${slowest} ms after it happened`),
      ],
    };
  } finally {
    await stage.close();
  }
}
