import { describe, expect, it } from 'vitest';
import { z } from 'zod';

import { put, sample } from '../../application/ports/event-store-samples.suite.ts';
import type { NewEvent } from '../../application/ports/event-store.ts';
import { createMemoryEventStore } from '../memory/event-store.ts';
import { systemClock } from '../node/clock-and-ids.ts';
import { sha256 } from '../node/sha256.ts';
import { CATALOGUE } from './catalogue.ts';
import { createEvolvingStore } from './evolving-store.ts';
import { GOLDEN_FILES, MANIFEST } from './golden.suite.ts';

const openStore = () => {
  const raw = createMemoryEventStore(systemClock);
  return { raw, store: createEvolvingStore(raw, { catalogue: CATALOGUE, log: { alarm: () => {} } }) };
};

function stored(type: string, version: number, data: unknown): NewEvent {
  const event = sample(type, data);
  return { ...event, metadata: { ...event.metadata, schemaVersion: version } };
}

describe('golden files', () => {
  it('are there for every version of every type, and for nothing else', () => {
    const expected = [...CATALOGUE].flatMap(([type, { version }]) =>
      Array.from({ length: version }, (_, index) => `${type}.v${index + 1}.json`),
    );
    expect(GOLDEN_FILES.map(({ name }) => name).toSorted()).toEqual(expected.toSorted());
    expect(Object.keys(MANIFEST).toSorted()).toEqual(expected.toSorted());
  });

  it.each(GOLDEN_FILES)('$name is as it was written', ({ name, text }) => {
    expect(
      sha256(text),
      `${name} shows what is stored for good and must not be changed: whoever changes the shape of an event gives it the ` +
        'next version, an upcaster from this one, and a new golden file with a line in golden/manifest.json.',
    ).toBe(MANIFEST[name]);
  });

  it.each(GOLDEN_FILES)('$name can be read in the current version', async ({ type, version, examples }) => {
    const { raw, store } = openStore();
    for (const data of examples) await put(raw, 's', [stored(type, version, data)]);
    const read = await store.readStream('s');
    expect(read).toHaveLength(examples.length);
    for (const { data } of read) expect(() => CATALOGUE.get(type)!.schema.parse(data)).not.toThrow();
  });

  const current = GOLDEN_FILES.filter(({ type, version }) => CATALOGUE.get(type)?.version === version);

  it.each(current)('$name is what is written today, to the byte', async ({ type, version, text, examples }) => {
    expect(text).toBe(`${JSON.stringify(examples, null, 2)}\n`);
    const { raw, store } = openStore();
    for (const data of examples) await put(store, 's', [stored(type, version, data)]);
    const written = (await raw.readStream('s')).map(({ data }) => JSON.stringify(data));
    expect(written).toEqual(examples.map((data) => JSON.stringify(data)));
  });

  it.each(current)('$name shows what may be null both as null and as a value', ({ type, examples }) => {
    for (const path of nullablePaths(z.toJSONSchema(CATALOGUE.get(type)!.schema))) {
      const values = examples.flatMap((data) => valuesAt(data, path));
      expect(values, path.join('.')).toContain(null);
      expect(
        values.some((value) => value !== null),
        path.join('.'),
      ).toBe(true);
    }
  });
});

type JsonSchema = z.core.JSONSchema.BaseSchema;

/** Where a schema allows null; `[]` stands for the items of a list. */
function nullablePaths(schema: JsonSchema, path: readonly string[] = []): readonly (readonly string[])[] {
  const choices = (schema.anyOf ?? []) as readonly JsonSchema[];
  const inside = choices.filter(({ type }) => type !== 'null').flatMap((choice) => nullablePaths(choice, path));
  const items = schema.items ? nullablePaths(schema.items as JsonSchema, [...path, '[]']) : [];
  const members = Object.entries(schema.properties ?? {}).flatMap(([name, member]) =>
    nullablePaths(member as JsonSchema, [...path, name]),
  );
  const isNullable = [schema, ...choices].some(({ type }) => [type].flat().includes('null'));
  return [...(isNullable ? [path] : []), ...inside, ...items, ...members];
}

/** What stands at such a path; nothing where something on the way is null. */
function valuesAt(data: unknown, [first, ...rest]: readonly string[]): readonly unknown[] {
  if (first === undefined) return [data];
  if (data === null) return [];
  if (first === '[]') return (data as readonly unknown[]).flatMap((item) => valuesAt(item, rest));
  return valuesAt((data as Readonly<Record<string, unknown>>)[first], rest);
}
