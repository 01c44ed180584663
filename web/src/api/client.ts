import type { z } from 'zod';
import { session } from '../session/session.ts';
import { exchange, failureOf, parseAnswer } from './exchange.ts';
import { ApiFailure } from './failure.ts';

const withToken = (init: RequestInit, token: string): RequestInit => ({
  ...init,
  headers: {
    Accept: 'application/json',
    ...(init.headers as Record<string, string>),
    Authorization: `Bearer ${token}`,
  },
});

/**
 * An exchange in the name of the signed-in user. An ended token is renewed once and the exchange repeated: a 401 means
 * that nothing was done. Rejects with `session_ended` when the session can not be renewed.
 */
export async function authorizedExchange(path: string, init: RequestInit = {}, timeoutMs?: number): Promise<Response> {
  const token = session.token();
  if (token === null) throw new ApiFailure('session_ended');
  const response = await exchange(path, withToken(init, token), timeoutMs);
  if (response.status !== 401) return response;
  if (session.token() === token && !(await session.renew())) throw new ApiFailure('session_ended');
  const renewed = session.token();
  if (renewed === null) throw new ApiFailure('session_ended');
  const second = await exchange(path, withToken(init, renewed), timeoutMs);
  if (second.status === 401) throw new ApiFailure('session_ended');
  return second;
}

/** The JSON body of a call. */
export const jsonBody = (body: unknown): RequestInit => ({
  headers: { 'Content-Type': 'application/json' },
  body: JSON.stringify(body),
});

/** A call with a JSON answer, read through its contract. */
export async function call<T extends z.ZodType>(schema: T, path: string, init: RequestInit = {}): Promise<z.infer<T>> {
  return parseAnswer(schema, await authorizedExchange(path, init));
}

/** A call whose success has no body. */
export async function callEmpty(path: string, init: RequestInit): Promise<void> {
  const response = await authorizedExchange(path, init);
  if (!response.ok) throw await failureOf(response);
}
