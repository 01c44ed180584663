/** Halts, and the people around them, for tests. */
import type { HaltScope, KillSwitchEvent } from './events.ts';
import { killSwitch } from './kill-switch.ts';
import type { HaltTrading, KillSwitchCommand, Requester } from './kill-switch.ts';
import type { KillSwitchState } from './state.ts';

export const AT = '2026-03-02T15:00:00.000Z';
export const TRADER = { kind: 'person', userId: 'trader', accountId: 'account-1' } as const;
export const STRANGER = { kind: 'person', userId: 'stranger', accountId: 'account-2' } as const;
/** Operators have accounts of their own, or none. */
export const FIRST = { kind: 'person', userId: 'operator-1', accountId: 'account-3' } as const;
export const SECOND = { kind: 'person', userId: 'operator-2', accountId: null } as const;
export const COMMAND_LINE = { kind: 'command_line' } as const;
export const STALE_DATA = { kind: 'trip', trip: 'stale_data' } as const;

export const OWN_ACCOUNT: HaltScope = { kind: 'account', accountId: 'account-1', symbol: null };
export const EVERYTHING: HaltScope = { kind: 'everything' };

export const halt = (changes: Partial<HaltTrading> = {}): HaltTrading => ({
  type: 'HaltTrading',
  haltId: 'halt-1',
  scope: OWN_ACCOUNT,
  level: 'halted',
  reason: { code: 'by_hand', text: 'For a test.' },
  by: TRADER,
  clearsItself: false,
  until: null,
  cancelOrders: true,
  flatten: false,
  at: AT,
  ...changes,
});
export const release = (by: Requester, haltId = 'halt-1'): KillSwitchCommand => ({
  type: 'ReleaseHalt',
  haltId,
  by,
  at: AT,
});
export const appoint = ({ userId }: { readonly userId: string }): KillSwitchCommand => ({
  type: 'AppointOperator',
  userId,
  at: AT,
});
export const dismiss = ({ userId }: { readonly userId: string }): KillSwitchCommand => ({
  type: 'DismissOperator',
  userId,
  at: AT,
});
export const OPERATORS = [appoint(FIRST), appoint(SECOND)];

/** Carries out commands one after another, refused ones too: their codes stand among the names of the events. */
export function after(...commands: readonly KillSwitchCommand[]): {
  state: KillSwitchState;
  events: KillSwitchEvent[];
  log: string[];
} {
  let state = killSwitch.initial;
  const events: KillSwitchEvent[] = [];
  const log: string[] = [];
  for (const command of commands) {
    const decision = killSwitch.decide(command, state);
    if (decision.kind === 'refused') {
      log.push(decision.refusal.code);
      continue;
    }
    events.push(...decision.events);
    log.push(...decision.events.map(({ type }) => type));
    state = decision.events.reduce(killSwitch.evolve, state);
  }
  return { state, events, log };
}

/** The same, after two operators were appointed: what follows from these commands alone. */
export const logOf = (...commands: readonly KillSwitchCommand[]): string[] =>
  after(...OPERATORS, ...commands).log.slice(OPERATORS.length);
