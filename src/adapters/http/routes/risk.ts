/** A trader's limits on the Tradsy API: what is in force, how much of it is used, and making it tighter. */
import {
  chooseRiskProfile,
  clearOverfill,
  overfillPath,
  riskOverview,
  tightenLimits,
} from '../../../../contracts/risk.ts';
import type { RiskOverview as Told } from '../../../../contracts/risk.ts';
import type { RiskOverview, Tightened } from '../../../application/risk-policy/own-limits.ts';
import { toCents } from '../../../domain/kernel/decimal.ts';
import type { Money } from '../../../domain/kernel/decimal.ts';
import type { Immutable } from '../immutable.ts';
import type { Limits } from '../limits.ts';
import type { HttpNeeds } from '../needs.ts';
import { refuse } from '../refusal.ts';
import type { Route } from '../route.ts';
import { route } from '../route.ts';
import { causeOf } from './cause.ts';

type Needs = Pick<
  HttpNeeds,
  'showRisk' | 'chooseRiskProfile' | 'tightenLimits' | 'allowOrdersAgain' | 'clearOverfill'
> & {
  readonly limits: Pick<Limits, 'marketData' | 'orderEntry'>;
};

const PATH = '/api/v1/risk';

export function riskRoutes(needs: Needs): readonly Route[] {
  const { limits } = needs;
  const common = { surface: 'api', auth: 'session' } as const;
  const unavailable = refuse('unavailable', { detail: 'The market’s clock, or what is halted, can not be read.' });

  async function show(userId: string) {
    const found = await needs.showRisk(userId);
    if (found.kind === 'unavailable') return unavailable;
    return found.kind === 'shown' ? ({ kind: 'ok', body: told(found.value) } as const) : refuse(found.code);
  }

  async function changed(userId: string, result: Tightened) {
    switch (result.kind) {
      case 'done':
        return show(userId);
      case 'refused':
        return refuse(result.code);
      case 'unavailable':
        return unavailable;
      case 'only_tighter': {
        const message = 'must not allow more than now';
        return refuse('only_tighter', { errors: result.limits.map((field) => ({ field, message })) });
      }
    }
  }

  return [
    route({
      ...common,
      method: 'GET',
      path: PATH,
      summary: 'The limits of the account, how much of them is used, and what is halted',
      success: { statuses: { 200: 'The limits' }, body: riskOverview },
      refusals: ['not_found', 'too_many_requests', 'unavailable'],
      async handle({ principal: { userId } }) {
        return limits.marketData(userId) ?? show(userId);
      },
    }),
    route({
      ...common,
      method: 'POST',
      path: `${PATH}/profile`,
      summary: 'Chooses a risk profile that allows no more than the one in force',
      body: chooseRiskProfile,
      success: { statuses: { 200: 'Chosen' }, body: riskOverview },
      refusals: ['not_found', 'only_tighter', 'too_many_requests', 'unavailable'],
      async handle(call) {
        const { userId } = call.principal;
        const tooMany = limits.orderEntry(userId);
        return tooMany ?? changed(userId, await needs.chooseRiskProfile(userId, call.body, causeOf(call)));
      },
    }),
    route({
      ...common,
      method: 'POST',
      path: `${PATH}/limits`,
      summary: 'Makes limits tighter, for good',
      body: tightenLimits,
      success: { statuses: { 200: 'Made tighter' }, body: riskOverview },
      refusals: ['not_found', 'only_tighter', 'too_many_requests', 'unavailable'],
      async handle(call) {
        const { userId } = call.principal;
        const tooMany = limits.orderEntry(userId);
        const wanted = Object.fromEntries(Object.entries(call.body).filter(([, value]) => value !== undefined));
        return tooMany ?? changed(userId, await needs.tightenLimits(userId, wanted, causeOf(call)));
      },
    }),
    route({
      ...common,
      method: 'POST',
      path: `${PATH}/allow-orders`,
      summary: 'Allows orders that open positions again, after too many of one kind had stopped them',
      success: { statuses: { 200: 'Allowed' }, body: riskOverview },
      refusals: ['not_found', 'too_many_requests', 'unavailable'],
      async handle(call) {
        const { userId } = call.principal;
        const tooMany = limits.orderEntry(userId);
        return tooMany ?? changed(userId, await needs.allowOrdersAgain(userId, causeOf(call)));
      },
    }),
    route({
      ...common,
      method: 'POST',
      path: `${PATH}/overfills/{orderId}/clear`,
      summary: 'Has looked at what was executed too much: it holds back no order any more',
      params: overfillPath,
      body: clearOverfill,
      success: { statuses: { 200: 'Cleared' }, body: riskOverview },
      refusals: ['not_found', 'overfill_changed', 'too_many_requests', 'unavailable'],
      async handle(call) {
        const { userId } = call.principal;
        const tooMany = limits.orderEntry(userId);
        const seen = { ...call.params, ...call.body };
        return tooMany ?? changed(userId, await needs.clearOverfill(userId, seen, causeOf(call)));
      },
    }),
  ];
}

const cents = (amount: Money | null): string | null => (amount === null ? null : toCents(amount));

function told(it: RiskOverview): Immutable<Told> {
  const { tolerance, experience, plan } = it.profile;
  return {
    profile: { tolerance, experience, plan, isChosen: it.isChosen },
    limits: it.limits,
    table: it.table,
    own: it.own,
    today: {
      tradingDay: it.tradingDay,
      realized: toCents(it.realized),
      unrealized: cents(it.unrealized),
      result: cents(it.result),
    },
    used: {
      openOrders: it.openOrders,
      ordersInTenSeconds: it.ordersInTenSeconds,
      ordersInAMinute: it.ordersInAMinute,
      exposure: cents(it.exposure),
    },
    halts: it.halts.map(({ level, scope, reason }) => ({ level, scope, reason })),
    repeatedExecution:
      it.tripped === null
        ? null
        : { symbol: it.tripped.symbol, side: it.tripped.side, trippedAt: it.tripped.trippedAt },
    overfills: it.overfills,
  };
}
