/** The halts in force and what has become of them, folded from the stream of the house. */
import { EMPTY, find, put, valuesOf } from '../../kernel/dictionary.ts';
import type { Dictionary } from '../../kernel/dictionary.ts';
import { added, dropped } from '../../kernel/maps.ts';
import type { HaltParty, HaltReport, HaltStage, KillSwitchEvent, TradingHalted } from './events.ts';

export interface AccountProgress {
  readonly accountId: string;
  readonly stage: HaltStage;
  readonly report: HaltReport;
  readonly at: string;
}

/** A halt that is in force. */
export interface Halt extends Readonly<TradingHalted['data']> {
  /** Who has approved its release, where another one is still needed. */
  readonly approval: { readonly by: HaltParty; readonly at: string } | null;
  /** The accounts in its scope that are linked, or may have orders at the broker; null until what it asks for has begun. */
  readonly accounts: number | null;
  readonly progress: Dictionary<AccountProgress>;
  /** Accounts by stage. */
  readonly stages: Readonly<Partial<Record<HaltStage, number>>>;
  readonly carriedOutAt: string | null;
  /** How often its work was asked for again after it was done. */
  readonly renewals: number;
}

export interface KillSwitchState {
  /** By halt id, the oldest first. */
  readonly standing: ReadonlyMap<string, Halt>;
  /** The halts that stand no longer. */
  readonly ended: Dictionary<Pick<Halt, 'scope' | 'by'>>;
  /** Since when each operator is one. */
  readonly operators: ReadonlyMap<string, string>;
}

export const NO_HALTS: KillSwitchState = { standing: new Map(), ended: EMPTY, operators: new Map() };

/** Whether anything has to be done at the broker, and is not done yet. */
export const isUnderWay = (halt: Halt): boolean => asksForWork(halt) && halt.carriedOutAt === null;

export const asksForWork = ({ cancelOrders, flatten }: Pick<Halt, 'cancelOrders' | 'flatten'>): boolean =>
  cancelOrders || flatten;

/** Whether the work is done in some account, or in all there are. */
export const isPartlyDone = ({ stages, carriedOutAt }: Halt): boolean =>
  carriedOutAt !== null || (stages.done ?? 0) > 0;

export const isOperator = (state: KillSwitchState, userId: string): boolean => state.operators.has(userId);

export function evolveKillSwitch(state: KillSwitchState, event: KillSwitchEvent): KillSwitchState {
  switch (event.type) {
    case 'TradingHalted': {
      const begun = { approval: null, accounts: null, progress: EMPTY, stages: {}, carriedOutAt: null, renewals: 0 };
      return { ...state, standing: added(state.standing, event.data.haltId, { ...event.data, ...begun }) };
    }
    case 'HaltRenewed': {
      const { haltId, cancelOrders, flatten } = event.data;
      return changed(state, haltId, (halt) => ({ ...begunAgain(halt), cancelOrders, flatten }));
    }
    case 'ReleaseApproved': {
      const { haltId, by, approvedAt } = event.data;
      return changed(state, haltId, (halt) => ({ ...halt, approval: { by, at: approvedAt } }));
    }
    case 'TradingResumed': {
      const { haltId } = event.data;
      const halt = state.standing.get(haltId);
      if (halt === undefined) return state;
      return {
        ...state,
        standing: dropped(state.standing, haltId),
        ended: put(state.ended, haltId, { scope: halt.scope, by: halt.by }),
      };
    }
    case 'HaltUnderWay': {
      const { haltId, accounts } = event.data;
      return changed(state, haltId, (halt) => ({ ...halt, accounts, carriedOutAt: null }));
    }
    case 'HaltReported': {
      const { haltId, ...progress } = event.data;
      return changed(state, haltId, (halt) => reported(halt, progress));
    }
    case 'HaltCarriedOut': {
      const { haltId, accounts, at } = event.data;
      return changed(state, haltId, (halt) => ({ ...halt, accounts, carriedOutAt: at }));
    }
    case 'OperatorAppointed': {
      const { userId, appointedAt } = event.data;
      return { ...state, operators: added(state.operators, userId, appointedAt) };
    }
    case 'OperatorDismissed':
      return dismissed(state, event.data.userId);
  }
}

function changed(state: KillSwitchState, haltId: string, change: (halt: Halt) => Halt): KillSwitchState {
  const halt = state.standing.get(haltId);
  return halt === undefined ? state : { ...state, standing: added(state.standing, haltId, change(halt)) };
}

function reported(halt: Halt, progress: AccountProgress): Halt {
  const before = find(halt.progress, progress.accountId)?.stage;
  const stages = { ...halt.stages, [progress.stage]: (halt.stages[progress.stage] ?? 0) + 1 };
  if (before !== undefined) stages[before] = (stages[before] ?? 0) - 1;
  return { ...halt, progress: put(halt.progress, progress.accountId, progress), stages };
}

/** Accounts that are not done go on. */
function begunAgain(halt: Halt): Halt {
  const { done: _, ...stages } = halt.stages;
  const progress = [...valuesOf(halt.progress)]
    .filter(({ stage }) => stage !== 'done')
    .reduce((kept: Halt['progress'], each) => put(kept, each.accountId, each), EMPTY);
  return { ...halt, progress, stages, carriedOutAt: null, renewals: halt.renewals + 1 };
}

/** What somebody approved who may not approve any more is approved by nobody. */
function dismissed(state: KillSwitchState, userId: string): KillSwitchState {
  const standing = new Map(
    [...state.standing].map(([haltId, halt]) => {
      const by = halt.approval?.by;
      const isVoid = by?.kind === 'operator' && by.userId === userId;
      return [haltId, isVoid ? { ...halt, approval: null } : halt] as const;
    }),
  );
  return { ...state, operators: dropped(state.operators, userId), standing };
}
