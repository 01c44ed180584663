import type { IncomingHttpHeaders } from 'node:http';
import type { Exchange } from '../exchange.ts';
import { dec } from '../decimal.ts';
import { sha256 } from '../ids.ts';
import type { Account, Token } from '../state/types.ts';

export type Credentials = { readonly keyId: string; readonly secret: string } | { readonly token: string };
export type Login = { readonly account: Account; readonly token: Token | null };

const OPENING_CASH = dec('100000');

/** The credentials in request headers: an `Authorization: Bearer` token, or the two APCA key headers. */
export function credentialsOf(headers: IncomingHttpHeaders): Credentials | null {
  const authorization = headers.authorization;
  if (authorization !== undefined) {
    const token = /^Bearer\s+(\S+)$/i.exec(authorization)?.[1];
    return token === undefined ? null : { token };
  }
  const keyId = headers['apca-api-key-id'];
  const secret = headers['apca-api-secret-key'];
  if (typeof keyId !== 'string' || typeof secret !== 'string' || keyId === '' || secret === '') return null;
  return { keyId, secret };
}

/** Opens a paper account with $100,000. The caller commits. */
export function openAccount(exchange: Exchange): Account {
  const id = exchange.newId();
  const account: Account = {
    id,
    number: `PA${id.replaceAll('-', '').slice(0, 10).toUpperCase()}`,
    createdAt: exchange.stamp(),
    openedAtMs: exchange.time(),
    openingCash: OPENING_CASH,
    cash: OPENING_CASH,
    lastEquity: OPENING_CASH,
    status: 'ACTIVE',
    tradingBlocked: false,
    accountBlocked: false,
    configurations: {
      suspend_trade: false,
      no_shorting: false,
      fractional_trading: true,
      trade_confirm_email: 'all',
      max_margin_multiplier: '4',
      max_options_trading_level: 0,
      ptp_no_exception_entry: false,
      disable_overnight_trading: false,
    },
  };
  exchange.store.put('account', account);
  return account;
}

/**
 * Who is asking: a token's account, or the account of an API key. The first use of a key id opens its account; after
 * that the same key id needs the same secret. Null = not authorised.
 */
export function logIn(exchange: Exchange, credentials: Credentials | null): Login | null {
  if (!credentials) return null;
  const { store } = exchange;
  if ('token' in credentials) {
    const token = store.tokens.get(credentials.token);
    const account = token && !token.revoked ? store.accounts.get(token.accountId) : undefined;
    return token && account ? { account, token } : null;
  }
  const secretHash = sha256(credentials.secret);
  const known = store.keys.get(credentials.keyId);
  if (known) {
    const account = known.secretHash === secretHash ? store.accounts.get(known.accountId) : undefined;
    return account ? { account, token: null } : null;
  }
  if (credentials.keyId.length > 200) return null;
  const account = openAccount(exchange);
  store.put('key', { keyId: credentials.keyId, secretHash, accountId: account.id });
  exchange.commit();
  return { account, token: null };
}
