import type { AccessTokens, Sessions } from '../../application/ports/identity.ts';
import type { Refusal } from './refusal.ts';
import { refuse } from './refusal.ts';
import type { Principal } from './route.ts';

/** RFC 6750: `Authorization: Bearer` and a token. */
const BEARER = /^Bearer +([\w.~+/-]+=*)$/i;

/** Who a request comes from: null without an `Authorization` header. Every wrong token is refused alike. */
export type Authenticate = (
  authorization: string | undefined,
) => Promise<{ readonly kind: 'known'; readonly principal: Principal | null } | Refusal>;

export function createAuthenticate(needs: {
  readonly tokens: Pick<AccessTokens, 'read'>;
  readonly sessions: Pick<Sessions, 'isLive'>;
}): Authenticate {
  return async (authorization) => {
    if (authorization === undefined) return { kind: 'known', principal: null };
    const token = BEARER.exec(authorization)?.[1];
    const claims = token === undefined ? null : needs.tokens.read(token);
    if (claims === null) return refuse('unauthenticated');
    if (!(await needs.sessions.isLive(claims.sessionId))) return refuse('session_ended');
    return { kind: 'known', principal: { userId: claims.userId, sessionId: claims.sessionId } };
  };
}
