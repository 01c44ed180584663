/** A start after which very much has to be learnt: many open orders, and many executions of which nobody here knows. */
import { inParallel } from '../../src/application/in-parallel.ts';
import { becomeTrader } from '../../src/bootstrap/demo/visitor.ts';
import { openBrokerStage, until } from './broker-stage.ts';
import type { BrokerStage } from './broker-stage.ts';
import type { Asked, Verdict } from './proof.ts';
import { unless } from './proof.ts';

export interface UnseenSize {
  readonly orders: number;
  /** Executions of each order, which stays open. */
  readonly parts: number;
}

export const UNSEEN: UnseenSize = { orders: 1_000, parts: 5 };

const GATE_WITHIN_MS = 10_000;
const WIDTH = 8;

export async function unseenFills({ say }: Asked, { orders, parts }: UnseenSize = UNSEEN): Promise<Verdict> {
  const stage = await openBrokerStage('unseen-fills');
  try {
    await stage.control('settings', { hold_fills: true });
    const elsewhere = await stage.openElsewhere();
    const first = await stage.start();
    await becomeTrader(first.url, elsewhere.accountId);
    const placed: string[] = [];
    await inParallel(Array.from({ length: orders }), WIDTH, async () => {
      const order = { symbol: 'MSFT', side: 'buy', type: 'limit', limit_price: '1', time_in_force: 'day' };
      placed.push(String((await elsewhere.call('POST', 'orders', { ...order, qty: parts + 1 }))['id']));
    });
    await until('all orders are known', async () => (await count(stage, 'OrderObserved')) === orders, 120_000, 500);
    await stage.stop(first);
    say(`${orders} orders are open; ${orders * parts} executions while nobody looks`);
    for (let part = 0; part < parts; part += 1) {
      await inParallel(placed, WIDTH, async (order_id) => {
        await stage.control('fill', { order_id, qty: '1', price: '1' });
      });
    }

    const started = Date.now();
    await stage.start();
    const since = (message: string): number | undefined => {
      const line = stage.log().find(({ time, msg }) => msg === message && Date.parse(time) >= started);
      return line === undefined ? undefined : Date.parse(line.time) - started;
    };
    await until('the gate is open', () => since('the orders of an account may be sent') !== undefined, 120_000);
    await until('all is booked', async () => (await stage.compareFills()).missed === 0, 300_000, 500);
    const bookedAfter = Date.now() - started;
    const stands = since('the broker update stream of an account stands') ?? Infinity;
    const open = since('the orders of an account may be sent') ?? Infinity;
    const { executions, missed, doubled, invented } = await stage.compareFills();
    return {
      facts: {
        'open orders': orders,
        'unseen executions': executions,
        'stream stands ms': stands,
        'gate open ms': open,
        'of it comparing ms': open - stands,
        'all booked ms': bookedAfter,
        missed,
        doubled,
        invented,
      },
      broken: [
        ...unless(executions === orders * parts, `${executions} executions, where ${orders * parts} were meant`),
        ...unless(missed + doubled + invented === 0, `missed ${missed}, doubled ${doubled}, invented ${invented}`),
        ...unless(open <= GATE_WITHIN_MS, `the gate was open ${open} ms after the start`),
      ],
    };
  } finally {
    await stage.close();
  }
}

const count = async (stage: BrokerStage, type: string): Promise<number> =>
  Number((await stage.query<{ count: string }>(`select count(*) from events where type = '${type}'`))[0]?.count);
