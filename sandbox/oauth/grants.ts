import { randomUUID } from 'node:crypto';
import { parseUrl } from '../url.ts';
import type { Exchange } from '../exchange.ts';
import type { Account, OAuthClient } from '../state/types.ts';

export const DEFAULT_CLIENT: OAuthClient = {
  clientId: 'tradsy-sandbox',
  clientSecret: 'tradsy-sandbox-secret',
  redirectUris: [],
};

const CODE_LIFE = 10 * 60_000;
const LOOPBACK = new Set(['127.0.0.1', 'localhost', '[::1]']);

export type AuthorizeRequest = {
  readonly client: OAuthClient;
  readonly redirectUri: string;
  readonly state: string | null;
  readonly scope: string;
  readonly env: 'paper' | 'live';
};

type Grant = {
  readonly clientId: string;
  readonly redirectUri: string;
  readonly scope: string;
  readonly env: 'paper' | 'live';
  readonly accountId: string;
  readonly until: number;
};

export type Grants = ReturnType<typeof createGrants>;

/** OAuth clients, one-time codes and tokens (Alpaca Connect: authorization code grant). */
export function createGrants(exchange: Exchange) {
  const codes = new Map<string, Grant>();

  function client(id: string): OAuthClient | null {
    if (id === DEFAULT_CLIENT.clientId && !exchange.store.clients.has(id)) return DEFAULT_CLIENT;
    return exchange.store.clients.get(id) ?? null;
  }

  /** Exactly one of the registered addresses; the default client may come back to any loopback address. */
  function isAllowed(owner: OAuthClient, uri: string): boolean {
    if (owner.redirectUris.includes(uri)) return true;
    if (owner !== DEFAULT_CLIENT) return false;
    const url = parseUrl(uri);
    return (
      url !== null &&
      (url.protocol === 'http:' || url.protocol === 'https:') &&
      LOOPBACK.has(url.hostname) &&
      url.hash === ''
    );
  }

  return {
    client,
    isAllowed,
    /** A code that can be exchanged once, within ten minutes. */
    issueCode(request: AuthorizeRequest, account: Account): string {
      const code = randomUUID();
      codes.set(code, {
        clientId: request.client.clientId,
        redirectUri: request.redirectUri,
        scope: request.scope,
        env: request.env,
        accountId: account.id,
        until: exchange.real() + CODE_LIFE,
      });
      return code;
    },
    /** Exchanges a code for a token; null when the code is unknown, used, too old or was given to somebody else. */
    redeem(code: string, clientId: string, redirectUri: string): { token: string; scope: string } | null {
      const grant = codes.get(code);
      if (!grant) return null;
      codes.delete(code);
      if (grant.until < exchange.real() || grant.clientId !== clientId || grant.redirectUri !== redirectUri)
        return null;
      const token = randomUUID();
      const { accountId, scope, env } = grant;
      exchange.store.put('token', { token, accountId, clientId, scope, env, revoked: false });
      exchange.commit();
      return { token, scope };
    },
  };
}
