/** The market, what the broker takes, and the story of an order, on the Tradsy API. */
import { z } from 'zod';
import { brokerCapabilities, instrumentFacts, instrumentQuery } from '../../../../contracts/capabilities.ts';
import { bars, barsQuery, marketClock } from '../../../../contracts/market.ts';
import { orderStory } from '../../../../contracts/story.ts';
import { uuidText } from '../../../../contracts/text.ts';
import { shownCapabilities } from '../capabilities.ts';
import type { Limits } from '../limits.ts';
import type { HttpNeeds } from '../needs.ts';
import { refuse } from '../refusal.ts';
import type { Route } from '../route.ts';
import { route } from '../route.ts';

type Needs = Pick<HttpNeeds, 'venue' | 'marketData' | 'capabilities' | 'accountOf' | 'read' | 'log'> & {
  readonly limits: Pick<Limits, 'marketData'>;
};

export function marketRoutes(needs: Needs): readonly Route[] {
  const { venue, marketData, accountOf, read, log, limits } = needs;
  const surface = 'api';
  const unavailable = (error: unknown) => {
    log.warn('the market could not be read', { error: String(error) });
    return refuse('unavailable');
  };
  return [
    route({
      method: 'GET',
      path: '/api/v1/market/bars',
      surface,
      auth: 'session',
      summary: 'The newest bars of a symbol before a moment, oldest first',
      query: barsQuery,
      success: { statuses: { 200: 'The bars' }, body: bars },
      refusals: ['unknown_instrument', 'too_many_requests', 'unavailable'],
      async handle({ principal, query: { symbol, timeframe, limit, before } }) {
        const tooMany = limits.marketData(principal.userId);
        if (tooMany !== null) return tooMany;
        try {
          if (!(await venue.instruments()).has(symbol)) return refuse('unknown_instrument');
          const found = await marketData.bars(symbol, timeframe, limit, before ?? null);
          return { kind: 'ok', body: { symbol, timeframe, bars: found } };
        } catch (error) {
          return unavailable(error);
        }
      },
    }),
    route({
      method: 'GET',
      path: '/api/v1/market/clock',
      surface,
      auth: 'session',
      summary: 'The market’s own clock',
      success: { statuses: { 200: 'The clock' }, body: marketClock },
      refusals: ['unavailable'],
      handle: () => venue.clock().then((body) => ({ kind: 'ok', body }) as const, unavailable),
    }),
    route({
      method: 'GET',
      path: '/api/v1/market/instrument',
      surface,
      auth: 'session',
      summary: 'What can be done with one instrument',
      query: instrumentQuery,
      success: { statuses: { 200: 'The instrument' }, body: instrumentFacts },
      refusals: ['unknown_instrument', 'unavailable'],
      async handle({ query: { symbol } }) {
        try {
          const found = (await venue.instruments()).get(symbol);
          return found === undefined ? refuse('unknown_instrument') : { kind: 'ok', body: found };
        } catch (error) {
          return unavailable(error);
        }
      },
    }),
    route({
      method: 'GET',
      path: '/api/v1/broker/capabilities',
      surface,
      auth: 'session',
      summary: 'What the broker takes: order types, times in force, how they combine, and why not otherwise',
      success: { statuses: { 200: 'The table' }, body: brokerCapabilities },
      refusals: [],
      handle: () => Promise.resolve({ kind: 'ok', body: shownCapabilities(needs.capabilities) }),
    }),
    route({
      method: 'GET',
      path: '/api/v1/orders/{id}/story',
      surface,
      auth: 'session',
      summary: 'Everything that is recorded of one order',
      params: z.object({ id: uuidText }),
      success: { statuses: { 200: 'The story' }, body: orderStory },
      refusals: ['not_found'],
      async handle({ principal, params }) {
        const account = await accountOf(principal.userId);
        const story = account === null ? null : await read.readStory(account.accountId, params.id);
        return story === null ? refuse('not_found') : { kind: 'ok', body: story };
      },
    }),
  ];
}
