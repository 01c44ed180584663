/** The kill switch, on the Tradsy API: what is halted, halting, and releasing. */
import {
  haltAnswer,
  haltPath,
  halts as haltsContract,
  releaseAnswer,
  wantedHalt,
} from '../../../../contracts/halts.ts';
import type { z } from 'zod';
import type { wantedScope } from '../../../../contracts/halts.ts';
import { find } from '../../../domain/kernel/dictionary.ts';
import type { HaltScope } from '../../../domain/risk-policy/kill-switch/events.ts';
import type { KillSwitchRefusal, Requester } from '../../../domain/risk-policy/kill-switch/kill-switch.ts';
import { asksForWork, isOperator, isPartlyDone } from '../../../domain/risk-policy/kill-switch/state.ts';
import type { KillSwitchState } from '../../../domain/risk-policy/kill-switch/state.ts';
import type { Halts, Viewer } from '../halts.ts';
import { maySee } from '../halts.ts';
import type { Limits } from '../limits.ts';
import type { HttpNeeds } from '../needs.ts';
import type { Refusal } from '../refusal.ts';
import { refuse } from '../refusal.ts';
import type { Principal, Route } from '../route.ts';
import { route } from '../route.ts';
import { causeOf } from './cause.ts';

type Needs = Pick<HttpNeeds, 'accountOf' | 'knowsAccount' | 'users' | 'haltTrading' | 'releaseHalt' | 'ids'> & {
  readonly halts: Halts;
  readonly limits: Pick<Limits, 'haltRelease' | 'haltRenewal'>;
};

const HALTS = '/api/v1/halts';
const NO_REASON = 'No reason was given.';

export function haltRoutes(needs: Needs): readonly Route[] {
  const common = { surface: 'api', auth: 'session' } as const;
  const { halts, limits } = needs;

  async function viewerOf({ userId }: Principal): Promise<Viewer | null> {
    const account = await needs.accountOf(userId);
    return account === null ? null : { userId, accountId: account.accountId };
  }

  return [
    route({
      ...common,
      method: 'GET',
      path: HALTS,
      summary: 'The halts in force that concern you; all of them for an operator',
      success: { statuses: { 200: 'What stands' }, body: haltsContract },
      refusals: ['not_found'],
      async handle({ principal }) {
        const viewer = await viewerOf(principal);
        if (viewer === null) return refuse('not_found');
        return { kind: 'ok', body: await halts.seenBy(viewer, await halts.inForce()) };
      },
    }),
    route({
      ...common,
      method: 'POST',
      path: HALTS,
      summary:
        'Stops trading: your own account, or as an operator anything; a halt that stands already is given again, and what it has done is done again',
      body: wantedHalt,
      success: { statuses: { 200: 'It stands' }, body: haltAnswer },
      refusals: ['not_found', 'not_permitted', 'too_many_requests'],
      async handle(call) {
        const { body, principal } = call;
        const viewer = await viewerOf(principal);
        if (viewer === null) return refuse('not_found');
        const scope = await scopeOf(needs, body.scope, viewer, await halts.killSwitch());
        if (scope === null) return refuse('not_found');
        const wanted = {
          scope,
          level: body.level,
          reason: { code: 'by_hand', text: body.reason === '' ? NO_REASON : body.reason },
          cancelOrders: body.cancelOrders,
          flatten: body.flatten,
          by: personOf(viewer),
          cause: causeOf(call),
        } as const;
        // The first time it is never too often.
        let halted = await needs.haltTrading({ ...wanted, renew: false });
        if (halted.kind === 'done' && !halted.recorded && asksForWork(wanted)) {
          const before = (await halts.killSwitch()).standing.get(halted.haltId);
          const tooMany = before !== undefined && isPartlyDone(before) ? limits.haltRenewal(viewer.userId) : null;
          if (tooMany !== null) return tooMany;
          halted = await needs.haltTrading(wanted);
        }
        if (halted.kind === 'refused') return refused(halted.code);
        const state = await halts.killSwitch();
        const standing = state.standing.get(halted.haltId);
        // Somebody may have released it in this very moment.
        if (standing === undefined || !maySee(state, standing, viewer)) return refuse('not_found');
        return { kind: 'ok', body: { halt: await halts.view(standing, viewer, state), recorded: halted.recorded } };
      },
    }),
    route({
      ...common,
      method: 'POST',
      path: `${HALTS}/{id}/release`,
      summary: 'Releases a halt; a wide one takes two operators, of whom the first approves',
      params: haltPath,
      success: { statuses: { 200: 'Released, or approved' }, body: releaseAnswer },
      refusals: ['not_permitted', 'second_operator_needed', 'too_many_requests'],
      async handle(call) {
        const { params, principal } = call;
        const viewer = await viewerOf(principal);
        const state = await halts.killSwitch();
        const known = state.standing.get(params.id) ?? find(state.ended, params.id);
        if (viewer === null || known === undefined || !maySee(state, known, viewer)) return refuse('not_found');
        const tooMany = limits.haltRelease(viewer.userId);
        if (tooMany !== null) return tooMany;
        const request = { haltId: params.id, by: personOf(viewer), cause: causeOf(call) };
        const released = await needs.releaseHalt(request);
        if (released.kind === 'refused') return refused(released.code);
        return { kind: 'ok', body: { resumed: released.resumed } };
      },
    }),
  ];
}

const personOf = ({ userId, accountId }: Viewer): Requester => ({ kind: 'person', userId, accountId });

/** Null for what does not exist, or is not the trader's own, which is told apart by nothing. */
async function scopeOf(
  { users, knowsAccount }: Pick<Needs, 'users' | 'knowsAccount'>,
  wanted: z.output<typeof wantedScope>,
  viewer: Viewer,
  state: KillSwitchState,
): Promise<HaltScope | null> {
  const operates = isOperator(state, viewer.userId);
  switch (wanted.kind) {
    case 'account':
      if (wanted.accountId === viewer.accountId) return wanted;
      // A halt of an account that is none would stop nobody, and look as if it did.
      return operates && (await knowsAccount(wanted.accountId)) ? wanted : null;
    case 'user': {
      const own = await users.byId(viewer.userId);
      if (own?.email.toLowerCase() === wanted.email.toLowerCase()) return { kind: 'user', userId: viewer.userId };
      const other = operates ? await users.byEmail(wanted.email) : null;
      return other === null ? null : { kind: 'user', userId: other.userId };
    }
    default:
      return wanted;
  }
}

function refused(code: KillSwitchRefusal['code']): Refusal {
  switch (code) {
    case 'halt_unknown':
      return refuse('not_found');
    case 'nothing_to_flatten':
      return refuse('invalid_request', { detail: 'Positions belong to accounts, not to strategies.' });
    case 'not_permitted':
    case 'second_operator_needed':
      return refuse(code);
  }
}
