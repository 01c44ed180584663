import { describe, expect, it } from 'vitest';
import type { Halt, HaltProgress } from '../../../contracts/halts.ts';
import {
  byWords,
  haltProgressWords,
  headline,
  progressWords,
  releaseLabel,
  releaseWords,
  scopeWords,
  stopWords,
} from './halt-words.ts';
import { bannerHalt, ownHalt } from './halts-context.ts';

const halt = (changes: Partial<Halt> = {}): Halt => ({
  id: 'h',
  scope: { kind: 'everything' },
  level: 'halted',
  reason: { code: 'by_hand', text: 'Why.' },
  by: { kind: 'you', name: null },
  haltedAt: '2026-03-02T15:00:00.000Z',
  until: null,
  cancelOrders: true,
  flatten: false,
  concernsMe: true,
  release: { needs: 'its_trader', clearsItself: false, approved: false, approvedBy: null, mayI: true },
  carriedOutAt: null,
  progress: null,
  everywhere: null,
  ...changes,
});
const progress = (changes: Partial<HaltProgress> = {}): HaltProgress => ({
  accountId: 'a',
  stage: 'cancelling',
  cancelled: 0,
  elsewhere: 0,
  closing: [],
  left: { orders: 0, unfinished: 0, positions: [] },
  at: '2026-03-02T15:00:00.000Z',
  ...changes,
});
const released = (changes: Partial<Halt['release']>) => ({ ...halt().release, ...changes });

describe('a halt in words', () => {
  it('says what it means, for whom, and by whom', () => {
    expect(headline(halt())).toBe('Trading is stopped');
    expect(headline(halt({ level: 'reducing' }))).toBe('Positions can only be made smaller');
    const own = { kind: 'account', accountId: 'a', symbol: 'AAPL' } as const;
    expect(scopeWords(halt({ scope: own }))).toBe('AAPL in your account');
    expect(scopeWords(halt({ scope: { ...own, symbol: null } }))).toBe('your account');
    expect(scopeWords(halt({ scope: { ...own, symbol: null }, concernsMe: false }))).toBe('account a');
    expect(scopeWords(halt({ scope: { kind: 'symbol', symbol: 'AAPL' } }))).toBe('AAPL, for everybody');
    expect(byWords(halt())).toBe('you');
    expect(byWords(halt({ by: { kind: 'operator', name: null } }))).toBe('an operator');
    expect(byWords(halt({ by: { kind: 'operator', name: 'ada@example.com' } }))).toBe('ada@example.com');
    expect(byWords(halt({ by: { kind: 'watch', name: 'loss_limit' } }))).toBe('the watch for the daily loss');
    expect(byWords(halt({ by: { kind: 'watch', name: 'a new one' } }))).toBe('the house by itself');
  });

  it('is announced as what its level lets through', () => {
    expect(stopWords('halted', false)).toBe(
      'No new order leaves for the broker until the stop is released. Orders can still be cancelled.',
    );
    expect(stopWords('reducing', false)).toBe(
      'Only orders that make a position smaller leave for the broker until the stop is released. Orders can still be cancelled.',
    );
    expect(stopWords('halted', true)).toBe(
      'No new order of anybody in this scope leaves for the broker until two operators release it.',
    );
    expect(stopWords('reducing', true)).toBe(
      'Only orders of anybody in this scope that make a position smaller leave for the broker until two operators release it.',
    );
  });

  it('tells how far it has come', () => {
    expect(progressWords(progress({ left: null }), false)).toBe('Cancelling orders: the broker does not answer yet.');
    const positions = [{ symbol: 'AAPL', quantity: '-2.5' }];
    expect(progressWords(progress({ left: { orders: 1, unfinished: 1, positions } }), true)).toBe(
      'Cancelling orders: 1 open order left, −2.5 AAPL held.',
    );
    const left = { orders: 0, unfinished: 0, positions };
    expect(progressWords(progress({ stage: 'waiting_for_open', left }), true)).toBe(
      'Orders are cancelled. −2.5 AAPL will be closed when the market opens.',
    );
    expect(progressWords(progress({ stage: 'done', cancelled: 3 }), false)).toBe(
      '3 orders cancelled; verified at the broker.',
    );
    expect(progressWords(progress({ stage: 'done' }), true)).toBe(
      'There were no open orders, no positions to close; verified at the broker.',
    );
    expect(progressWords(progress({ stage: 'overdue' }), true)).toContain('people have been called');
    expect(haltProgressWords(halt())).toBe('About to begin at the broker …');
    expect(haltProgressWords(halt({ cancelOrders: false }))).toBeNull();
    expect(haltProgressWords(halt({ progress: progress({ stage: 'done', cancelled: 1 }) }))).toContain(
      '1 order cancelled',
    );
    const everywhere = { accounts: 5, stages: { done: 3, overdue: 1 }, notDone: [] };
    expect(haltProgressWords(halt({ everywhere }))).toBe('3 of 5 accounts done and verified at the broker; 1 overdue.');
  });

  it('tells who can end it, and what the button does', () => {
    expect(releaseWords(halt())).toBeNull();
    expect(releaseWords(halt({ release: released({ mayI: false, needs: 'one_operator' }) }))).toBe(
      'An operator has to release it.',
    );
    const two = released({ needs: 'two_operators' });
    expect(releaseWords(halt({ release: two }))).toBe('Two operators have to release it.');
    expect(releaseLabel(halt({ release: two }))).toBe('Approve release');
    const approved = { ...two, approved: true, approvedBy: 'ada@example.com' };
    expect(releaseWords(halt({ release: approved }))).toContain('ada@example.com has approved');
    expect(releaseLabel(halt({ release: approved }))).toBe('Resume trading');
    const clears = released({ mayI: false, needs: 'one_operator', clearsItself: true });
    expect(releaseWords(halt({ release: clears, until: '2026-03-02' }))).toContain('next trading day');
    const cause = released({ mayI: false, needs: 'its_cause', clearsItself: true });
    expect(releaseWords(halt({ release: cause }))).toContain('you take the broker’s position over under Positions');
    expect(releaseWords(halt({ release: cause, concernsMe: false }))).toContain('its trader takes');
  });

  it('counts the strictest for one’s own orders', () => {
    const [reducing, foreign] = [halt({ id: 'r', level: 'reducing' }), halt({ id: 'f', concernsMe: false })];
    expect(ownHalt([reducing, foreign, halt()])?.id).toBe('h');
    expect(ownHalt([reducing, foreign])?.id).toBe('r');
    expect(ownHalt([foreign])).toBeNull();
    expect(ownHalt(null)).toBeNull();
    const traders = halt({ id: 't', concernsMe: false, by: { kind: 'trader', name: 'ada@example.com' } });
    const wide = halt({ id: 'w', concernsMe: false, by: { kind: 'command_line', name: null } });
    expect(bannerHalt([traders])).toBeNull();
    expect(bannerHalt([traders, wide])?.id).toBe('w');
    expect(bannerHalt([traders, wide, reducing])?.id).toBe('r');
    const differing = halt({
      id: 'd',
      by: { kind: 'watch', name: 'position_mismatch' },
      release: released({ needs: 'its_cause', mayI: false }),
    });
    expect(ownHalt([differing])).toBeNull();
    expect(bannerHalt([differing])?.id).toBe('d');
    expect(bannerHalt([{ ...differing, id: 'o', concernsMe: false }, differing])?.id).toBe('d');
    expect(bannerHalt([differing, reducing])?.id).toBe('r');
    expect(bannerHalt([differing, wide])?.id).toBe('w');
  });
});
