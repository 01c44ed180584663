/**
 * The kill switch: who may halt what, what stands, and who may release it. A trader halts and releases what is their own;
 * whatever is wider is halted by an operator, at the command line or by a watch, and released by two operators.
 */
import type { Decider, Decision } from '../../kernel/decider.ts';
import { accept, refuse } from '../../kernel/decider.ts';
import { find, has } from '../../kernel/dictionary.ts';
import type {
  HaltCarriedOut,
  HaltParty,
  HaltReported,
  HaltScope,
  HaltUnderWay,
  KillSwitchEvent,
  TradingHalted,
} from './events.ts';
import { isWide, sameScope } from './scope.ts';
import type { Halt, KillSwitchState } from './state.ts';
import { asksForWork, evolveKillSwitch, isOperator, isPartlyDone, NO_HALTS } from './state.ts';

// --- Commands ---

/** Who asks. A person has at most one account; the command line is whoever can open the database, and is trusted. */
export type Requester =
  | { readonly kind: 'person'; readonly userId: string; readonly accountId: string | null }
  | { readonly kind: 'command_line' }
  | { readonly kind: 'trip'; readonly trip: string };

export type HaltTrading = {
  readonly type: 'HaltTrading';
  readonly by: Requester;
  /** False: what a halt that stands has done is not done again. */
  readonly renew?: boolean;
  readonly at: string;
} & Omit<TradingHalted['data'], 'by' | 'haltedAt'>;

/** Which work it is about, where it was asked for again: what is told late of the work before says nothing. */
interface OfRenewal {
  readonly renewals: number;
}

export type KillSwitchCommand =
  | HaltTrading
  | { readonly type: 'ReleaseHalt'; readonly haltId: string; readonly by: Requester; readonly at: string }
  | ({ readonly type: 'RecordHaltUnderWay' } & OfRenewal & HaltUnderWay['data'])
  | ({ readonly type: 'RecordHaltReport' } & OfRenewal & HaltReported['data'])
  | ({ readonly type: 'RecordHaltCarriedOut' } & OfRenewal & HaltCarriedOut['data'])
  | { readonly type: 'AppointOperator'; readonly userId: string; readonly at: string }
  | { readonly type: 'DismissOperator'; readonly userId: string; readonly at: string };

// --- Refusals ---

export type KillSwitchRefusal =
  | { readonly code: 'halt_unknown' }
  /** Not theirs to halt or to release. */
  | { readonly code: 'not_permitted' }
  /** The one who has approved the release already can not be the second one. */
  | { readonly code: 'second_operator_needed' }
  /** Positions belong to accounts, not to strategies. */
  | { readonly code: 'nothing_to_flatten' };

// --- Decide ---

function decide(command: KillSwitchCommand, state: KillSwitchState): Decision<KillSwitchEvent, KillSwitchRefusal> {
  switch (command.type) {
    case 'HaltTrading':
      return halt(command, state);
    case 'ReleaseHalt':
      return release(command, state);
    case 'RecordHaltUnderWay': {
      const { haltId, accounts, at } = command;
      const standing = atWork(command, state);
      if (standing === undefined) return accept();
      if (standing.accounts === accounts && standing.carriedOutAt === null) return accept();
      return accept({ type: 'HaltUnderWay', data: { haltId, accounts, at } });
    }
    case 'RecordHaltReport': {
      const { type: _, renewals: __, ...data } = command;
      const standing = atWork(command, state);
      if (standing === undefined || isReported(standing, data)) return accept();
      return accept({ type: 'HaltReported', data });
    }
    case 'RecordHaltCarriedOut': {
      const { haltId, accounts, at } = command;
      const standing = atWork(command, state);
      if (standing === undefined || standing.carriedOutAt !== null) return accept();
      if ((standing.stages.done ?? 0) < accounts) return accept();
      return accept({ type: 'HaltCarriedOut', data: { haltId, accounts, at } });
    }
    case 'AppointOperator': {
      const { userId, at } = command;
      if (isOperator(state, userId)) return accept();
      return accept({ type: 'OperatorAppointed', data: { userId, appointedAt: at } });
    }
    case 'DismissOperator': {
      const { userId, at } = command;
      if (!isOperator(state, userId)) return accept();
      return accept({ type: 'OperatorDismissed', data: { userId, dismissedAt: at } });
    }
  }
}

function halt(command: HaltTrading, state: KillSwitchState): Decision<KillSwitchEvent, KillSwitchRefusal> {
  const { type: _, by: requester, renew = true, at, ...asked } = command;
  if (state.standing.has(asked.haltId) || has(state.ended, asked.haltId)) return accept();
  const by = partyFor(requester, asked.scope, state);
  if (by === null) return refuse({ code: 'not_permitted' });
  if (asked.flatten && asked.scope.kind === 'strategy') return refuse({ code: 'nothing_to_flatten' });
  // What open sell orders hold can not be sold.
  const wanted = { ...asked, cancelOrders: asked.cancelOrders || asked.flatten, by };
  const standing = standingLike(state, wanted);
  if (standing === null) return accept({ type: 'TradingHalted', data: { ...wanted, haltedAt: at } });
  // A second halt beside it would take a release of its own.
  if (!renew || !asksForWork(wanted) || !isPartlyDone(standing)) return accept();
  const { reason, cancelOrders, flatten } = wanted;
  const { haltId } = standing;
  return accept({ type: 'HaltRenewed', data: { haltId, by, reason, cancelOrders, flatten, renewedAt: at } });
}

/** The halt that a report is about, while it stands and the reported work is what it asks for. */
function atWork(
  { haltId, renewals }: OfRenewal & { readonly haltId: string },
  state: KillSwitchState,
): Halt | undefined {
  const standing = state.standing.get(haltId);
  return standing?.renewals === renewals ? standing : undefined;
}

/** As whom somebody halts this scope; null when they may not. */
export function partyFor(requester: Requester, scope: HaltScope, state: KillSwitchState): HaltParty | null {
  if (requester.kind !== 'person') return requester;
  const { userId } = requester;
  if (isOwn(scope, requester)) return { kind: 'user', userId };
  return isOperator(state, userId) ? { kind: 'operator', userId } : null;
}

const isOwn = (scope: HaltScope, person: Extract<Requester, { kind: 'person' }>): boolean =>
  (scope.kind === 'user' && scope.userId === person.userId) ||
  (scope.kind === 'account' && scope.accountId === person.accountId);

/**
 * The halt in force that already gives all that is wanted, and is not easier to release: of the same scope and level, by
 * the same trader, the same watch, or the house, and with nobody's approval to end it.
 */
export function standingLike(
  state: KillSwitchState,
  wanted: Pick<Halt, 'scope' | 'level' | 'by' | 'cancelOrders' | 'flatten' | 'until'>,
): Halt | null {
  for (const standing of state.standing.values()) {
    if (
      sameScope(standing.scope, wanted.scope) &&
      standing.level === wanted.level &&
      standing.until === wanted.until &&
      standing.approval === null &&
      sameHolder(standing.by, wanted.by) &&
      (standing.cancelOrders || !wanted.cancelOrders) &&
      (standing.flatten || !wanted.flatten)
    ) {
      return standing;
    }
  }
  return null;
}

function sameHolder(a: HaltParty, b: HaltParty): boolean {
  const isHouse = (party: HaltParty): boolean => party.kind === 'operator' || party.kind === 'command_line';
  if (isHouse(a) || isHouse(b)) return isHouse(a) && isHouse(b);
  return sameParty(a, b);
}

const sameParty = (a: HaltParty, b: HaltParty): boolean =>
  a.kind === b.kind &&
  (!('userId' in a) || !('userId' in b) || a.userId === b.userId) &&
  (!('trip' in a) || !('trip' in b) || a.trip === b.trip);

/** Whose word ends a halt. A watch ends what clears itself, besides. */
export function releasedBy(halt: Pick<Halt, 'scope' | 'by'>): 'its_trader' | 'one_operator' | 'two_operators' {
  if (halt.by.kind === 'user') return 'its_trader';
  return isWide(halt.scope) ? 'two_operators' : 'one_operator';
}

/** Whether the person's word counts for the release of a halt. */
export function mayRelease(state: KillSwitchState, halt: Halt, userId: string): boolean {
  if (halt.by.kind === 'user') return halt.by.userId === userId;
  return isOperator(state, userId) && !hasApproved(halt, userId);
}

const hasApproved = ({ approval }: Halt, userId: string): boolean =>
  approval?.by.kind === 'operator' && approval.by.userId === userId;

type ReleaseHalt = Extract<KillSwitchCommand, { type: 'ReleaseHalt' }>;
function release(command: ReleaseHalt, state: KillSwitchState): Decision<KillSwitchEvent, KillSwitchRefusal> {
  const { haltId, by: requester, at } = command;
  const standing = state.standing.get(haltId);
  if (standing === undefined) return has(state.ended, haltId) ? accept() : refuse({ code: 'halt_unknown' });
  const resumed = (by: HaltParty): Decision<KillSwitchEvent, never> =>
    accept({
      type: 'TradingResumed',
      data: { haltId, by, approvedBy: standing.approval?.by ?? null, resumedAt: at },
    });

  if (requester.kind === 'trip') {
    const isItsOwn = standing.clearsItself && sameParty(standing.by, requester);
    return isItsOwn ? resumed(requester) : refuse({ code: 'not_permitted' });
  }
  // At the command line too a release bears the name of a person.
  if (requester.kind !== 'person') return refuse({ code: 'not_permitted' });
  const { userId } = requester;
  if (hasApproved(standing, userId)) return refuse({ code: 'second_operator_needed' });
  if (!mayRelease(state, standing, userId)) return refuse({ code: 'not_permitted' });
  if (standing.by.kind === 'user') return resumed(standing.by);
  const operator = { kind: 'operator', userId } as const;
  return releasedBy(standing) === 'one_operator' || standing.approval !== null
    ? resumed(operator)
    : accept({ type: 'ReleaseApproved', data: { haltId, by: operator, approvedAt: at } });
}

/** Whether the report says nothing new; what is done is never done again. */
function isReported(halt: Halt, { accountId, stage, report }: HaltReported['data']): boolean {
  const known = find(halt.progress, accountId);
  if (known === undefined) return false;
  return known.stage === 'done' || (known.stage === stage && JSON.stringify(known.report) === JSON.stringify(report));
}

export const killSwitch: Decider<KillSwitchCommand, KillSwitchEvent, KillSwitchState, KillSwitchRefusal> = {
  initial: NO_HALTS,
  evolve: evolveKillSwitch,
  decide,
};
