/** What the demo does: three orders of one trader, and what became of each, read from the event store. */
import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { z } from 'zod';
import type { ErrorEnvelope } from '../../../contracts/broker-api.ts';
import type { OrderStory, StoryEvent } from '../../../contracts/story.ts';
import { clientOrderId } from '../../domain/order/client-order-id.ts';
import type { Product } from '../product.ts';
import { becomeTrader } from './visitor.ts';
import type { Visitor } from './visitor.ts';

export interface DemoResult {
  readonly orders: readonly DemoOrder[];
  /** Orders of this trader in the sandbox's own ledger. */
  readonly sandboxOrders: number;
  readonly ok: boolean;
}

export interface DemoOrder {
  readonly id: string;
  readonly summary: string;
  readonly outcome: string;
  readonly events: readonly StoryEvent[];
}

const EXPECTED = ['filled', 'cancelled', 'denied'];
const PATIENCE_MS = 60_000;

export async function runScenario(product: Product, say: (line: string) => void): Promise<DemoResult> {
  say('signing up and linking a paper account ...');
  const trader = await becomeTrader(product.url);
  const symbol = await aSymbol(trader);

  say(`a market order for ${symbol} ...`);
  const market = placed(
    await trader.place(
      { instrument: symbol, side: 'buy', type: 'market', qty: '5', ...(await seen(trader, symbol)) },
      randomUUID(),
    ),
  );
  const filled = await until(trader, market, ['filled', 'rejected', 'expired', 'cancelled']);

  say('a limit order below the market, and its cancellation ...');
  const { bid } = await trader.quote(symbol);
  const limitPrice = (bid * 0.95).toFixed(2);
  const limit = placed(
    await trader.place(
      { instrument: symbol, side: 'buy', type: 'limit', qty: '5', limitPrice, ...(await seen(trader, symbol)) },
      randomUUID(),
    ),
  );
  await until(trader, limit, ['working', 'filled', 'rejected']);
  await trader.cancel(limit);
  const cancelled = await until(trader, limit, ['cancelled', 'filled', 'rejected']);

  say('an order far beyond the limits ...');
  const refusal = await trader.place(
    { instrument: symbol, side: 'buy', type: 'market', qty: '20000', ...(await seen(trader, symbol)) },
    randomUUID(),
  );
  const denied = await trader.story(deniedId(refusal));

  const stories = [filled, cancelled, denied];
  const sandboxOrders = await countLedger(product, stories);
  const outcomes = stories.map((story) => story.outcome);
  return {
    orders: stories.map(({ orderId, summary, outcome, events }) => ({ id: orderId, summary, outcome, events })),
    sandboxOrders,
    ok: outcomes.every((outcome, index) => outcome === EXPECTED[index]) && sandboxOrders === 2,
  };
}

/** A well-known one where there is a choice. */
async function aSymbol(trader: Visitor): Promise<string> {
  const symbols = await trader.instruments();
  const chosen = ['AAPL', 'SPY', 'IBM'].find((symbol) => symbols.includes(symbol)) ?? symbols[0];
  if (chosen === undefined) throw new Error('the sandbox has no symbols');
  return chosen;
}

/** The prices that the trader sees while pressing the button. */
async function seen(trader: Visitor, symbol: string): Promise<{ currentAsk: string; currentBid: string }> {
  const { ask, bid } = await trader.quote(symbol);
  return { currentAsk: `${ask}`, currentBid: `${bid}` };
}

function placed(answer: { readonly orderId: string } | ErrorEnvelope): string {
  if ('orderId' in answer) return answer.orderId;
  throw new Error(`the order was refused: ${answer.errmsg}`);
}

function deniedId(answer: { readonly orderId: string } | ErrorEnvelope): string {
  if ('orderId' in answer) throw new Error('an order far beyond the limits was placed');
  if (answer.refusal.orderId === undefined) throw new Error(`the order was refused otherwise: ${answer.errmsg}`);
  return answer.refusal.orderId;
}

/** The story as soon as it has one of the outcomes. */
async function until(trader: Visitor, orderId: string, outcomes: readonly string[]): Promise<OrderStory> {
  const end = Date.now() + PATIENCE_MS;
  for (;;) {
    const story = await trader.story(orderId);
    if (outcomes.includes(story.outcome)) return story;
    if (Date.now() > end) throw new Error(`order ${orderId} is still ${story.outcome} after ${PATIENCE_MS / 1000} s`);
    await wait(100);
  }
}

const ledgerAnswer = z.object({
  orders: z.array(z.looseObject({ id: z.string(), client_order_id: z.string(), account_id: z.string() })),
});

/** How many orders the broker has in the trader's account, by the broker's own count. */
async function countLedger(product: Product, stories: readonly OrderStory[]): Promise<number> {
  const response = await fetch(`${product.sandboxUrl}/control/ledger`);
  const { orders } = ledgerAnswer.parse(await response.json());
  const ours = stories.map((story) => clientOrderId(story.orderId, 0));
  const account = orders.find((order) => ours.includes(order.client_order_id))?.account_id;
  return orders.filter((order) => order.account_id === account).length;
}
