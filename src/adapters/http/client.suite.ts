/** Requests as a test wants them, well-formed or not, and people to make them. For the tests beside this file. */
import { randomUUID } from 'node:crypto';
import { request } from 'node:http';
import type { IncomingHttpHeaders } from 'node:http';
import { z } from 'zod';
import { session } from '../../../contracts/auth.ts';
import { linkStarted, onboarding } from '../../../contracts/onboarding.ts';

export interface Asked {
  readonly token?: string | undefined;
  readonly json?: unknown;
  readonly form?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Answered {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  /** The body as JSON; throws when it is none. */
  readonly json: unknown;
}

export type Call = (method: string, path: string, asked?: Asked) => Promise<Answered>;

export interface Person {
  readonly email: string;
  readonly userId: string;
  readonly accountId: string;
  readonly token: string;
  /** As the browser would send it back. */
  readonly cookie: string;
}

export const PASSWORD = 'correct horse battery';

export function createClient(port: number) {
  const call: Call = (method, path, { token, json, form, body, headers } = {}) =>
    new Promise((resolve, reject) => {
      const sent = body ?? (json !== undefined ? JSON.stringify(json) : form && new URLSearchParams(form).toString());
      const type = json !== undefined ? 'application/json' : form && 'application/x-www-form-urlencoded';
      const asked = request(
        {
          port,
          host: '127.0.0.1',
          method,
          path,
          headers: {
            ...(type !== undefined && { 'content-type': type }),
            ...(sent !== undefined && { 'content-length': Buffer.byteLength(sent) }),
            ...(token !== undefined && { authorization: `Bearer ${token}` }),
            ...headers,
          },
        },
        (response) => {
          // A live stream has no end to wait for.
          if (response.headers['content-type'] === 'text/event-stream') response.destroy();
          const parts: Buffer[] = [];
          response.on('data', (part: Buffer) => parts.push(part));
          response.on('close', () => {
            const text = Buffer.concat(parts).toString();
            const { statusCode: status = 0, headers: told } = response;
            resolve({
              status,
              headers: told,
              text,
              get json() {
                return JSON.parse(text) as unknown;
              },
            });
          });
        },
      );
      asked.on('error', reject);
      asked.end(sent);
    });

  /** Somebody who has just signed up. */
  async function signUp(): Promise<Person> {
    const email = `${randomUUID()}@example.com`;
    const answer = await call('POST', '/api/v1/auth/signup', { json: { email, password: PASSWORD } });
    const { accessToken: token, user } = session.parse(answer.json);
    const found = onboarding.parse((await call('GET', '/api/v1/onboarding', { token })).json);
    return { email, userId: user.id, accountId: found.accountId, token, cookie: cookieOf(answer) };
  }

  /** Somebody who may trade. */
  async function trader(): Promise<Person> {
    const person = await signUp();
    const { token } = person;
    const { disclaimer, terms } = onboarding.parse((await call('GET', '/api/v1/onboarding', { token })).json);
    const json = { disclaimerVersion: disclaimer.version, termsVersion: terms.version };
    await call('POST', '/api/v1/onboarding', { token, json });
    const started = await call('POST', '/api/v1/broker-links/alpaca', { token, json: {} });
    const state = new URL(linkStarted.parse(started.json).authorizeUrl).searchParams.get('state');
    const query = `state=${state}&code=good-${person.userId}`;
    const linked = await call('GET', `/api/v1/broker-links/alpaca/callback?${query}`, { token });
    z.object({ mayTrade: z.literal(true) }).parse(linked.json);
    return person;
  }

  return { call, signUp, trader };
}

/** `name=value` of the cookie that an answer sets. */
export const cookieOf = ({ headers }: Answered): string => headers['set-cookie']?.[0]?.split(';')[0] ?? '';
