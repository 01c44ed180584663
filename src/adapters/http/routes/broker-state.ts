/** TradingView's REST API for brokers: what an account has, and the market's prices. */
import { z } from 'zod';
import {
  accountPath,
  accountState,
  brokerExecution,
  brokerOrder,
  brokerPosition,
  executionsQuery,
  historyQuery,
  localeQuery,
  quoteItem,
  quotesQuery,
} from '../../../../contracts/broker-api.ts';
import { symbolText } from '../../../../contracts/text.ts';
import type { MarketSnapshot } from '../../../application/ports/market-data.ts';
import type { Limits } from '../limits.ts';
import type { Live } from '../live.ts';
import type { HttpNeeds } from '../needs.ts';
import { markedPositions, stateOf } from '../portfolio.ts';
import type { Portfolios } from '../portfolio.ts';
import type { OpenPosition } from '../read-side.ts';
import { refuse } from '../refusal.ts';
import type { Route } from '../route.ts';
import { route } from '../route.ts';
import { isOwn } from './own-account.ts';

type Needs = Pick<HttpNeeds, 'accountOf' | 'read' | 'marketData' | 'log'> & {
  readonly portfolios: Portfolios;
  readonly live: Pick<Live, 'snapshotOf'>;
  readonly limits: Pick<Limits, 'marketData'>;
};

const ACCOUNT = '/broker/v1/accounts/{accountId}';

export function brokerStateRoutes(needs: Needs): readonly Route[] {
  const { read, marketData, portfolios, live, limits, log } = needs;
  const common = { method: 'GET', surface: 'broker', auth: 'session', params: accountPath } as const;

  async function snapshots(symbols: readonly string[]): Promise<ReadonlyMap<string, MarketSnapshot> | null> {
    const found = new Map<string, MarketSnapshot>();
    for (const symbol of symbols) {
      const shown = live.snapshotOf(symbol);
      if (shown !== undefined) found.set(symbol, shown);
    }
    const missing = symbols.filter((symbol) => !found.has(symbol));
    if (missing.length === 0) return found;
    try {
      return new Map([...found, ...(await marketData.snapshots(missing))]);
    } catch (error) {
      log.warn('the market could not be read', { error: String(error) });
      return null;
    }
  }
  const marksOf = (positions: readonly OpenPosition[]) => snapshots(positions.map(({ symbol }) => symbol));

  return [
    route({
      ...common,
      path: `${ACCOUNT}/state`,
      summary: 'Balance, equity and profits',
      query: localeQuery,
      success: { statuses: { 200: 'The state' }, body: accountState },
      refusals: ['not_found', 'broker_link_missing', 'broker_unavailable', 'unavailable'],
      async handle({ principal, params: { accountId } }) {
        if (!(await isOwn(needs, principal, accountId))) return refuse('not_found');
        const portfolio = await portfolios.load(accountId);
        if (portfolio.kind === 'refusal') return portfolio;
        const marks = await marksOf(portfolio.value.positions);
        if (marks === null) return refuse('unavailable');
        return { kind: 'ok', body: stateOf(portfolio.value, (symbol) => marks.get(symbol)) };
      },
    }),
    route({
      ...common,
      path: `${ACCOUNT}/positions`,
      summary: 'Open positions; a long one is marked at the bid, a short one at the ask',
      query: localeQuery,
      success: { statuses: { 200: 'The positions' }, body: z.array(brokerPosition) },
      refusals: ['not_found', 'unavailable'],
      async handle({ principal, params: { accountId } }) {
        if (!(await isOwn(needs, principal, accountId))) return refuse('not_found');
        const positions = await portfolios.positions(accountId);
        const marks = positions === null ? null : await marksOf(positions);
        if (positions === null || marks === null) return refuse('unavailable');
        return { kind: 'ok', body: markedPositions(positions, (symbol) => marks.get(symbol)) };
      },
    }),
    route({
      ...common,
      path: `${ACCOUNT}/orders`,
      summary: 'Open orders, and those that ended within a day',
      query: localeQuery,
      success: { statuses: { 200: 'The orders' }, body: z.array(brokerOrder) },
      refusals: ['not_found'],
      async handle({ principal, params: { accountId } }) {
        if (!(await isOwn(needs, principal, accountId))) return refuse('not_found');
        return { kind: 'ok', body: await read.listOrders(accountId) };
      },
    }),
    route({
      ...common,
      path: `${ACCOUNT}/ordersHistory`,
      summary: 'Orders that have ended, the last one first',
      query: historyQuery,
      success: { statuses: { 200: 'The orders' }, body: z.array(brokerOrder) },
      refusals: ['not_found'],
      async handle({ principal, params: { accountId }, query: { maxCount } }) {
        if (!(await isOwn(needs, principal, accountId))) return refuse('not_found');
        return { kind: 'ok', body: await read.ordersHistory(accountId, maxCount) };
      },
    }),
    route({
      ...common,
      path: `${ACCOUNT}/executions`,
      summary: 'Executions of one instrument, newest first',
      query: executionsQuery,
      success: { statuses: { 200: 'The executions' }, body: z.array(brokerExecution) },
      refusals: ['not_found'],
      async handle({ principal, params: { accountId }, query: { instrument, maxCount } }) {
        if (!(await isOwn(needs, principal, accountId))) return refuse('not_found');
        return { kind: 'ok', body: await read.executions(accountId, instrument, maxCount) };
      },
    }),
    route({
      method: 'GET',
      path: '/broker/v1/quotes',
      surface: 'broker',
      auth: 'session',
      summary: 'Best bid and ask of symbols, comma between them; unknown ones are left out',
      query: quotesQuery,
      success: { statuses: { 200: 'At least one quote' }, body: z.array(quoteItem) },
      refusals: ['not_found', 'unknown_instrument', 'too_many_requests', 'unavailable'],
      async handle({ principal, query: { accountId, symbols } }) {
        const tooMany = limits.marketData(principal.userId);
        if (tooMany !== null) return tooMany;
        if (!(await isOwn(needs, principal, accountId))) return refuse('not_found');
        const wanted = [...new Set(symbols.split(','))].filter((symbol) => symbolText.safeParse(symbol).success);
        const found = await snapshots(wanted);
        if (found === null) return refuse('unavailable');
        const items = wanted.flatMap((n) => {
          const quote = found.get(n)?.quote;
          return quote === undefined
            ? []
            : { s: 'ok' as const, n, v: { ask: Number(quote.ask), bid: Number(quote.bid) } };
        });
        return items.length === 0 ? refuse('unknown_instrument') : { kind: 'ok', body: items };
      },
    }),
  ];
}
