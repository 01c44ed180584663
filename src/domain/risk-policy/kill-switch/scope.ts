/** Which orders a halt stops, and in which words its scope is named. */
import type { HaltNotice } from '../events.ts';
import type { HaltScope } from './events.ts';
import type { KillSwitchState } from './state.ts';

/** An order, as far as halts look at it. */
export interface HaltSubject {
  readonly userId: string;
  readonly accountId: string;
  readonly symbol: string;
  readonly broker: 'alpaca';
  /** Null for an order that no strategy has placed. */
  readonly strategyId: string | null;
}

export function stops(scope: HaltScope, subject: HaltSubject): boolean {
  switch (scope.kind) {
    case 'everything':
      return true;
    case 'broker':
      return scope.broker === subject.broker;
    case 'symbol':
      return scope.symbol === subject.symbol;
    case 'strategy':
      return scope.strategyId === subject.strategyId;
    case 'user':
      return scope.userId === subject.userId;
    case 'account':
      return scope.accountId === subject.accountId && (scope.symbol === null || scope.symbol === subject.symbol);
  }
}

/** Every halt that stops the order, the strictest first. */
export function haltsOn(state: KillSwitchState, subject: HaltSubject): readonly HaltNotice[] {
  return [...state.standing.values()]
    .filter(({ scope }) => stops(scope, subject))
    .map(({ haltId, level, scope, reason }) => ({ haltId, level, scope: scopeText(scope), reason: reason.text }))
    .sort((a, b) => (a.level === b.level ? 0 : a.level === 'halted' ? -1 : 1));
}

/** What an order is, as far as the level of a halt matters. */
export interface HaltedOrder {
  /** It closes a position because a halt asks for it. */
  readonly isClosing: boolean;
  /** It can only make a position smaller. */
  readonly onlyReduces: boolean;
}

/** The halt that keeps the order from being placed or sent; null when none of them does. */
export const haltAgainst = (halts: readonly HaltNotice[], order: HaltedOrder): HaltNotice | null =>
  order.isClosing ? null : (halts.find(({ level }) => level === 'halted' || !order.onlyReduces) ?? null);

/** Whether a halt may stop an order of the account, in whatever symbol. */
export function concerns(scope: HaltScope, account: Pick<HaltSubject, 'userId' | 'accountId'>): boolean {
  if (scope.kind === 'strategy') return false;
  const symbol = scope.kind === 'symbol' || scope.kind === 'account' ? (scope.symbol ?? '') : '';
  return stops(scope, { ...account, symbol, broker: 'alpaca', strategyId: null });
}

/** The only symbol that a halt stops; null for all of them. */
export const symbolOf = (scope: HaltScope): string | null =>
  scope.kind === 'symbol' || scope.kind === 'account' ? scope.symbol : null;

/** Scopes that reach beyond one trader: their release takes two operators. */
export const isWide = ({ kind }: HaltScope): boolean =>
  kind === 'everything' || kind === 'broker' || kind === 'symbol' || kind === 'strategy';

/** For whoever it concerns, so an account and a user are not named. */
export function scopeText(scope: HaltScope): string {
  switch (scope.kind) {
    case 'everything':
    case 'user':
      return scope.kind;
    case 'broker':
      return `broker ${scope.broker}`;
    case 'symbol':
      return `symbol ${scope.symbol}`;
    case 'strategy':
      return `strategy ${scope.strategyId}`;
    case 'account':
      return scope.symbol === null ? 'account' : `account, symbol ${scope.symbol}`;
  }
}

export function sameScope(a: HaltScope, b: HaltScope): boolean {
  return a.kind === b.kind && (Object.keys(a) as (keyof HaltScope)[]).every((member) => a[member] === b[member]);
}
