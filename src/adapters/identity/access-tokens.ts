import jwt from 'jsonwebtoken';
import { z } from 'zod';
import type { AccessTokens } from '../../application/ports/identity.ts';

const LIFETIME_SECONDS = 15 * 60;
const ISSUER = 'tradsy';
const AUDIENCE = 'tradsy-api';
const claims = z.object({ sub: z.uuid(), sid: z.uuid(), exp: z.int() });

/**
 * Access tokens as JWTs signed with HMAC-SHA-256; `key` has at least 32 bytes. Only this algorithm, issuer, audience and
 * type are taken (RFC 9068, RFC 8725).
 */
export function createAccessTokens(key: Buffer): AccessTokens {
  return {
    issue({ userId, sessionId }) {
      const expires = Math.floor(Date.now() / 1000) + LIFETIME_SECONDS;
      const token = jwt.sign({ sub: userId, sid: sessionId, exp: expires }, key, {
        algorithm: 'HS256',
        issuer: ISSUER,
        audience: AUDIENCE,
        header: { alg: 'HS256', typ: 'at+jwt' },
      });
      return { token, expiresAt: new Date(expires * 1000).toISOString() };
    },
    read(token) {
      try {
        const read = jwt.verify(token, key, {
          algorithms: ['HS256'],
          issuer: ISSUER,
          audience: AUDIENCE,
          complete: true,
        });
        const parsed = claims.safeParse(read.payload);
        if (read.header.typ !== 'at+jwt' || !parsed.success) return null;
        return { userId: parsed.data.sub, sessionId: parsed.data.sid };
      } catch {
        return null;
      }
    },
  };
}
