import { describe, expect, it } from 'vitest';
import { EMPTY } from '../../domain/kernel/dictionary.ts';
import type { Halt } from '../../domain/risk-policy/kill-switch/state.ts';
import { partyInWords, progressInWords, releaseInWords, scopeInFull } from './halts.ts';

const halt = (changes: Partial<Halt> = {}): Halt => ({
  haltId: 'h',
  scope: { kind: 'everything' },
  level: 'halted',
  reason: { code: 'by_hand', text: 'Why.' },
  by: { kind: 'command_line' },
  clearsItself: false,
  until: null,
  cancelOrders: true,
  flatten: false,
  haltedAt: '2026-03-02T15:00:00.000Z',
  approval: null,
  accounts: null,
  progress: EMPTY,
  stages: {},
  carriedOutAt: null,
  renewals: 0,
  ...changes,
});
const nameOf = (userId: string): string => `${userId}@example.com`;

describe('a halt in words', () => {
  it('names its scope and who made it', () => {
    expect(scopeInFull({ kind: 'user', userId: 'ada' }, nameOf)).toBe('user ada@example.com');
    expect(scopeInFull({ kind: 'account', accountId: 'a', symbol: 'IBM' }, nameOf)).toBe('account a, symbol IBM');
    expect(scopeInFull({ kind: 'account', accountId: 'a', symbol: null }, nameOf)).toBe('account a');
    expect(scopeInFull({ kind: 'symbol', symbol: 'IBM' }, nameOf)).toBe('symbol IBM');
    expect(scopeInFull({ kind: 'strategy', strategyId: 's' }, nameOf)).toBe('strategy s');
    expect(scopeInFull({ kind: 'broker', broker: 'alpaca' }, nameOf)).toBe('broker alpaca');
    expect(partyInWords({ kind: 'user', userId: 'ada' }, nameOf)).toBe('its trader, ada@example.com');
    expect(partyInWords({ kind: 'operator', userId: 'ada' }, nameOf)).toBe('operator ada@example.com');
    expect(partyInWords({ kind: 'trip', trip: 'stale_data' }, nameOf)).toBe('the watch stale_data');
    expect(partyInWords({ kind: 'command_line' }, nameOf)).toBe('the command line');
  });

  it('tells how far it has come', () => {
    expect(progressInWords(halt({ cancelOrders: false }))).toBe('nothing to do at the broker');
    expect(progressInWords(halt())).toBe('not begun yet');
    expect(progressInWords(halt({ accounts: 1 }))).toBe('0 of 1 account done');
    expect(progressInWords(halt({ accounts: 4, stages: { done: 1, cancelling: 0, flattening: 2, overdue: 1 } }))).toBe(
      '1 of 4 accounts done, 2 closing positions, 1 overdue: a person must look',
    );
    const over = { accounts: 1, carriedOutAt: '2026-03-02T15:00:01.000Z' };
    expect(progressInWords(halt(over))).toBe('carried out in 1 account, verified at the broker');
  });

  it('tells whose word ends it', () => {
    const approval = { by: { kind: 'operator', userId: 'ada' } as const, at: '2026-03-02T15:00:01.000Z' };
    expect(releaseInWords(halt())).toBe('released by two operators');
    expect(releaseInWords(halt({ approval }))).toBe('released by two operators, one of whom has approved');
    const account = { kind: 'account', accountId: 'a', symbol: null } as const;
    expect(releaseInWords(halt({ scope: account, clearsItself: true }))).toBe(
      'released by an operator, or by itself when its cause has gone',
    );
    expect(releaseInWords(halt({ scope: account, by: { kind: 'user', userId: 'ada' } }))).toBe(
      'released by its trader',
    );
  });
});
