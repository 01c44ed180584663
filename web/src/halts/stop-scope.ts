import type { WantedScope } from '../../../contracts/halts.ts';

/** What an operator can choose to stop; a trader stops their own account. */
export type StopKind = 'own' | 'everything' | 'broker' | 'symbol' | 'account' | 'user' | 'strategy';

export const STOP_KINDS: readonly { value: StopKind; label: string; name: string | null }[] = [
  { value: 'own', label: 'My account', name: null },
  { value: 'account', label: 'One account', name: 'Account id' },
  { value: 'user', label: 'One user', name: 'E-mail' },
  { value: 'symbol', label: 'One symbol, for everybody', name: 'Symbol' },
  { value: 'strategy', label: 'One strategy', name: 'Strategy id' },
  { value: 'broker', label: 'Everything at Alpaca', name: null },
  { value: 'everything', label: 'Everything', name: null },
];

/** The scope of a request; null while the name is missing that it takes. */
export function scopeOf(kind: StopKind, name: string, ownAccountId: string): WantedScope | null {
  const named = name.trim();
  switch (kind) {
    case 'own':
      return { kind: 'account', accountId: ownAccountId, symbol: null };
    case 'everything':
      return { kind };
    case 'broker':
      return { kind, broker: 'alpaca' };
    case 'symbol':
      return named === '' ? null : { kind, symbol: named.toUpperCase() };
    case 'account':
      return named === '' ? null : { kind, accountId: named, symbol: null };
    case 'user':
      return named === '' ? null : { kind, email: named };
    case 'strategy':
      return named === '' ? null : { kind, strategyId: named };
  }
}
