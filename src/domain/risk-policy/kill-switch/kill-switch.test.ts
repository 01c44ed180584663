import { describe, expect, it } from 'vitest';
import type { HaltScope } from './events.ts';
import type { Requester } from './kill-switch.ts';
import { mayRelease, releasedBy } from './kill-switch.ts';
import {
  after,
  appoint,
  COMMAND_LINE,
  dismiss,
  EVERYTHING,
  FIRST,
  halt,
  logOf,
  OPERATORS,
  OWN_ACCOUNT,
  release,
  SECOND,
  STALE_DATA,
  STRANGER,
  TRADER,
} from './samples.suite.ts';

const WIDE: readonly HaltScope[] = [
  EVERYTHING,
  { kind: 'broker', broker: 'alpaca' },
  { kind: 'symbol', symbol: 'AAPL' },
  { kind: 'strategy', strategyId: 's' },
];
const OWN: readonly HaltScope[] = [
  { kind: 'user', userId: 'trader' },
  OWN_ACCOUNT,
  { kind: 'account', accountId: 'account-1', symbol: 'AAPL' },
];
const BROKER = { scope: { kind: 'broker', broker: 'alpaca' } as const, level: 'reducing', by: STALE_DATA } as const;

describe('halting', () => {
  it.each(OWN)('is a trader’s to do for what is their own: %o', (scope) => {
    const { events } = after(halt({ scope }));
    expect(events).toMatchObject([{ type: 'TradingHalted', data: { scope, by: { kind: 'user', userId: 'trader' } } }]);
    expect(logOf(halt({ scope, by: STRANGER }))).toEqual(['not_permitted']);
  });

  it.each([...WIDE, ...OWN])('is an operator’s to do, the command line’s, and a watch’s: %o', (scope) => {
    for (const by of [FIRST, COMMAND_LINE, STALE_DATA]) expect(logOf(halt({ scope, by }))).toEqual(['TradingHalted']);
  });

  it.each(WIDE)('is not a trader’s to do beyond their own: %o', (scope) => {
    expect(logOf(halt({ scope }))).toEqual(['not_permitted']);
  });

  it('of an operator’s own account is done as its trader', () => {
    const own = halt({ by: FIRST, scope: { kind: 'account', accountId: 'account-3', symbol: null } });
    expect(after(...OPERATORS, own).events.at(-1)).toMatchObject({ data: { by: { kind: 'user' } } });
  });

  it('records nothing when it stands already', () => {
    expect(logOf(halt(), halt(), halt({ haltId: 'halt-2' }))).toEqual(['TradingHalted']);
    expect(logOf(halt({ haltId: 'a' }), halt({ haltId: 'b', cancelOrders: false }))).toEqual(['TradingHalted']);
    const house = { scope: EVERYTHING, by: FIRST };
    expect(logOf(halt(house), halt({ ...house, haltId: 'b', by: COMMAND_LINE }))).toEqual(['TradingHalted']);
  });

  it('records nothing when it was released already: an old request is not a new one', () => {
    expect(logOf(halt(), release(TRADER), halt())).toEqual(['TradingHalted', 'TradingResumed']);
  });

  it.each<[string, Parameters<typeof halt>[0]]>([
    ['asks for more', { flatten: true }],
    ['is of another level', { level: 'reducing' }],
    ['is for another symbol', { scope: { kind: 'account', accountId: 'account-1', symbol: 'AAPL' } }],
    ['is the house’s, and the trader can not end it', { by: FIRST }],
    ['is a watch’s', { by: STALE_DATA }],
    ['ends on another day', { until: '2026-03-02' }],
  ])('is recorded beside one that stands when it %s', (_why, changes) => {
    const other = halt({ ...changes, haltId: 'other' });
    expect(logOf(halt(), other)).toEqual(['TradingHalted', 'TradingHalted']);
  });

  it('is recorded anew when somebody has approved the end of the one that stands', () => {
    const everything = { scope: EVERYTHING, by: COMMAND_LINE };
    expect(logOf(halt(everything), release(FIRST), halt({ ...everything, haltId: 'halt-2' }))).toEqual([
      'TradingHalted',
      'ReleaseApproved',
      'TradingHalted',
    ]);
  });

  it('cancels the orders when positions shall be closed, and closes no strategy’s', () => {
    const { events } = after(halt({ cancelOrders: false, flatten: true }));
    expect(events).toMatchObject([{ data: { cancelOrders: true, flatten: true } }]);
    const strategy = halt({ scope: { kind: 'strategy', strategyId: 's' }, by: FIRST, flatten: true });
    expect(logOf(strategy)).toEqual(['nothing_to_flatten']);
  });
});

describe('releasing', () => {
  it('is for the trader who halted, and for nobody else', () => {
    expect(logOf(halt(), release(STRANGER), release(FIRST), release(COMMAND_LINE), release(TRADER))).toEqual([
      'TradingHalted',
      'not_permitted',
      'not_permitted',
      'not_permitted',
      'TradingResumed',
    ]);
  });

  it.each(WIDE)('of a wide halt takes two different operators: %o', (scope) => {
    const wide = halt({ scope, by: FIRST });
    expect(logOf(wide, release(TRADER), release(FIRST), release(FIRST), release(TRADER), release(SECOND))).toEqual([
      'TradingHalted',
      'not_permitted',
      'ReleaseApproved',
      'second_operator_needed',
      'not_permitted',
      'TradingResumed',
    ]);
    const { events } = after(...OPERATORS, wide, release(SECOND), release(FIRST));
    expect(events.at(-1)).toMatchObject({
      data: { by: { userId: 'operator-1' }, approvedBy: { userId: 'operator-2' } },
    });
  });

  it('takes one operator where the house has halted a single account', () => {
    for (const by of [FIRST, COMMAND_LINE, { kind: 'trip', trip: 'reject_storm' } as const]) {
      expect(logOf(halt({ by }), release(TRADER), release(SECOND))).toEqual([
        'TradingHalted',
        'not_permitted',
        'TradingResumed',
      ]);
    }
  });

  it('counts nobody’s approval who is no operator any more', () => {
    const wide = halt({ scope: EVERYTHING, by: COMMAND_LINE });
    const third = { kind: 'person', userId: 'operator-3', accountId: null } as const;
    expect(logOf(wide, release(FIRST), dismiss(FIRST), release(FIRST), release(SECOND), appoint(third))).toEqual([
      'TradingHalted',
      'ReleaseApproved',
      'OperatorDismissed',
      'not_permitted',
      'ReleaseApproved',
      'OperatorAppointed',
    ]);
    expect(after(...OPERATORS, wide, release(FIRST), dismiss(FIRST)).state.standing.get('halt-1')?.approval).toBeNull();
  });

  it('is done by a watch whose cause has gone, where the halt clears itself', () => {
    const clears = halt({ ...BROKER, clearsItself: true });
    expect(logOf(clears, release({ kind: 'trip', trip: 'loss_limit' }), release(STALE_DATA))).toEqual([
      'TradingHalted',
      'not_permitted',
      'TradingResumed',
    ]);
    expect(logOf(halt(BROKER), release(STALE_DATA))).toEqual(['TradingHalted', 'not_permitted']);
    expect(logOf(clears, release(FIRST), release(SECOND))).toEqual([
      'TradingHalted',
      'ReleaseApproved',
      'TradingResumed',
    ]);
  });

  it('of what was released, or never was, records nothing', () => {
    expect(logOf(halt(), release(TRADER), release(TRADER), release(STRANGER))).toEqual([
      'TradingHalted',
      'TradingResumed',
    ]);
    expect(logOf(release(FIRST, 'nothing'))).toEqual(['halt_unknown']);
  });

  it('ends one halt, and leaves the others that stand', () => {
    const { state } = after(halt(), halt({ haltId: 'halt-2', level: 'reducing' }), release(TRADER));
    expect([...state.standing.keys()]).toEqual(['halt-2']);
  });

  it('says beforehand whose word counts', () => {
    const { state } = after(
      ...OPERATORS,
      halt(),
      halt({ haltId: 'wide', scope: EVERYTHING, by: COMMAND_LINE }),
      halt({ haltId: 'narrow', by: COMMAND_LINE }),
      release(FIRST, 'wide'),
    );
    const may = (haltId: string, { userId }: Extract<Requester, { kind: 'person' }>) =>
      mayRelease(state, state.standing.get(haltId)!, userId);
    expect([...state.standing.values()].map(releasedBy)).toEqual(['its_trader', 'two_operators', 'one_operator']);
    expect([TRADER, STRANGER, FIRST].map((who) => may('halt-1', who))).toEqual([true, false, false]);
    expect([TRADER, FIRST, SECOND].map((who) => may('wide', who))).toEqual([false, false, true]);
    expect([TRADER, FIRST, SECOND].map((who) => may('narrow', who))).toEqual([false, true, true]);
  });
});

describe('operators', () => {
  it('are appointed and dismissed once', () => {
    expect(after(appoint(FIRST), appoint(FIRST), dismiss(FIRST), dismiss(FIRST)).log).toEqual([
      'OperatorAppointed',
      'OperatorDismissed',
    ]);
  });
});
