/** Getting the right to act for an account at Alpaca: OAuth 2, authorization code. */
import { z } from 'zod';
import type { BrokerAuthorization } from '../../application/ports/broker.ts';
import type { AlpacaConfig } from './config.ts';
import { readJson } from './own-words.ts';
import { NeverSent, type Transport } from './transport.ts';

/** Alpaca: placing, changing and cancelling orders. Reading account, orders and positions needs no scope. */
const SCOPE = 'trading';

/** Alpaca: no refresh token and no expiry come with it. */
const granted = z.object({ access_token: z.string().min(1) });
/** Alpaca's own shape, and the one of the OAuth standard. */
const turnedDown = z.union([
  z.object({ message: z.string() }).transform(({ message }) => message),
  z
    .object({ error: z.string(), error_description: z.string().optional() })
    .transform((it) => it.error_description ?? it.error),
]);

export function createAuthorization(config: AlpacaConfig, transport: Transport): BrokerAuthorization {
  return {
    authorizeUrl({ state, environment }) {
      const url = new URL(config.authorizeUrl);
      url.search = new URLSearchParams({
        response_type: 'code',
        client_id: config.clientId,
        redirect_uri: config.redirectUri,
        scope: SCOPE,
        state,
        env: environment,
      }).toString();
      return url.toString();
    },

    async exchange(code) {
      const form = new URLSearchParams({
        grant_type: 'authorization_code',
        code,
        client_id: config.clientId,
        client_secret: config.clientSecret,
        redirect_uri: config.redirectUri,
      });
      let response: Response;
      try {
        response = await transport(config.tokenUrl, {
          method: 'POST',
          headers: { 'Content-Type': 'application/x-www-form-urlencoded', Accept: 'application/json' },
          body: form.toString(),
        });
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        return { kind: 'unknown', reason: error instanceof NeverSent ? `not reached: ${reason}` : reason };
      }
      const body = readJson(await response.text());
      if (response.ok) {
        const token = granted.safeParse(body);
        if (token.success) return { kind: 'granted', token: token.data.access_token };
        return { kind: 'unknown', reason: 'the answer holds no token' };
      }
      const refusal = turnedDown.safeParse(body);
      if (response.status < 500 && refusal.success) return { kind: 'refused', reason: refusal.data };
      return { kind: 'unknown', reason: `HTTP ${response.status}` };
    },
  };
}
