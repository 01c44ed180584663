/** Turns the table of routes into express routes. What is not in the table is not there. */
import type { IncomingMessage } from 'node:http';
import type { ErrorRequestHandler, Request as HttpRequest, RequestHandler, Response } from 'express';
import express from 'express';
import type { Ids } from '../../application/ports/clock-and-ids.ts';
import { TooBusy } from '../../application/ports/identity.ts';
import { StoreFailed } from '../../application/ports/event-store.ts';
import type { Log } from '../../application/ports/log.ts';
import { writeAnswer, writeRefusal } from './answer.ts';
import type { Authenticate } from './authentication.ts';
import { clientOf } from './client-address.ts';
import { readCookie } from './cookies.ts';
import type { Refusal } from './refusal.ts';
import { refuse } from './refusal.ts';
import type { Read } from './request-text.ts';
import { decode, readJson, readPairs, storable } from './request-text.ts';
import type { Answer, Principal, Route, Surface } from './route.ts';

export interface MountNeeds {
  readonly authenticate: Authenticate;
  readonly ids: Pick<Ids, 'random'>;
  readonly log: Log;
  readonly isSecure: (secureSocket: boolean) => boolean;
}

const BODY_LIMIT = '64kb';
const readBytes = express.raw({ type: () => true, limit: BODY_LIMIT, inflate: false });

export function mount(app: express.Express, routes: readonly Route[], needs: MountNeeds): void {
  for (const path of new Set(routes.map((route) => route.path))) {
    const ofPath = routes.filter((route) => route.path === path);
    const there = app.route(path.replaceAll(/\{(\w+)\}/g, ':$1'));
    const surface = ofPath[0]?.surface ?? 'api';
    const allow = ofPath.flatMap((route) => (hasHead(route) ? ['GET', 'HEAD'] : [route.method]));
    const wrongMethod: RequestHandler = (_req, res) =>
      writeRefusal(res, surface, refuse('method_not_allowed', { allow }));
    if (!ofPath.some(hasHead)) there.head(wrongMethod);
    for (const route of ofPath) there[METHODS[route.method]](handler(route, needs));
    there.all(wrongMethod);
  }
  for (const surface of ['api', 'broker'] as const) {
    app.use(`/${surface}`, (_req, res) => writeRefusal(res, surface, refuse('not_found')));
  }
}

/** A stream without end has no head to be asked for alone. */
const hasHead = ({ method, success }: Route): boolean =>
  method === 'GET' && success.contentType !== 'text/event-stream';

const METHODS = { GET: 'get', POST: 'post', PUT: 'put', DELETE: 'delete' } as const;

function handler(route: Route, needs: MountNeeds): RequestHandler {
  return async (req, res) => {
    const correlationId = needs.ids.random();
    res.set('X-Correlation-Id', correlationId);
    const secure = needs.isSecure(req.secure);
    const answer = await answerTo(route, req, res, { correlationId, secure, needs });
    writeAnswer(res, route, answer, secure);
  };
}

interface Circumstances {
  readonly correlationId: string;
  readonly secure: boolean;
  readonly needs: MountNeeds;
}

async function answerTo(
  route: Route,
  req: HttpRequest,
  res: Response,
  { correlationId, secure, needs }: Circumstances,
): Promise<Answer<unknown>> {
  try {
    const principal = await principalOf(route, req, needs);
    if (principal.kind !== 'read') return principal;
    const query = readPairs(queryOf(req), 'query string');
    if (query.kind !== 'read') return query;
    const body = await readBody(route, req, res);
    if (body.kind !== 'read') return body;
    return await route.answer({
      params: storable(req.params).kind === 'read' ? req.params : null,
      query: query.value,
      body: body.value,
      principal: principal.value,
      // Whatever a header says of where the request comes from, anybody could have written.
      client: clientOf(req.socket.remoteAddress),
      correlationId,
      header: (name) => req.get(name) ?? null,
      cookie: (name) => readCookie(req.headers.cookie, name),
      secure,
    });
  } catch (error) {
    if (error instanceof TooBusy) return refuse('too_many_requests', { retryAfterSeconds: 5 });
    return unexpected(needs.log, error, { correlationId, method: route.method, path: route.path });
  }
}

async function principalOf(route: Route, req: HttpRequest, needs: MountNeeds): Promise<Read<Principal | null>> {
  if (route.auth === 'public') return { kind: 'read', value: null };
  const found = await needs.authenticate(req.headers.authorization);
  if (found.kind === 'refusal') return found;
  if (route.auth === 'session' && found.principal === null) return refuse('unauthenticated');
  return { kind: 'read', value: found.principal };
}

const queryOf = ({ originalUrl }: HttpRequest): string => {
  const at = originalUrl.indexOf('?');
  return at < 0 ? '' : originalUrl.slice(at + 1);
};

async function readBody(route: Route, req: HttpRequest, res: Response): Promise<Read<unknown>> {
  const bytes = await bytesOf(req, res);
  if (bytes.kind !== 'read' || route.body === null) return bytes;
  const form = route.surface === 'broker';
  if (bytes.value.length > 0 && !hasType(req, form ? 'application/x-www-form-urlencoded' : 'application/json')) {
    return refuse('unsupported_media_type');
  }
  const text = decode(bytes.value);
  if (text.kind !== 'read') return text;
  return form ? readPairs(text.value, 'form') : readJson(text.value);
}

function bytesOf(req: HttpRequest, res: Response): Promise<Read<Buffer>> {
  return new Promise((resolve, reject) => {
    readBytes(req, res, (error?: unknown) => {
      if (error === undefined) resolve({ kind: 'read', value: Buffer.isBuffer(req.body) ? req.body : Buffer.alloc(0) });
      else if (isClientError(error)) resolve(bodyRefusal(error.status));
      else reject(error);
    });
  });
}

/** The media type, with no other character set than the one that we read. */
const hasType = (req: IncomingMessage, wanted: string): boolean => {
  const [type = '', ...parameters] = (req.headers['content-type'] ?? '').toLowerCase().split(';');
  return type.trim() === wanted && parameters.every((each) => !/^\s*charset\s*=\s*"?(?!utf-8)/.test(each));
};

const bodyRefusal = (status: number): Refusal =>
  refuse(status === 413 ? 'payload_too_large' : status === 415 ? 'unsupported_media_type' : 'invalid_request');

/** What express and its parsers throw about a request carries the HTTP status. */
const isClientError = (error: unknown): error is { readonly status: number } => {
  const status = (error as { readonly status?: unknown } | null)?.status;
  return typeof status === 'number' && status >= 400 && status < 500;
};

function unexpected(log: Log, error: unknown, facts: Readonly<Record<string, string>>): Refusal {
  if (error instanceof StoreFailed) {
    log.alarm('a request failed with the event store', { ...facts, error: error.message });
    return refuse('unavailable', {
      detail:
        'Nothing can be recorded at the moment. It may have gone through all the same: look before you try again.',
      retryAfterSeconds: 5,
    });
  }
  log.alarm('a request failed unexpectedly', { ...facts, error: error instanceof Error ? error.stack : String(error) });
  return refuse('internal', {
    detail: `Something went wrong on our side. If it goes on, quote ${facts['correlationId']} to the support.`,
  });
}

export const surfaceOf = (path: string): Surface => {
  const first = path.split('/')[1];
  return first === 'api' || first === 'broker' ? first : 'plain';
};

/** The last stop of errors outside the table's handlers, such as a path that can not be decoded. */
export function lastStop({ ids, log }: Pick<MountNeeds, 'ids' | 'log'>): ErrorRequestHandler {
  return (error: unknown, req, res, _next) => {
    const refusal = isClientError(error)
      ? refuse(error.status === 404 ? 'not_found' : 'invalid_request')
      : unexpected(log, error, { correlationId: ids.random(), method: req.method, path: req.path });
    if (res.headersSent) res.destroy();
    else writeRefusal(res, surfaceOf(req.path), refusal);
  };
}
