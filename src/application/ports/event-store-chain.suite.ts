import { createHash } from 'node:crypto';
import { expect, it } from 'vitest';

import { hashOf, NO_HASH } from './event-chain.ts';
import { followAll, put, sample, samples } from './event-store-samples.suite.ts';
import { type EventStore, type RecordedEvent } from './event-store.ts';

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** The hashes that the events of a stream should have, by the rule and nothing that the store says of them. */
function chain(events: readonly RecordedEvent[]): readonly string[] {
  const hashes: string[] = [];
  for (const event of events) hashes.push(hashOf(hashes.at(-1) ?? NO_HASH, event, sha256));
  return hashes;
}

/** Every event is chained to its predecessor, however it came into its stream. */
export function chainCases(store: () => EventStore): void {
  const hashes = async (stream: string): Promise<readonly string[]> =>
    (await store().readStream(stream)).map(({ hash }) => hash);
  const isChained = async (stream: string): Promise<void> => {
    expect(await hashes(stream)).toEqual(chain(await store().readStream(stream)));
  };

  it('chains single events and batches alike', async () => {
    await put(store(), 's', samples(1));
    await put(store(), 's', samples(3));
    await put(store(), 's', samples(1));
    await isChained('s');
    expect(new Set(await hashes('s')).size).toBe(5);
  });

  it('begins a chain for every stream', async () => {
    await put(store(), 's', samples(2));
    await put(store(), 't', samples(2, 't'));
    await isChained('s');
    await isChained('t');
  });

  it('covers text of every kind', async () => {
    const data = { zulu: ['Σ 東京 🚀 é', 'line\nbreak "quote" \\ \u0000 \ud800'], 10: 'ten', alpha: { b: 1, a: null } };
    await put(store(), 's', [sample('Noted', data), sample('Noted', [data, '']), sample('Noted', null)]);
    await isChained('s');
  });

  it('is the same in the stream and in the total order', async () => {
    await put(store(), 's', samples(3));
    expect((await followAll(store(), 3)).map(({ hash }) => hash)).toEqual(await hashes('s'));
  });

  it('is not touched by a batch that is appended again', async () => {
    const batch = samples(2);
    await put(store(), 's', batch);
    await put(store(), 's', samples(1));
    const before = await hashes('s');
    await put(store(), 's', batch);
    await put(store(), 's', samples(1));
    expect((await hashes('s')).slice(0, 3)).toEqual(before);
    await isChained('s');
  });

  it('holds when 16 writers race', async () => {
    await Promise.all(Array.from({ length: 16 }, (_, index) => put(store(), 's', samples(1 + (index % 3)))));
    await isChained('s');
  });
}
