/** The live stream, on the Tradsy API. */
import { liveMessage, liveQuery } from '../../../../contracts/live.ts';
import type { Limits } from '../limits.ts';
import type { Live } from '../live.ts';
import type { Route } from '../route.ts';
import { route } from '../route.ts';

interface Needs {
  readonly live: Live;
  readonly limits: Pick<Limits, 'marketData'>;
}

export const liveRoutes = ({ live, limits }: Needs): readonly Route[] => [
  route({
    method: 'GET',
    path: '/api/v1/live',
    surface: 'api',
    auth: 'session',
    summary: 'What changes, as server-sent events: one message in each data line, a snapshot first',
    query: liveQuery,
    success: {
      statuses: { 200: 'A stream without end' },
      body: liveMessage,
      contentType: 'text/event-stream',
    },
    refusals: ['not_found', 'too_many_requests', 'broker_link_missing', 'broker_unavailable', 'unavailable'],
    handle: async ({ principal, query }) =>
      limits.marketData(principal.userId) ?? live.connect(principal, query.symbols),
  }),
];
