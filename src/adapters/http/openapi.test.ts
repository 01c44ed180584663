import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect, it } from 'vitest';
import { describeApi, documentedStatuses } from './openapi.ts';
import { table } from './table.suite.ts';

interface Operation {
  readonly summary: string;
  readonly security: readonly unknown[];
  readonly parameters?: readonly { readonly name: string; readonly in: string; readonly required?: boolean }[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: object }>> };
  readonly responses: Readonly<
    Record<string, { readonly description: string; readonly content?: Record<string, { readonly schema: object }> }>
  >;
}
const document = describeApi(table) as {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, object>>; readonly securitySchemes: object };
};
const operationOf = (method: string, path: string): Operation | undefined =>
  document.paths[path]?.[method.toLowerCase()];

it('describes every route, and nothing else', () => {
  expect(document.openapi).toBe('3.1.0');
  const described = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
  );
  expect(described.toSorted()).toEqual(table.map(({ method, path }) => `${method} ${path}`).toSorted());
});

it.each(table.map((route) => [`${route.method} ${route.path}`, route] as const))('%s', (_name, route) => {
  const operation = operationOf(route.method, route.path);
  if (operation === undefined) throw new Error('not described');
  expect(operation.summary).not.toBe('');
  expect(Object.keys(operation.responses).map(Number)).toEqual([...documentedStatuses(route)]);
  for (const { description } of Object.values(operation.responses)) expect(description).not.toMatch(/^$|undefined/);
  const named = [...route.path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
  const inPath = (operation.parameters ?? []).filter((each) => each.in === 'path');
  expect(inPath.map(({ name }) => name)).toEqual(named);
  expect(inPath.every(({ required }) => required)).toBe(true);
  expect(operation.security.length > 0).toBe(route.auth !== 'public');
  const types = Object.keys(operation.requestBody?.content ?? {});
  if (route.body === null) expect(types).toEqual([]);
  else expect(types).toEqual([route.surface === 'broker' ? 'application/x-www-form-urlencoded' : 'application/json']);
});

it('has schemas that are JSON Schema, and references that lead somewhere', () => {
  const references = [...JSON.stringify(document).matchAll(/"\$ref":"([^"]+)"/g)].map(([, reference]) => reference);
  expect(references.length).toBeGreaterThan(10);
  for (const reference of references) {
    const name = /^#\/components\/schemas\/(\w+)$/.exec(reference ?? '')?.[1] ?? '';
    expect(Object.keys(document.components.schemas)).toContain(name);
  }
  const ajv = new Ajv2020({ strict: false, validateFormats: false });
  for (const schema of Object.values(document.components.schemas)) {
    expect(ajv.validateSchema(schema)).toBe(true);
  }
});
