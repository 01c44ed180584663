/** The halts in force as one person may see them: a trader what concerns their own account, an operator everything. */
import type { Halt as HaltView, HaltProgress, Halts as HaltsView } from '../../../contracts/halts.ts';
import type { Users } from '../../application/ports/identity.ts';
import { find, valuesOf } from '../../domain/kernel/dictionary.ts';
import type { HaltParty } from '../../domain/risk-policy/kill-switch/events.ts';
import { mayRelease, releasedBy } from '../../domain/risk-policy/kill-switch/kill-switch.ts';
import { concerns } from '../../domain/risk-policy/kill-switch/scope.ts';
import type { AccountProgress, Halt, KillSwitchState } from '../../domain/risk-policy/kill-switch/state.ts';
import { isOperator } from '../../domain/risk-policy/kill-switch/state.ts';
import type { Immutable } from './immutable.ts';

export interface Viewer {
  readonly userId: string;
  readonly accountId: string;
}

export interface Halts {
  /** Read from the record, so that nobody is shown less than what stands. */
  state(): Promise<KillSwitchState>;
  seenBy(viewer: Viewer, state: KillSwitchState): Promise<Immutable<HaltsView>>;
}

export interface HaltsNeeds {
  readonly killSwitch: () => Promise<KillSwitchState>;
  readonly users: Pick<Users, 'byId'>;
}

const MOST_NOT_DONE = 50;

/** Whether the person may know of the halt, or of one that stood with this scope. */
export const maySee = (state: KillSwitchState, { scope }: Pick<Halt, 'scope'>, viewer: Viewer): boolean =>
  isOperator(state, viewer.userId) || concerns(scope, viewer);

export function createHalts({ killSwitch, users }: HaltsNeeds): Halts {
  /** Addresses do not change. */
  const names = new Map<string, string>();
  async function nameOf(party: HaltParty | undefined): Promise<string | null> {
    if (party === undefined || !('userId' in party)) return null;
    const { userId } = party;
    const known = names.get(userId) ?? (await users.byId(userId))?.email ?? null;
    if (known !== null) names.set(userId, known);
    return known;
  }

  async function view(halt: Halt, viewer: Viewer, state: KillSwitchState): Promise<Immutable<HaltView>> {
    const operates = isOperator(state, viewer.userId);
    const own = find(halt.progress, viewer.accountId);
    const { haltId, scope, level, reason, by, haltedAt, until, cancelOrders, flatten, approval, carriedOutAt } = halt;
    return {
      id: haltId,
      scope,
      level,
      reason,
      by: {
        kind: BY[by.kind === 'user' && by.userId === viewer.userId ? 'you' : by.kind],
        name: by.kind === 'trip' ? by.trip : operates ? await nameOf(by) : null,
      },
      haltedAt,
      until,
      cancelOrders,
      flatten,
      concernsMe: concerns(scope, viewer),
      release: {
        needs: releasedBy(halt),
        clearsItself: halt.clearsItself,
        approved: approval !== null,
        approvedBy: operates ? await nameOf(approval?.by) : null,
        mayI: mayRelease(state, halt, viewer.userId),
      },
      carriedOutAt,
      progress: own === undefined ? null : progressView(own),
      everywhere: operates ? everywhere(halt) : null,
    };
  }

  return {
    state: killSwitch,
    async seenBy(viewer, state) {
      const seen = [...state.standing.values()].filter((halt) => maySee(state, halt, viewer));
      return {
        halts: await Promise.all(seen.map((halt) => view(halt, viewer, state))),
        operator: isOperator(state, viewer.userId),
      };
    },
  };
}

const BY: Readonly<Record<HaltParty['kind'] | 'you', HaltView['by']['kind']>> = {
  you: 'you',
  user: 'trader',
  operator: 'operator',
  command_line: 'command_line',
  trip: 'watch',
};

function everywhere({ accounts, stages, progress }: Halt): Immutable<HaltView['everywhere']> {
  const notDone = [...valuesOf(progress)].filter(({ stage }) => stage !== 'done').slice(0, MOST_NOT_DONE);
  return { accounts, stages, notDone: notDone.map(progressView) };
}

const progressView = ({ accountId, stage, report, at }: AccountProgress): Immutable<HaltProgress> => ({
  accountId,
  stage,
  cancelled: report.orders.length + report.elsewhere.length,
  elsewhere: report.elsewhere.length,
  closing: report.closing,
  left: report.left,
  at,
});
