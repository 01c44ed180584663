/** What a route is. Everything that the server answers stands in a table of these; the OpenAPI document is made from it. */
import type { ServerResponse } from 'node:http';
import { z } from 'zod';
import type { RefusalCode } from '../../../contracts/problem.ts';
import type { Cookie } from './cookies.ts';
import { fieldErrors } from './field-errors.ts';
import type { Immutable } from './immutable.ts';
import type { Refusal } from './refusal.ts';
import { refuse } from './refusal.ts';

/** Who asks. */
export interface Principal {
  readonly userId: string;
  readonly sessionId: string;
}

/** `api`: JSON and problem details. `broker`: forms and TradingView's envelope. `plain`: as `api`, for operators. */
export type Surface = 'api' | 'broker' | 'plain';
/** `optional`: a session counts where there is one, and a wrong one is refused. */
export type Auth = 'public' | 'session' | 'optional';
export type Method = 'GET' | 'POST' | 'PUT' | 'DELETE';

/** A request before its parts are validated. */
export interface Request {
  readonly params: unknown;
  readonly query: unknown;
  readonly body: unknown;
  readonly principal: Principal | null;
  /** The name that the client is counted under where requests are limited. */
  readonly client: string;
  /** Names the request in events and logs. */
  readonly correlationId: string;
  /** A header in lower case, null when absent. */
  readonly header: (name: string) => string | null;
  readonly cookie: (name: string) => string | null;
  /** Whether the browser speaks https with us. */
  readonly secure: boolean;
}

export interface Call<Params, Query, Body, Who> extends Omit<Request, 'principal'> {
  readonly params: Params;
  readonly query: Query;
  readonly body: Body;
  readonly principal: Who;
}

export type Answer<Body> =
  /** `status` is the first of the route's when it is left out. */
  | { readonly kind: 'ok'; readonly body: Body; readonly status?: number; readonly cookies?: readonly Cookie[] }
  | { readonly kind: 'redirect'; readonly location: string; readonly cookies?: readonly Cookie[] }
  /** The handler writes the response itself from here on. */
  | { readonly kind: 'stream'; open(response: ServerResponse): void }
  | Refusal;

/** What can be said of a route without calling it. */
interface Facts {
  readonly method: Method;
  /** In OpenAPI's spelling: `/orders/{id}`. */
  readonly path: string;
  readonly surface: Surface;
  readonly auth: Auth;
  readonly summary: string;
  /** Refusals besides those that every route may answer with. */
  readonly refusals: readonly RefusalCode[];
}

type Schema = z.ZodType;
type Who<A extends Auth> = A extends 'session' ? Principal : Principal | null;

interface Spec<
  P extends Schema,
  Q extends Schema,
  B extends Schema,
  R extends Schema | null,
  A extends Auth,
> extends Facts {
  readonly auth: A;
  readonly params?: P;
  readonly query?: Q;
  readonly body?: B;
  /** Statuses and what they mean, the usual one first; one body for all of them (none with 204 and 303). */
  readonly success: {
    readonly statuses: Readonly<Record<number, string>>;
    readonly body: R;
    readonly contentType?: string;
  };
  handle(
    call: Call<z.output<P>, z.output<Q>, z.output<B>, Who<A>>,
  ): Promise<Answer<R extends Schema ? Immutable<z.output<R>> : null>>;
}

export interface Route extends Facts {
  readonly params: Schema | null;
  readonly query: Schema | null;
  readonly body: Schema | null;
  readonly success: {
    readonly statuses: Readonly<Record<number, string>>;
    readonly body: Schema | null;
    readonly contentType?: string;
  };
  /** Validates and answers. */
  answer(request: Request): Promise<Answer<unknown>>;
}

const NOTHING = z.unknown();

/** Makes a route: its handler is called with what its schemas made of the request, and with nobody but who may call it. */
export function route<
  P extends Schema,
  Q extends Schema,
  B extends Schema,
  R extends Schema | null,
  const A extends Auth,
>(spec: Spec<P, Q, B, R, A>): Route {
  const [paramsSchema, querySchema, bodySchema] = [spec.params, spec.query, spec.body].map(
    (schema) => schema ?? NOTHING,
  ) as [P, Q, B];
  return {
    ...spec,
    params: spec.params ?? null,
    query: spec.query ?? null,
    body: spec.body ?? null,
    async answer(request) {
      if (spec.auth === 'session' && request.principal === null) return refuse('unauthenticated');
      const params = paramsSchema.safeParse(request.params);
      // A name that can not exist is not told apart from one that does not.
      if (!params.success) return refuse('not_found');
      const query = querySchema.safeParse(request.query);
      const body = bodySchema.safeParse(request.body);
      if (!query.success || !body.success) {
        const errors = [...fieldErrors(query.error, request.query), ...fieldErrors(body.error, request.body)];
        return refuse('invalid_request', { detail: inWords(errors), errors });
      }
      return spec.handle({
        ...request,
        params: params.data,
        query: query.data,
        body: body.data,
        principal: request.principal as Who<A>,
      });
    },
  };
}

const inWords = (errors: readonly { readonly field: string; readonly message: string }[]): string =>
  errors.map(({ field, message }) => (field === '' ? `The request ${message}.` : `${field} ${message}.`)).join(' ');

/** Refusals that any route of its kind may answer with. */
export function refusalsOf({ auth, surface, body, refusals, params }: Route): readonly RefusalCode[] {
  return [
    'invalid_request',
    'payload_too_large',
    'internal',
    'unavailable',
    ...(body === null ? [] : (['unsupported_media_type'] as const)),
    ...(auth === 'public' ? [] : (['unauthenticated', 'session_ended'] as const)),
    ...(params === null && surface !== 'broker' ? [] : (['not_found'] as const)),
    ...refusals,
  ];
}
