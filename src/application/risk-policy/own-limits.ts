/** A trader's own limits: what is in force and how much of it is used, and making it tighter. */
import { accountStream } from '../../domain/account/events.ts';
import type { OpenAccount } from '../../domain/account/account.ts';
import { minus, price, toText } from '../../domain/kernel/decimal.ts';
import type { Money } from '../../domain/kernel/decimal.ts';
import { tradingDay } from '../../domain/kernel/trading-day.ts';
import type {
  Experience,
  HaltNotice,
  Mark,
  OverfillFound,
  RiskLimits,
  Tolerance,
} from '../../domain/risk-policy/events.ts';
import { riskStream } from '../../domain/risk-policy/events.ts';
import { exposureOf, openOrdersOf } from '../../domain/risk-policy/exposure.ts';
import { limitsFor, limitsInForce, NOTHING_TIGHTENED, profileOn } from '../../domain/risk-policy/limits.ts';
import type { LimitName, OwnLimits, RiskProfile } from '../../domain/risk-policy/limits.ts';
import { standingOverfills } from '../../domain/risk-policy/overfill.ts';
import { recentOrders } from '../../domain/risk-policy/recent.ts';
import { resultOfDay } from '../../domain/risk-policy/result.ts';
import type { RiskCommand } from '../../domain/risk-policy/risk-policy.ts';
import { realizedOn } from '../../domain/risk-policy/state.ts';
import type { RiskState } from '../../domain/risk-policy/state.ts';
import type { Aggregates } from '../aggregates.ts';
import type { Cause } from '../handle.ts';
import type { Clock } from '../ports/clock-and-ids.ts';
import { limitBasis, readMarks } from './gather-inputs.ts';
import type { GatherNeeds } from './gather-inputs.ts';

export interface OwnLimitsNeeds extends Pick<GatherNeeds, 'venue' | 'marketData' | 'haltsOn' | 'limitTables' | 'log'> {
  readonly aggregates: Aggregates;
  readonly clock: Pick<Clock, 'now'>;
}

export interface RiskOverview {
  readonly profile: RiskProfile;
  readonly isChosen: boolean;
  readonly limits: RiskLimits;
  /** What the table says, without the trader's own. */
  readonly table: RiskLimits;
  readonly own: OwnLimits;
  readonly tradingDay: string;
  readonly realized: Money;
  /** Null where a price is missing. */
  readonly result: Money | null;
  readonly unrealized: Money | null;
  readonly exposure: Money | null;
  readonly openOrders: number;
  readonly ordersInTenSeconds: number;
  readonly ordersInAMinute: number;
  readonly halts: readonly HaltNotice[];
  readonly tripped: RiskState['tripped'];
  /** What was executed too much, and no person has looked at. */
  readonly overfills: readonly Omit<OverfillFound['data'], 'foundAt'>[];
}

type Refused = { readonly kind: 'refused'; readonly code: 'not_found' } | { readonly kind: 'unavailable' };

export type ShowRisk = (userId: string) => Promise<{ readonly kind: 'shown'; readonly value: RiskOverview } | Refused>;

export function createShowRisk(needs: OwnLimitsNeeds): ShowRisk {
  return async (userId) => {
    const account = await accountOf(needs, userId);
    if (account === null) return { kind: 'refused', code: 'not_found' };
    const state = await needs.aggregates.risk.load(riskStream(account.accountId));
    try {
      const day = tradingDay((await needs.venue.clock()).now);
      const { accountId } = account;
      const [marks, halts] = await Promise.all([
        marksOf(needs, state, day),
        needs.haltsOn({ userId, accountId, symbol: '', broker: 'alpaca', strategyId: null }),
      ]);
      return { kind: 'shown', value: overview(needs, state, day, marks, halts) };
    } catch (error) {
      needs.log.warn('the limits of an account could not be told', { userId, error: String(error) });
      return { kind: 'unavailable' };
    }
  };
}

/** Empty when the market can not be read: the limits are told all the same. */
async function marksOf(needs: OwnLimitsNeeds, state: RiskState, day: string): Promise<readonly Mark[]> {
  try {
    return await readMarks(needs, state, day, await needs.venue.instruments());
  } catch {
    return [];
  }
}

function overview(
  needs: OwnLimitsNeeds,
  state: RiskState,
  day: string,
  marks: readonly Mark[],
  halts: readonly HaltNotice[],
): RiskOverview {
  const basis = limitBasis(needs);
  const profile = profileOn(state.policy, day, basis);
  const now = Date.parse(needs.clock.now());
  const realized = realizedOn(state, day);
  const result = resultOfDay(state, day, marks);
  return {
    profile,
    isChosen: state.policy.profile !== null,
    limits: limitsInForce(state.policy, day, basis),
    table: limitsFor(profile, day, basis.tables),
    own: state.policy.own,
    tradingDay: day,
    realized,
    result,
    unrealized: result === null ? null : minus(result, realized),
    exposure: exposureOf(state, new Map(marks.map((mark) => [mark.symbol, price(mark.price)]))),
    openOrders: openOrdersOf(state),
    ordersInTenSeconds: [...recentOrders(state.recent, now, 10_000)].length,
    ordersInAMinute: [...recentOrders(state.recent, now, 60_000)].length,
    halts,
    tripped: state.tripped,
    overfills: standingOverfills(state.overfills).map(({ orderId, symbol, cause, excess }) => ({
      orderId,
      symbol,
      cause,
      excess: toText(excess),
    })),
  };
}

export type Tightened =
  | { readonly kind: 'done' }
  | Refused
  /** More was executed too much by now than the trader has seen. */
  | { readonly kind: 'refused'; readonly code: 'overfill_changed' }
  /** The limits that would allow more than now. */
  | { readonly kind: 'only_tighter'; readonly limits: readonly LimitName[] };

export type ChooseRiskProfile = (
  userId: string,
  choice: { readonly tolerance: Tolerance; readonly experience: Experience },
  cause: Cause,
) => Promise<Tightened>;

export const createChooseRiskProfile =
  (needs: OwnLimitsNeeds): ChooseRiskProfile =>
  (userId, choice, cause) =>
    decide(needs, userId, cause, (moment) => ({ type: 'ChooseRiskProfile', ...choice, ...moment }));

export type TightenLimits = (userId: string, limits: Partial<OwnLimits>, cause: Cause) => Promise<Tightened>;

export const createTightenLimits =
  (needs: OwnLimitsNeeds): TightenLimits =>
  (userId, limits, cause) =>
    decide(needs, userId, cause, (moment) => ({
      type: 'TightenLimits',
      limits: { ...NOTHING_TIGHTENED, ...limits },
      ...moment,
    }));

export type AllowOrdersAgain = (userId: string, cause: Cause) => Promise<Tightened>;

/** After too many orders of one kind: the trader takes it on themselves, by name, that positions may be opened again. */
export const createAllowOrdersAgain =
  (needs: OwnLimitsNeeds): AllowOrdersAgain =>
  (userId, cause) =>
    decide(needs, userId, cause, ({ at }) => ({ type: 'ClearRepeatedExecution', by: userId, at }));

/** What the trader has seen: shares too many of an order, or of its exits. */
export type SeenOverfill = Pick<OverfillFound['data'], 'orderId' | 'cause' | 'excess'>;

export type ClearOverfill = (userId: string, seen: SeenOverfill, cause: Cause) => Promise<Tightened>;

/** After more was executed of an order, or of its exits, than was ordered: the trader has looked at it, by name. */
export const createClearOverfill =
  (needs: OwnLimitsNeeds): ClearOverfill =>
  (userId, seen, cause) =>
    decide(needs, userId, cause, ({ at }) => ({ type: 'ClearOverfill', ...seen, clearedBy: userId, at }));

interface Moment {
  readonly basis: ReturnType<typeof limitBasis>;
  readonly tradingDay: string;
  readonly at: string;
}

async function decide(
  needs: OwnLimitsNeeds,
  userId: string,
  cause: Cause,
  command: (moment: Moment) => RiskCommand,
): Promise<Tightened> {
  const account = await accountOf(needs, userId);
  if (account === null) return { kind: 'refused', code: 'not_found' };
  const clock = await needs.venue.clock().catch(() => null);
  if (clock === null) return { kind: 'unavailable' };
  const moment = { basis: limitBasis(needs), tradingDay: tradingDay(clock.now), at: needs.clock.now() };
  const decided = await needs.aggregates.risk.handle(riskStream(account.accountId), command(moment), cause);
  if (decided.kind === 'done') return { kind: 'done' };
  if (decided.refusal.code === 'only_tighter') return { kind: 'only_tighter', limits: decided.refusal.limits };
  if (decided.refusal.code === 'order_unknown') return { kind: 'refused', code: 'not_found' };
  if (decided.refusal.code === 'overfill_changed') return { kind: 'refused', code: 'overfill_changed' };
  throw new Error(`own limits were refused: ${decided.refusal.code}`);
}

async function accountOf({ aggregates }: OwnLimitsNeeds, userId: string): Promise<OpenAccount | null> {
  const owner = await aggregates.accounts.load(accountStream(userId));
  return owner.status === 'none' ? null : owner;
}
