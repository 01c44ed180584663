import { expect, it } from 'vitest';
import { wantedScope } from '../../../contracts/halts.ts';
import { scopeOf, STOP_KINDS } from './stop-scope.ts';

const ACCOUNT = '8b1f3c52-0a7d-4f6e-b1c4-2d9e7a5f6c31';
const NAMES: Readonly<Record<string, string>> = {
  account: ACCOUNT,
  user: ' ada@example.com ',
  symbol: 'aapl',
  strategy: 's',
};

it('gives what the server takes, for every choice', () => {
  for (const { value, name } of STOP_KINDS) {
    expect(wantedScope.safeParse(scopeOf(value, NAMES[value] ?? '', ACCOUNT)).success).toBe(true);
    if (name !== null) expect(scopeOf(value, '  ', ACCOUNT)).toBeNull();
  }
  expect(scopeOf('own', '', ACCOUNT)).toEqual({ kind: 'account', accountId: ACCOUNT, symbol: null });
  expect(scopeOf('symbol', 'aapl', ACCOUNT)).toEqual({ kind: 'symbol', symbol: 'AAPL' });
});
