/**
 * The halts in force as one person may see them: a trader what concerns their own account, an operator everything. A
 * position that is not the broker's is one of them: no order in its symbol is placed while it stands.
 */
import type { Halt as HaltView, HaltProgress, Halts as HaltsView } from '../../../contracts/halts.ts';
import type { Ids } from '../../application/ports/clock-and-ids.ts';
import type { Users } from '../../application/ports/identity.ts';
import { find, valuesOf } from '../../domain/kernel/dictionary.ts';
import type { HaltParty } from '../../domain/risk-policy/kill-switch/events.ts';
import { mayRelease, releasedBy } from '../../domain/risk-policy/kill-switch/kill-switch.ts';
import { concerns } from '../../domain/risk-policy/kill-switch/scope.ts';
import type { AccountProgress, Halt, KillSwitchState } from '../../domain/risk-policy/kill-switch/state.ts';
import { isOperator } from '../../domain/risk-policy/kill-switch/state.ts';
import type { Immutable } from './immutable.ts';
import type { PositionMismatch, ReadSide } from './read-side.ts';

export interface Viewer {
  readonly userId: string;
  readonly accountId: string;
}

/** All that is halted. */
export interface InForce {
  readonly killSwitch: KillSwitchState;
  readonly mismatches: readonly PositionMismatch[];
}

export interface Halts {
  /** Read from the record, so that nobody is shown less than what stands. */
  killSwitch(): Promise<KillSwitchState>;
  /** With the positions that differ, which are read from their view. */
  inForce(): Promise<InForce>;
  seenBy(viewer: Viewer, inForce: InForce): Promise<Immutable<HaltsView>>;
  /** One halt as the viewer sees it. */
  view(halt: Halt, viewer: Viewer, state: KillSwitchState): Promise<Immutable<HaltView>>;
}

export interface HaltsNeeds {
  readonly killSwitch: () => Promise<KillSwitchState>;
  readonly read: Pick<ReadSide, 'positionMismatches'>;
  readonly users: Pick<Users, 'byId'>;
  readonly ids: Pick<Ids, 'named'>;
}

const MOST_NOT_DONE = 50;
/** So many positions of other accounts are shown to an operator. */
const MOST_OTHERS = 50;

/** Whether the person may know of the halt, or of one that stood with this scope. */
export const maySee = (state: KillSwitchState, { scope }: Pick<Halt, 'scope'>, viewer: Viewer): boolean =>
  isOperator(state, viewer.userId) || concerns(scope, viewer);

export function createHalts({ killSwitch, read, users, ids }: HaltsNeeds): Halts {
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
    killSwitch,
    async inForce() {
      const [state, mismatches] = await Promise.all([killSwitch(), read.positionMismatches()]);
      return { killSwitch: state, mismatches };
    },
    async seenBy(viewer, { killSwitch: state, mismatches }) {
      const operator = isOperator(state, viewer.userId);
      const seen = [...state.standing.values()].filter((halt) => maySee(state, halt, viewer));
      const [own, others] = [mismatches.filter(isOf(viewer)), mismatches.filter((each) => !isOf(viewer)(each))];
      const differing = [...own, ...(operator ? others.slice(0, MOST_OTHERS) : [])];
      return {
        halts: [
          ...(await Promise.all(seen.map((halt) => view(halt, viewer, state)))),
          ...differing.map((each) => mismatchView(each, ids, isOf(viewer)(each))),
        ],
        operator,
      };
    },
    view,
  };
}

const isOf =
  ({ accountId }: Viewer) =>
  (of: PositionMismatch): boolean =>
    of.accountId === accountId;

function mismatchView(
  { accountId, symbol, ours, brokers, since }: PositionMismatch,
  ids: Pick<Ids, 'named'>,
  concernsMe: boolean,
): HaltView {
  return {
    id: ids.named(`position-mismatch/${accountId}/${symbol}/${since}`),
    scope: { kind: 'account', accountId, symbol },
    level: 'halted',
    reason: {
      code: 'position_mismatch',
      text: `The record has a position of ${ours}, the broker one of ${brokers}.`,
    },
    by: { kind: 'watch', name: 'position_mismatch' },
    haltedAt: since,
    until: null,
    cancelOrders: false,
    flatten: false,
    concernsMe,
    release: { needs: 'its_cause', clearsItself: true, approved: false, approvedBy: null, mayI: false },
    carriedOutAt: null,
    progress: null,
    everywhere: null,
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
