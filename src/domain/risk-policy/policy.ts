/** What a trader decides about their own limits: they can be made tighter, and by nobody looser. */
import type { Decision } from '../kernel/decider.ts';
import { accept, refuse } from '../kernel/decider.ts';
import type { Experience, RiskEvent, Tolerance } from './events.ts';
import { LIMIT_NAMES, limitsInForce, looserLimits, NOTHING_TIGHTENED, strictest } from './limits.ts';
import type { LimitBasis, LimitName, OwnLimits, OwnPolicy } from './limits.ts';

interface OwnChoice {
  readonly basis: LimitBasis;
  readonly tradingDay: string;
  readonly at: string;
}

export type ChooseRiskProfile = OwnChoice & {
  readonly type: 'ChooseRiskProfile';
  readonly tolerance: Tolerance;
  readonly experience: Experience;
};

export type TightenLimits = OwnChoice & { readonly type: 'TightenLimits'; readonly limits: OwnLimits };

type Decided = Decision<RiskEvent, { readonly code: 'only_tighter'; readonly limits: readonly LimitName[] }>;

/** Refused when any limit would allow more with it than what is in force now. */
export function chooseProfile(command: ChooseRiskProfile, policy: OwnPolicy): Decided {
  const { tolerance, experience, basis, tradingDay, at } = command;
  if (policy.profile?.tolerance === tolerance && policy.profile.experience === experience) return accept();
  const chosen = { ...policy, profile: { tolerance, experience } };
  const looser = looserLimits(limitsInForce(chosen, tradingDay, basis), limitsInForce(policy, tradingDay, basis));
  if (looser.length > 0) return refuse({ code: 'only_tighter', limits: looser });
  return accept({ type: 'RiskProfileChosen', data: { tolerance, experience, chosenAt: at } });
}

/** A limit that is as tight as the one in force is kept too: it stays when the table's grows. */
export function tighten({ limits, basis, tradingDay, at }: TightenLimits, { profile, own }: OwnPolicy): Decided {
  const wanted = Object.fromEntries(Object.entries(limits).filter(([, wish]) => wish !== null)) as Partial<OwnLimits>;
  const looser = looserLimits(wanted, limitsInForce({ profile, own }, tradingDay, basis));
  if (looser.length > 0) return refuse({ code: 'only_tighter', limits: looser });
  const tighter = strictest(own, wanted);
  const changed = LIMIT_NAMES.filter((name): name is keyof OwnLimits => name in tighter).filter(
    (name) => tighter[name] !== own[name],
  );
  if (changed.length === 0) return accept();
  const news = Object.fromEntries(changed.map((name) => [name, tighter[name]])) as Partial<OwnLimits>;
  return accept({ type: 'LimitsTightened', data: { limits: { ...NOTHING_TIGHTENED, ...news }, tightenedAt: at } });
}
