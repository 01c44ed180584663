/** For operators and tools: is it alive, is it ready, and what can it do. */
import { z } from 'zod';
import type { HttpNeeds } from '../needs.ts';
import type { Route } from '../route.ts';
import { route } from '../route.ts';

const alive = z.object({ alive: z.literal(true) }).meta({ id: 'Alive' });
const readiness = z
  .object({ ready: z.boolean(), parts: z.record(z.string(), z.string()) })
  .meta({ id: 'Readiness', description: 'Every part by name: ok, or what is wrong with it' });

/** `describe` gives the OpenAPI document. */
export function operationsRoutes(
  needs: Pick<HttpNeeds, 'readiness'> & { readonly describe: () => Record<string, unknown> },
): readonly Route[] {
  return [
    route({
      method: 'GET',
      path: '/healthz',
      surface: 'plain',
      auth: 'public',
      summary: 'Answers as long as the process lives',
      success: { statuses: { 200: 'Alive' }, body: alive },
      refusals: [],
      handle: () => Promise.resolve({ kind: 'ok', body: { alive: true } } as const),
    }),
    route({
      method: 'GET',
      path: '/readyz',
      surface: 'plain',
      auth: 'public',
      summary: 'Whether every part is ready',
      success: { statuses: { 200: 'Ready', 503: 'Not ready' }, body: readiness },
      refusals: [],
      async handle() {
        const body = await needs.readiness();
        return { kind: 'ok', body, status: body.ready ? 200 : 503 };
      },
    }),
    route({
      method: 'GET',
      path: '/api/openapi.json',
      surface: 'api',
      auth: 'public',
      summary: 'This description',
      success: { statuses: { 200: 'An OpenAPI 3.1 document' }, body: z.record(z.string(), z.unknown()) },
      refusals: [],
      handle: () => Promise.resolve({ kind: 'ok', body: needs.describe() }),
    }),
  ];
}
