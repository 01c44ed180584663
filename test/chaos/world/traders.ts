/** The traders of a world: each has an account at the broker with shares in it, and has linked it. */
import { setTimeout as wait } from 'node:timers/promises';
import { systemIds } from '../../../src/adapters/node/clock-and-ids.ts';
import { becomeTrader } from '../../../src/bootstrap/demo/visitor.ts';
import type { Visitor } from '../../../src/bootstrap/demo/visitor.ts';
import { HELD, PRICES, priced, symbolsOf } from '../plan/market.ts';
import type { Symbol } from '../plan/market.ts';
import type { Sandbox } from './sandbox.ts';

export interface Trader {
  readonly visitor: Visitor;
  /** Opens the same account at the broker, past the product. */
  readonly key: string;
  /** The id that an order gets which is asked for with this request id: how the product makes ids repeatable. */
  orderId(requestId: string): string;
}

const FILLED_WITHIN_MS = 5_000;

/** Sets the market's prices, and has each trader buy shares and link the account. */
export async function openTraders(count: number, sandbox: Sandbox, productUrl: string): Promise<readonly Trader[]> {
  for (const symbol of Object.keys(PRICES) as Symbol[])
    await sandbox.control('price', { symbol, price: priced(symbol, 0) });
  const keys = Array.from({ length: count }, (_, index) => `TRADER-${index}`);
  const accounts: string[] = [];
  for (const [index, key] of keys.entries()) {
    accounts.push(await sandbox.accountOf(key));
    for (const symbol of symbolsOf(index).sold) await buy(sandbox, key, symbol);
  }
  const end = Date.now() + FILLED_WITHIN_MS;
  while ((await sandbox.holdings()).length < 2 * count) {
    if (Date.now() > end) throw new Error('the traders did not get their shares');
    await wait(20);
  }
  const traders: Trader[] = [];
  for (const [index, key] of keys.entries()) {
    const visitor = await becomeTrader(productUrl, accounts[index]);
    const orderId = (requestId: string): string => systemIds.named(`order/${visitor.accountId}/${requestId}`);
    traders.push({ visitor, key, orderId });
  }
  return traders;
}

/** The client order id of the shares that a trader begins with. */
export const openingId = (key: string, symbol: Symbol): string => `opening-${key}-${symbol}`;

async function buy(sandbox: Sandbox, key: string, symbol: Symbol): Promise<void> {
  const order = { symbol, qty: `${HELD}`, side: 'buy', type: 'market', time_in_force: 'day' };
  if (!(await sandbox.enter(key, { ...order, client_order_id: openingId(key, symbol) })))
    throw new Error(`${key} could not buy ${symbol}`);
}
