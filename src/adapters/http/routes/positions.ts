/** Positions on the Tradsy API: what to do where the broker has another one. */
import { adoptPosition, positionPath } from '../../../../contracts/positions.ts';
import type { HttpNeeds } from '../needs.ts';
import { refuse } from '../refusal.ts';
import type { Route } from '../route.ts';
import { route } from '../route.ts';
import { causeOf } from './cause.ts';

type Needs = Pick<HttpNeeds, 'adoptBrokerPosition' | 'read'>;

/** So long the answer waits for the read model, so that whoever asked sees it done. */
const SHOWN_WITHIN_MS = 2_000;

export function positionRoutes({ adoptBrokerPosition, read }: Needs): readonly Route[] {
  return [
    route({
      method: 'POST',
      path: '/api/v1/positions/{symbol}/adopt',
      surface: 'api',
      auth: 'session',
      summary: 'Takes the broker’s position over in place of ours, where both differ',
      params: positionPath,
      body: adoptPosition,
      success: { statuses: { 204: 'Taken over' }, body: null },
      refusals: ['not_found', 'position_moved', 'broker_link_missing', 'broker_unavailable'],
      async handle(call) {
        const { principal, params, body } = call;
        const adopted = await adoptBrokerPosition({
          userId: principal.userId,
          symbol: params.symbol,
          quantity: body.quantity,
          cause: causeOf(call),
        });
        if (adopted.kind === 'refused') return refuse(adopted.code);
        if (adopted.position !== null) await read.waitUntilApplied(adopted.position, SHOWN_WITHIN_MS);
        return { kind: 'ok', body: null };
      },
    }),
  ];
}
