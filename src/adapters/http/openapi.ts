/** The OpenAPI document, made from the table of routes: what is described is what is validated. */
import type { z } from 'zod';
import { createDocument } from 'zod-openapi';
import type { ZodOpenApiOperationObject, ZodOpenApiPathsObject, ZodOpenApiResponsesObject } from 'zod-openapi';
import { errorEnvelope, ok, okEmpty } from '../../../contracts/broker-api.ts';
import { problem } from '../../../contracts/problem.ts';
import type { RefusalCode } from '../../../contracts/problem.ts';
import { SESSION_REFUSALS, statusOf } from './refusal.ts';
import type { Route } from './route.ts';
import { refusalsOf } from './route.ts';

export function describeApi(routes: readonly Route[]): Record<string, unknown> {
  const paths: ZodOpenApiPathsObject = {};
  for (const route of routes) {
    paths[route.path] = { ...paths[route.path], [route.method.toLowerCase()]: operation(route) };
  }
  return createDocument({
    openapi: '3.1.0',
    info: {
      title: 'Tradsy',
      version: '1.0.0',
      description:
        'Two surfaces: /api speaks JSON and problem details; /broker speaks TradingView’s REST API for brokers, with ' +
        'forms, the {s, d} envelope, and HTTP 200 for every refusal that is not about the session.',
    },
    tags: [{ name: 'api' }, { name: 'broker' }, { name: 'plain' }],
    paths,
    components: { securitySchemes: { bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } } },
  }) as unknown as Record<string, unknown>;
}

function operation(route: Route): ZodOpenApiOperationObject {
  const { surface, auth, summary, params, query, body } = route;
  const bodyType = surface === 'broker' ? 'application/x-www-form-urlencoded' : 'application/json';
  return {
    summary,
    tags: [surface],
    security: { public: [], session: [{ bearer: [] }], optional: [{}, { bearer: [] }] }[auth],
    requestParams: {
      ...(params !== null && { path: params as z.ZodObject }),
      ...(query !== null && { query: query as z.ZodObject }),
    },
    ...(body !== null && { requestBody: { required: true, content: { [bodyType]: { schema: body } } } }),
    responses: surface === 'broker' ? brokerResponses(route) : apiResponses(route),
  };
}

type Status = keyof ZodOpenApiResponsesObject;

function apiResponses(route: Route): ZodOpenApiResponsesObject {
  const responses: ZodOpenApiResponsesObject = {};
  const refused = new Map<number, RefusalCode[]>();
  for (const code of refusalsOf(route)) {
    refused.set(statusOf(code), [...(refused.get(statusOf(code)) ?? []), code]);
  }
  for (const [status, codes] of refused) {
    responses[`${status}` as Status] = {
      description: [...new Set(codes)].join(', '),
      content: { 'application/problem+json': { schema: problem } },
    };
  }
  const { statuses, body, contentType = 'application/json' } = route.success;
  for (const [status, description] of Object.entries(statuses)) {
    const empty = body === null || status.startsWith('3');
    responses[status as Status] = {
      description,
      ...(!empty && { content: { [contentType]: { schema: body } } }),
    };
  }
  return responses;
}

/** TradingView: refusals are answered with 200, and only a missing or ended session with 401. */
function brokerResponses(route: Route): ZodOpenApiResponsesObject {
  const { statuses, body } = route.success;
  const codes = [...new Set(refusalsOf(route))].filter((code) => !SESSION_REFUSALS.includes(code));
  const schema = (body === null ? okEmpty : ok(body)).or(errorEnvelope);
  return {
    '200': {
      description: `${statuses[200]}; or refused: ${codes.join(', ')}`,
      content: { 'application/json': { schema } },
    },
    ...(route.auth !== 'public' && {
      '401': { description: SESSION_REFUSALS.join(', '), content: { 'application/json': { schema: errorEnvelope } } },
    }),
  };
}

/** The HTTP statuses that a route may answer with. */
export const documentedStatuses = (route: Route): readonly number[] =>
  Object.keys(route.surface === 'broker' ? brokerResponses(route) : apiResponses(route)).map(Number);
