import { randomUUID } from 'node:crypto';
import type { Request, RequestHandler, Response } from 'express';
import type { Faults } from '../control/faults.ts';
import type { Exchange } from '../exchange.ts';
import { Refusal, refuse } from '../failure.ts';
import type { Engine } from '../matching/engine.ts';
import type { Lifecycle } from '../orders/lifecycle.ts';
import type { Account } from '../state/types.ts';
import { type Credentials, type Login, credentialsOf } from './auth.ts';
import type { RateLimiter } from './rate-limit.ts';

/** What the REST handlers work with. */
export type Desk = {
  readonly exchange: Exchange;
  readonly engine: Engine;
  readonly lifecycle: Lifecycle;
  readonly faults: Faults;
  readonly limiter: RateLimiter;
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

/** `body` undefined means an answer without a body. */
export type Answer = { readonly status: number; readonly body?: unknown };
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

/** Wraps a handler with everything each call has in common: faults, who is asking, limits, catching up, durability. */
export function authorised(desk: Desk, scope: string | null, handler: Handler): RequestHandler {
  return async (req, res) => {
    const login = desk.logIn(credentialsOf(req.headers));
    const subject = { method: req.method, path: req.path, body: rawBody(req), accountId: login?.account.id ?? null };
    res.setHeader('X-Request-ID', randomUUID().replaceAll('-', ''));
    res.setHeader('X-Sandbox-Data', desk.exchange.market.source.kind);
    desk.limiter.describe(res, login?.account.id ?? 'nobody');
    const early = desk.faults.http(['drop_before', 'http_500_before', '504_before', '503', '429'], subject);
    if (early) return fail(early.kind, res);
    let answer: Answer;
    try {
      answer = work(desk, scope, handler, req, login);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      answer = { status: error.status, body: error.body };
    }
    const delay = desk.faults.http(['delay'], subject);
    if (delay) await new Promise((resolve) => setTimeout(resolve, delay.ms ?? 1000));
    const late = desk.faults.http(['drop_after', 'http_500_after', '504', 'html', 'truncated_json'], subject);
    if (late) return fail(late.kind, res, answer);
    send(res, answer);
  };
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

function send(res: Response, answer: Answer): void {
  res.status(answer.status);
  if (answer.body === undefined) res.end();
  else res.json(answer.body);
}

function fail(kind: string, res: Response, answer?: Answer): void {
  if (kind === 'drop_before' || kind === 'drop_after') {
    res.socket?.resetAndDestroy();
  } else if (kind === 'html') {
    res.status(502).type('html').send('<html><body><h1>502 Bad Gateway</h1></body></html>');
  } else if (kind === 'truncated_json') {
    const whole = JSON.stringify(answer?.body ?? {});
    res
      .status(answer?.status ?? 200)
      .type('json')
      .send(whole.slice(0, Math.max(1, Math.floor(whole.length / 2))));
  } else if (kind === '429') {
    res.status(429).json({ code: 42910000, message: 'rate limit exceeded' });
  } else if (kind === '503') {
    res.status(503).json({ code: 50310000, message: 'service unavailable' });
  } else if (kind.startsWith('504')) {
    res.status(504).json({ code: 50410000, message: 'gateway timeout' });
  } else {
    res.status(500).json({ code: 50010000, message: 'internal server error occurred' });
  }
}
