import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { HaltScope } from './events.ts';
import type { HaltTrading, KillSwitchCommand, Requester } from './kill-switch.ts';
import { killSwitch, releasedBy } from './kill-switch.ts';
import {
  after,
  appoint,
  COMMAND_LINE,
  dismiss,
  EVERYTHING,
  FIRST,
  halt,
  release,
  SECOND,
  STALE_DATA,
  STRANGER,
  TRADER,
} from './samples.suite.ts';
import { concerns, haltAgainst, haltsOn, isWide, scopeText, stops } from './scope.ts';
import type { HaltSubject } from './scope.ts';
import type { KillSwitchState } from './state.ts';

const ORDER: HaltSubject = {
  userId: 'trader',
  accountId: 'account-1',
  symbol: 'AAPL',
  broker: 'alpaca',
  strategyId: null,
};

describe('a halt', () => {
  it.each<[HaltScope, boolean, string]>([
    [{ kind: 'everything' }, true, 'everything'],
    [{ kind: 'broker', broker: 'alpaca' }, true, 'broker alpaca'],
    [{ kind: 'symbol', symbol: 'AAPL' }, true, 'symbol AAPL'],
    [{ kind: 'symbol', symbol: 'IBM' }, false, 'symbol IBM'],
    [{ kind: 'strategy', strategyId: 's' }, false, 'strategy s'],
    [{ kind: 'user', userId: 'trader' }, true, 'user'],
    [{ kind: 'user', userId: 'stranger' }, false, 'user'],
    [{ kind: 'account', accountId: 'account-1', symbol: null }, true, 'account'],
    [{ kind: 'account', accountId: 'account-1', symbol: 'AAPL' }, true, 'account, symbol AAPL'],
    [{ kind: 'account', accountId: 'account-1', symbol: 'IBM' }, false, 'account, symbol IBM'],
    [{ kind: 'account', accountId: 'account-2', symbol: null }, false, 'account'],
  ])('of %o stops an order: %s', (scope, stopped, words) => {
    expect(stops(scope, ORDER)).toBe(stopped);
    expect(scopeText(scope)).toBe(words);
  });

  it('of a strategy stops the orders of that strategy', () => {
    const scope = { kind: 'strategy', strategyId: 's' } as const;
    expect(stops(scope, { ...ORDER, strategyId: 's' })).toBe(true);
    expect(stops(scope, { ...ORDER, strategyId: 't' })).toBe(false);
  });

  it('concerns an account when it may stop an order of it in whatever symbol', () => {
    const concerned = (scope: HaltScope) => concerns(scope, ORDER);
    expect(concerned(EVERYTHING)).toBe(true);
    expect(concerned({ kind: 'symbol', symbol: 'IBM' })).toBe(true);
    expect(concerned({ kind: 'account', accountId: 'account-1', symbol: 'IBM' })).toBe(true);
    expect(concerned({ kind: 'account', accountId: 'account-2', symbol: null })).toBe(false);
    expect(concerned({ kind: 'user', userId: 'trader' })).toBe(true);
    expect(concerned({ kind: 'user', userId: 'stranger' })).toBe(false);
    expect(concerned({ kind: 'strategy', strategyId: 's' })).toBe(false);
  });
});

describe('the halts on an order', () => {
  it('are all that stop it, the strictest first, in words', () => {
    const { state } = after(
      halt({ haltId: 'a', level: 'reducing', scope: EVERYTHING, by: COMMAND_LINE }),
      halt({ haltId: 'b', scope: { kind: 'symbol', symbol: 'IBM' }, by: COMMAND_LINE }),
      halt({ haltId: 'c', reason: { code: 'by_hand', text: 'Enough.' } }),
    );
    expect(haltsOn(state, ORDER)).toEqual([
      { haltId: 'c', level: 'halted', scope: 'account', reason: 'Enough.' },
      { haltId: 'a', level: 'reducing', scope: 'everything', reason: 'For a test.' },
    ]);
    expect(haltsOn(after().state, ORDER)).toEqual([]);
  });
});

describe('the level of a halt', () => {
  const notice = (level: 'halted' | 'reducing') => ({ haltId: level, level, scope: 'account', reason: '' });
  const both = [notice('halted'), notice('reducing')];
  const against = (halts: typeof both, isClosing: boolean, onlyReduces: boolean) =>
    haltAgainst(halts, { isClosing, onlyReduces })?.haltId ?? null;

  it('says which orders it lets pass: those that only reduce, and what closes because a halt asks for it', () => {
    expect(against([], false, false)).toBeNull();
    expect(against([notice('halted')], false, true)).toBe('halted');
    expect(against([notice('reducing')], false, true)).toBeNull();
    expect(against([notice('reducing')], false, false)).toBe('reducing');
    expect(against(both, false, true)).toBe('halted');
    expect(against(both, true, false)).toBeNull();
  });
});

const people: readonly Requester[] = [TRADER, STRANGER, FIRST, SECOND, COMMAND_LINE, STALE_DATA];
const scopes = fc.oneof(
  fc.constantFrom<HaltScope>(
    EVERYTHING,
    { kind: 'broker', broker: 'alpaca' },
    { kind: 'strategy', strategyId: 's' },
    { kind: 'user', userId: 'trader' },
    { kind: 'user', userId: 'stranger' },
  ),
  fc.record({ kind: fc.constant('symbol' as const), symbol: fc.constantFrom('AAPL', 'IBM') }),
  fc.record({
    kind: fc.constant('account' as const),
    accountId: fc.constantFrom('account-1', 'account-2'),
    symbol: fc.constantFrom(null, 'AAPL', 'IBM'),
  }),
);
const haltId = fc.constantFrom('h1', 'h2', 'h3', 'h4', 'h5');
const requester = fc.constantFrom(...people);
const halting: fc.Arbitrary<KillSwitchCommand> = fc
  .record<Partial<HaltTrading>>({
    haltId,
    scope: scopes,
    by: requester,
    level: fc.constantFrom('halted', 'reducing'),
    clearsItself: fc.boolean(),
    cancelOrders: fc.boolean(),
    flatten: fc.boolean(),
  })
  .map(halt);
const command = fc.oneof(
  halting,
  fc.tuple(requester, haltId).map(([by, id]) => release(by, id)),
  fc.constantFrom(appoint(FIRST), appoint(SECOND), dismiss(FIRST), dismiss(SECOND)),
);

/** The order in which commands come, and the state before and after each of them. */
function steps(commands: readonly KillSwitchCommand[]) {
  let state: KillSwitchState = killSwitch.initial;
  return commands.map((each) => {
    const before = state;
    const decision = killSwitch.decide(each, before);
    const events = decision.kind === 'accepted' ? decision.events : [];
    state = events.reduce(killSwitch.evolve, before);
    return { command: each, before, events, state };
  });
}

describe('whatever comes in whatever order', () => {
  it('a wide halt ends by the word of two different operators of that moment, or of the watch that it clears by itself', () =>
    fc.assert(
      fc.property(fc.array(command, { maxLength: 60 }), (commands) => {
        for (const { before, events } of steps(commands)) {
          for (const event of events) {
            if (event.type !== 'TradingResumed') continue;
            const ended = before.standing.get(event.data.haltId)!;
            const { by, approvedBy } = event.data;
            if (by.kind === 'trip') {
              expect(ended).toMatchObject({ clearsItself: true, by });
            } else if (ended.by.kind === 'user') {
              expect(by).toEqual(ended.by);
            } else {
              expect(by).toMatchObject({ kind: 'operator' });
              expect(before.operators.has((by as { userId: string }).userId)).toBe(true);
              if (!isWide(ended.scope)) continue;
              expect(releasedBy(ended)).toBe('two_operators');
              expect(approvedBy).toMatchObject({ kind: 'operator' });
              expect(approvedBy).not.toEqual(by);
              expect(before.operators.has((approvedBy as { userId: string }).userId)).toBe(true);
            }
          }
        }
      }),
      { numRuns: 2_000 },
    ));

  it('nobody halts or releases for another: who is no operator moves only what is their own', () =>
    fc.assert(
      fc.property(fc.array(command, { maxLength: 60 }), (commands) => {
        for (const { command: asked, before, events } of steps(commands)) {
          if (!('by' in asked) || asked.by.kind !== 'person' || events.length === 0) continue;
          const { userId, accountId } = asked.by;
          if (before.operators.has(userId)) continue;
          const scope = asked.type === 'HaltTrading' ? asked.scope : before.standing.get(asked.haltId)!.scope;
          expect([userId, accountId]).toContain(
            scope.kind === 'user' ? scope.userId : scope.kind === 'account' ? scope.accountId : 'nobody',
          );
        }
      }),
      { numRuns: 2_000 },
    ));

  it('a halt stops what it names from its event to the one that ends it, and doing anything twice records nothing', () =>
    fc.assert(
      fc.property(fc.array(command, { maxLength: 60 }), scopes, (commands, looked) => {
        const inForce = new Map<string, HaltScope>();
        for (const { command: asked, state, events } of steps(commands)) {
          for (const event of events) {
            if (event.type === 'TradingHalted') inForce.set(event.data.haltId, event.data.scope);
            if (event.type === 'TradingResumed') inForce.delete(event.data.haltId);
          }
          const subject = {
            ...ORDER,
            ...(looked.kind === 'account' && { accountId: looked.accountId, symbol: looked.symbol ?? 'AAPL' }),
            ...(looked.kind === 'user' && { userId: looked.userId }),
            ...(looked.kind === 'symbol' && { symbol: looked.symbol }),
            ...(looked.kind === 'strategy' && { strategyId: looked.strategyId }),
          };
          const expected = [...inForce].filter(([, scope]) => stops(scope, subject)).map(([id]) => id);
          expect(
            haltsOn(state, subject)
              .map((each) => each.haltId)
              .toSorted(),
          ).toEqual(expected.toSorted());
          const again = killSwitch.decide(asked, state);
          expect(again.kind === 'refused' ? [] : again.events).toEqual([]);
        }
      }),
      { numRuns: 2_000 },
    ));
});
