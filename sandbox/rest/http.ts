import { randomUUID } from 'node:crypto';
import type { Request, RequestHandler } from 'express';
import { type FaultKind, type FaultRequest, type Faults, HTTP_FAULTS, type HttpSubject } from '../control/faults.ts';
import type { RequestRow, Requests } from '../control/requests.ts';
import type { Exchange } from '../exchange.ts';
import { Refusal, refuse } from '../failure.ts';
import type { Engine } from '../matching/engine.ts';
import type { Lifecycle } from '../orders/lifecycle.ts';
import type { Account } from '../state/types.ts';
import type { Answer } from './answer.ts';
import { type Credentials, type Login, credentialsOf } from './auth.ts';
import type { RateLimiter } from './rate-limit.ts';
import { answerWith } from './spoiled-answers.ts';

/** What the REST handlers work with. */
export type Desk = {
  readonly exchange: Exchange;
  readonly engine: Engine;
  readonly lifecycle: Lifecycle;
  readonly faults: Faults;
  readonly limiter: RateLimiter;
  readonly requests: Requests;
  readonly logIn: (credentials: Credentials | null) => Login | null;
};

/** One authorised request. */
export type Call = {
  readonly account: Account;
  readonly login: Login;
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  /** The parsed JSON body; undefined when there was none. */
  readonly body: unknown;
};

export type Handler = (call: Call) => Answer;

export function ok(body: unknown): Answer {
  return { status: 200, body };
}

function parseBody(raw: string): unknown {
  if (raw.trim() === '') return undefined;
  try {
    return JSON.parse(raw) as unknown;
  } catch {
    throw refuse(400, 40010000, 'request body format is invalid');
  }
}

function rawBody(req: Request): string {
  return typeof req.body === 'string' ? req.body : '';
}

/** Strikes requests whose body is still to be read: the connection is reset before it has come. */
export function resetWhileSending(desk: Desk): RequestHandler {
  return (req, res, next) => {
    if (!desk.faults.some(HTTP_FAULTS.sending)) return next();
    const login = desk.logIn(credentialsOf(req.headers));
    const subject = { method: req.method, path: req.path, body: '', accountId: login?.account.id ?? null };
    const fault = desk.faults.http(HTTP_FAULTS.sending, subject);
    if (fault === null) return next();
    noteRequest(desk, subject).faults.push(fault.kind);
    void answerWith(fault, res);
  };
}

/** Wraps a handler with everything each call has in common: faults, who is asking, limits, catching up, durability. */
export function authorised(desk: Desk, scope: string | null, handler: Handler): RequestHandler {
  return async (req, res) => {
    const login = desk.logIn(credentialsOf(req.headers));
    const subject = { method: req.method, path: req.path, body: rawBody(req), accountId: login?.account.id ?? null };
    const row = noteRequest(desk, subject);
    res.once('finish', () => (row.status = res.statusCode));
    const struckBy = (kinds: readonly FaultKind[]): FaultRequest | null => {
      const fault = desk.faults.http(kinds, subject);
      if (fault !== null) row.faults.push(fault.kind);
      return fault;
    };
    res.setHeader('X-Request-ID', randomUUID().replaceAll('-', ''));
    res.setHeader('X-Sandbox-Data', desk.exchange.market.source.kind);
    desk.limiter.describe(res, login?.account.id ?? 'nobody');
    const early = struckBy(HTTP_FAULTS.before);
    if (early) return answerWith(early, res);
    const behind = struckBy(HTTP_FAULTS.late);
    if (behind?.kind === 'late_accept') await answerWith(behind, res);
    if (behind) await desk.lifecycle.pause(behind.ms ?? 1000);
    const answer = answerOf(desk, scope, handler, req, login);
    if (behind?.kind === 'late_accept') return;
    const delay = struckBy(HTTP_FAULTS.answering);
    if (delay) await desk.lifecycle.pause(delay.ms ?? 1000);
    const after = struckBy(HTTP_FAULTS.after);
    if (after) return answerWith(after, res, answer);
    res.status(answer.status);
    if (answer.body === undefined) res.end();
    else res.json(answer.body);
  };
}

function noteRequest({ requests }: Desk, { method, path, body, accountId }: HttpSubject): RequestRow {
  const clientOrderId = /"client_order_id"\s*:\s*"([^"]*)"/.exec(body)?.[1] ?? null;
  return requests.note({ method, path, account_id: accountId, client_order_id: clientOrderId });
}

/** The handler's answer, be it a refusal. */
function answerOf(desk: Desk, scope: string | null, handler: Handler, req: Request, login: Login | null): Answer {
  try {
    return work(desk, scope, handler, req, login);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return { status: error.status, body: error.body };
  }
}

function work(desk: Desk, scope: string | null, handler: Handler, req: Request, login: Login | null): Answer {
  if (!login) throw refuse(401, 40110000, 'request is not authorized');
  desk.limiter.take(login.account.id);
  if (scope !== null && login.token !== null && !login.token.scope.split(' ').includes(scope)) {
    throw refuse(403, 40310000, `access token lacks the scope "${scope}"`);
  }
  const params = Object.fromEntries(Object.entries(req.params).map(([name, value]) => [name, String(value)]));
  const query = new URL(req.originalUrl, 'http://sandbox').searchParams;
  desk.engine.advance();
  const call = { account: login.account, login, params, query, body: parseBody(rawBody(req)) };
  const answer = handler(call);
  desk.exchange.commit();
  return answer;
}
