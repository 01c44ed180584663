import { describe, expect, it } from 'vitest';
import { find } from '../../kernel/dictionary.ts';
import type { HaltReport } from './events.ts';
import type { HaltTrading, KillSwitchCommand } from './kill-switch.ts';
import {
  after,
  AT,
  COMMAND_LINE,
  EVERYTHING,
  FIRST,
  halt,
  logOf,
  OPERATORS,
  release,
  SECOND,
  TRADER,
} from './samples.suite.ts';

describe('carrying out', () => {
  const report = (changes: Partial<HaltReport> = {}): HaltReport => ({
    orders: [],
    elsewhere: [],
    closing: [],
    left: null,
    ...changes,
  });
  const told = (
    stage: 'cancelling' | 'flattening' | 'done',
    changes: Partial<HaltReport> = {},
    renewals = 0,
  ): KillSwitchCommand => ({
    type: 'RecordHaltReport',
    haltId: 'halt-1',
    accountId: 'account-1',
    stage,
    report: report(changes),
    renewals,
    at: AT,
  });
  const begun = { type: 'RecordHaltUnderWay', haltId: 'halt-1', accounts: 1, renewals: 0, at: AT } as const;
  const over = { ...begun, type: 'RecordHaltCarriedOut' } as const;

  it('records each step once, and nothing after what is done', () => {
    const steps = [begun, told('cancelling'), told('cancelling', { orders: ['o'] }), told('flattening'), told('done')];
    const twice = steps.flatMap((step) => [step, step]);
    expect(logOf(halt(), ...twice, told('cancelling'), over, over)).toEqual([
      'TradingHalted',
      'HaltUnderWay',
      'HaltReported',
      'HaltReported',
      'HaltReported',
      'HaltReported',
      'HaltCarriedOut',
    ]);
  });

  it('counts the accounts by how far they have come', () => {
    const other = { ...told('cancelling'), accountId: 'account-2' } as KillSwitchCommand;
    const { state } = after(halt(), told('cancelling'), other, told('done'));
    expect(state.standing.get('halt-1')?.stages).toEqual({ cancelling: 1, done: 1 });
  });

  it('records nothing of a halt that has been released', () => {
    expect(logOf(halt(), release(TRADER), begun, told('cancelling'), over)).toEqual([
      'TradingHalted',
      'TradingResumed',
    ]);
  });

  it('is not over before every account is done', () => {
    const two = { ...over, accounts: 2 };
    expect(logOf(halt(), begun, told('cancelling'), over, told('done'), two)).toEqual([
      'TradingHalted',
      'HaltUnderWay',
      'HaltReported',
      'HaltReported',
    ]);
  });

  it('goes on when an account has come to it that is not done', () => {
    const more = { ...begun, accounts: 2 };
    const other = { ...told('done'), accountId: 'account-2' } as KillSwitchCommand;
    const steps = [halt(), begun, told('done'), over, more, more];
    expect(after(...steps).state.standing.get('halt-1')).toMatchObject({ accounts: 2, carriedOutAt: null });
    expect(logOf(...steps, other, { ...over, accounts: 2 }).slice(4)).toEqual([
      'HaltUnderWay',
      'HaltReported',
      'HaltCarriedOut',
    ]);
    expect(logOf(halt(), begun, told('done'), over, begun, begun).slice(4)).toEqual(['HaltUnderWay']);
  });

  describe('again', () => {
    const again = (changes: Partial<HaltTrading> = {}) => halt({ haltId: 'halt-2', ...changes });
    const carriedOut = [halt({ flatten: true }), begun, told('done'), over];

    it('is what a request for the same work brings about, once the work is done', () => {
      const { state, events } = after(
        ...carriedOut,
        again({ flatten: true, reason: { code: 'by_hand', text: 'More.' } }),
      );
      expect(events.at(-1)).toMatchObject({
        type: 'HaltRenewed',
        data: {
          haltId: 'halt-1',
          by: { kind: 'user', userId: 'trader' },
          reason: { text: 'More.' },
          cancelOrders: true,
          flatten: true,
        },
      });
      expect([...state.standing.keys()]).toEqual(['halt-1']);
      expect(state.standing.get('halt-1')).toMatchObject({ carriedOutAt: null, renewals: 1, stages: {} });
      expect(logOf(...carriedOut, again(), again(), again({ haltId: 'halt-1' })).slice(carriedOut.length)).toEqual([
        'HaltRenewed',
      ]);
    });

    it('asks for what is wanted now, and no more', () => {
      const { state } = after(...carriedOut, again());
      expect(state.standing.get('halt-1')).toMatchObject({ cancelOrders: true, flatten: false });
    });

    it('is not asked for by a halt that wants nothing done, or not again', () => {
      const others = [again({ cancelOrders: false }), again({ renew: false })];
      expect(logOf(...carriedOut, ...others).slice(carriedOut.length)).toEqual([]);
    });

    it('begins with the accounts that are done, while others are still under way', () => {
      const other = { ...told('cancelling'), accountId: 'account-2' } as KillSwitchCommand;
      const { state } = after(halt(), { ...begun, accounts: 2 }, told('done'), other, again());
      const standing = state.standing.get('halt-1')!;
      expect(standing).toMatchObject({ stages: { cancelling: 1 }, renewals: 1 });
      expect(find(standing.progress, 'account-1')).toBeUndefined();
      expect(find(standing.progress, 'account-2')).toMatchObject({ stage: 'cancelling' });
    });

    it('is not over by what was reported of the work before', () => {
      const steps = [told('done'), over, told('done', {}, 1), { ...over, renewals: 1 }];
      expect(logOf(...carriedOut, again(), ...steps).slice(carriedOut.length)).toEqual([
        'HaltRenewed',
        'HaltReported',
        'HaltCarriedOut',
      ]);
    });

    it('ends with the one release that ends the halt', () => {
      const wide = { scope: EVERYTHING, by: COMMAND_LINE };
      const done = [halt(wide), begun, told('done'), over, again({ ...wide, by: FIRST })];
      const { state, log } = after(...OPERATORS, ...done, release(FIRST), release(SECOND));
      expect(log.slice(-3)).toEqual(['HaltRenewed', 'ReleaseApproved', 'TradingResumed']);
      expect(state.standing.size).toBe(0);
    });
  });
});
