/**
 * Which limits are in force for an account: the table's of the day, for the trader's profile and plan, tightened by the
 * trader's own. A trader can only tighten. Nothing here loosens a limit again, because the moment in which somebody wants
 * more room is the one in which the limit is needed: what was tightened stays, and a limit grows only when the operator
 * puts another table into force.
 */
import { money } from '../kernel/decimal.ts';
import type { Experience, LimitsTightened, RiskLimits, Tolerance } from './events.ts';

export type LimitValues = Omit<RiskLimits, 'effectiveFrom'>;
export type LimitName = keyof LimitValues;
/** Null: not tightened. */
export type OwnLimits = LimitsTightened['data']['limits'];

/** The limits of every account from a day on. */
export interface LimitTable {
  readonly effectiveFrom: string;
  /** The profile of an account whose trader has chosen none. */
  readonly defaults: { readonly tolerance: Tolerance; readonly experience: Experience };
  readonly tolerance: Readonly<Record<Tolerance, LimitValues>>;
  /** What experience and plan leave of it: of two limits the stricter one counts. */
  readonly experience: Readonly<Record<Experience, Partial<LimitValues>>>;
  readonly plan: Readonly<Record<Plan, Partial<LimitValues>>>;
}

/** The plans that a trader can be on. */
export type Plan = 'free' | 'basic' | 'pro' | 'elite';

export interface RiskProfile {
  readonly tolerance: Tolerance;
  readonly experience: Experience;
  readonly plan: Plan;
}

/** What the trader has chosen and tightened so far; `profile` is null before the first choice. */
export interface OwnPolicy {
  readonly profile: { readonly tolerance: Tolerance; readonly experience: Experience } | null;
  readonly own: OwnLimits;
}

/** What else the limits of an account depend on. */
export interface LimitBasis {
  readonly plan: Plan;
  /** Oldest first. */
  readonly tables: readonly LimitTable[];
}

export const NOTHING_TIGHTENED: OwnLimits = {
  largestOrderValue: null,
  largestOrderQuantity: null,
  largestPositionValue: null,
  largestExposure: null,
  mostOpenOrders: null,
  dailyLoss: null,
  mostOrdersInTenSeconds: null,
  shortSelling: null,
  protectionRequired: null,
};

/** The table in force on a trading day: the last one whose date has come. Throws RangeError when none has. */
export function tableOn(tradingDay: string, tables: readonly LimitTable[]): LimitTable {
  const inForce = tables.findLast(({ effectiveFrom }) => effectiveFrom <= tradingDay);
  if (inForce === undefined) throw new RangeError(`no limits are in force on ${tradingDay}`);
  return inForce;
}

/** The table's limits of a profile on a trading day. Throws RangeError when no table is in force. */
export function limitsFor(
  { tolerance, experience, plan }: RiskProfile,
  tradingDay: string,
  tables: readonly LimitTable[],
): RiskLimits {
  const table = tableOn(tradingDay, tables);
  const limits = strictest(strictest(table.tolerance[tolerance], table.experience[experience]), table.plan[plan]);
  return { effectiveFrom: table.effectiveFrom, ...limits };
}

/** The profile that counts on a trading day. */
export const profileOn = (
  { profile }: Pick<OwnPolicy, 'profile'>,
  tradingDay: string,
  basis: LimitBasis,
): RiskProfile => ({
  ...(profile ?? tableOn(tradingDay, basis.tables).defaults),
  plan: basis.plan,
});

/** The limits in force for an account on a trading day. Throws RangeError when no table is in force. */
export function limitsInForce(policy: OwnPolicy, tradingDay: string, basis: LimitBasis): RiskLimits {
  return strictest(limitsFor(profileOn(policy, tradingDay, basis), tradingDay, basis.tables), policy.own);
}

type Value = string | number | boolean | null;

/** Text and whole numbers alike. */
const size = (of: Value): bigint => money(`${of}`);
const higher = (a: Value, b: Value): boolean => b !== null && (a === null || size(a) > size(b));
const shorter = (a: Value, b: Value): boolean => b !== null && (a === null || size(a) < size(b));
const freer = (a: Value, b: Value): boolean => a !== false && b === false;
const barer = (a: Value, b: Value): boolean => a !== true && b === true;

/** Whether the first of two values of a limit allows more than the second. */
const ALLOWS_MORE: Readonly<Record<LimitName, (a: Value, b: Value) => boolean>> = {
  largestOrderValue: higher,
  largestOrderQuantity: higher,
  largestPositionValue: higher,
  largestExposure: higher,
  mostOpenOrders: higher,
  dailyLoss: higher,
  collarAggressivePercent: higher,
  collarPassivePercent: higher,
  collarStopPercent: higher,
  quoteAgeSeconds: higher,
  duplicateWithinSeconds: shorter,
  mostOrdersInTenSeconds: higher,
  mostOrdersInAMinute: higher,
  mostRepetitionsInAMinute: higher,
  shortSelling: freer,
  protectionRequired: barer,
  stopLossPercent: higher,
  // A proposal: neither nearer nor farther is stricter.
  takeProfitPercent: () => false,
};

export const LIMIT_NAMES = Object.keys(ALLOWS_MORE) as readonly LimitName[];

/** The limits in which the first set allows more than the second; what either does not name is not compared. */
export const looserLimits = (
  limits: Partial<Record<LimitName, Value>>,
  than: Partial<Record<LimitName, Value>>,
): readonly LimitName[] =>
  LIMIT_NAMES.filter((name) => {
    const [a, b] = [limits[name], than[name]];
    return a !== undefined && b !== undefined && ALLOWS_MORE[name](a, b);
  });

/** Of each limit the stricter one of the two sets; what `more` does not name, or has as null, tightens nothing. */
export function strictest<Limits extends Partial<Record<LimitName, Value>>>(
  limits: Limits,
  more: Partial<Record<LimitName, Value>>,
): Limits {
  const tighter = LIMIT_NAMES.filter((name) => {
    const [a, b] = [limits[name], more[name]];
    return a !== undefined && b !== undefined && ALLOWS_MORE[name](a, b);
  });
  return { ...limits, ...Object.fromEntries(tighter.map((name) => [name, more[name]])) };
}
