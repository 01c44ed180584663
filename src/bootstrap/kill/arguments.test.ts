import { describe, expect, it } from 'vitest';
import { StartupError } from '../startup-error.ts';
import { readKillWish, readOperatorsWish } from './arguments.ts';

const ID = '5b7e2f10-4c1d-4e9a-8f3b-6a2c9d7e1f01';
const wish = (text: string) => readKillWish(text.split(' ')).wish;
const WHY = '--reason why';

describe('npm run kill', () => {
  it.each([
    ['everything', { kind: 'everything' }],
    ['broker', { kind: 'broker', broker: 'alpaca' }],
    ['broker alpaca', { kind: 'broker', broker: 'alpaca' }],
    ['symbol brk.b', { kind: 'symbol', symbol: 'BRK.B' }],
    [`account ${ID.toUpperCase()}`, { kind: 'account', accountId: ID, symbol: null }],
    ['user Ada@example.com', { kind: 'user', email: 'Ada@example.com' }],
    ['strategy mean-reversion', { kind: 'strategy', strategyId: 'mean-reversion' }],
  ])('halts %s: cancels, and closes nothing', (text, scope) => {
    expect(wish(`${text} ${WHY}`)).toEqual({
      do: 'halt',
      scope,
      level: 'halted',
      reason: 'why',
      cancelOrders: true,
      flatten: false,
      waitSeconds: 120,
    });
  });

  it('takes the level, what to do at the broker, and how long to follow', () => {
    expect(wish(`everything ${WHY} --reducing --no-cancel --wait 0.5`)).toMatchObject({
      level: 'reducing',
      cancelOrders: false,
      waitSeconds: 0.5,
    });
    expect(wish(`everything ${WHY} --flatten`)).toMatchObject({ flatten: true, cancelOrders: true });
    expect(readKillWish(['list', '--json'])).toEqual({ wish: { do: 'list' }, json: true });
    expect(wish(`release ${ID.toUpperCase()} --operator ada@example.com`)).toEqual({
      do: 'release',
      haltId: ID,
      operator: 'ada@example.com',
    });
  });

  it.each([
    '',
    'everything',
    `everything else ${WHY}`,
    `everything ${WHY} --flatten --no-cancel`,
    `everything ${WHY} --wait soon`,
    `everything ${WHY} --now`,
    `symbol ${WHY}`,
    `symbol 12345 ${WHY}`,
    `account 1 ${WHY}`,
    `user ${WHY}`,
    `broker robinhood ${WHY}`,
    `all ${WHY}`,
    `release ${ID}`,
    'release --operator ada@example.com',
    'list everything',
    `symbol A B ${WHY}`,
  ])('does nothing, and says how it is used: %s', (text) => {
    expect(() => wish(text)).toThrow(StartupError);
    expect(() => wish(text)).toThrow('usage npm run kill');
  });
});

describe('npm run operators', () => {
  it('adds, removes and lists', () => {
    expect(readOperatorsWish(['add', 'ada@example.com']).wish).toEqual({ do: 'add', email: 'ada@example.com' });
    expect(readOperatorsWish(['remove', 'ada@example.com']).wish).toEqual({ do: 'remove', email: 'ada@example.com' });
    expect(readOperatorsWish(['list', '--json'])).toEqual({ wish: { do: 'list' }, json: true });
    for (const args of [[], ['add'], ['list', 'x'], ['add', 'x', 'y'], ['appoint', 'x'], ['add', 'x', '--force']]) {
      expect(() => readOperatorsWish(args)).toThrow('usage npm run operators');
    }
  });
});
