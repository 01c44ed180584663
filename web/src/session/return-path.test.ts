import { expect, it } from 'vitest';
import { loginPath, returnPath } from './return-path.ts';

const back = (next: string): string => returnPath(new URLSearchParams({ next }));

it('leads back to where the trader was, inside this app only', () => {
  expect(loginPath('/trade?symbol=AAPL')).toBe('/login?next=%2Ftrade%3Fsymbol%3DAAPL');
  expect(back('/trade?symbol=AAPL')).toBe('/trade?symbol=AAPL');
  expect(['//evil.example', '/\\evil.example', 'https://evil.example', '/login', ''].map(back)).toEqual(
    Array.from({ length: 5 }, () => '/trade'),
  );
});
