import { expect, it } from 'vitest';

import { followAll, ids, put, sample, samples } from './event-store-samples.suite.ts';
import { EventIdClash, type EventStore, type ExpectedRevision } from './event-store.ts';

const stored = async (store: EventStore, stream: string): Promise<readonly string[]> =>
  ids(await store.readStream(stream));

/** The guarded append, and the matrix of repeated batches: each case is named by the steps it takes. */
export function appendCases(store: () => EventStore): void {
  guardCases(store);
  repeatCases(store);
  raceCases(store);
}

function guardCases(store: () => EventStore): void {
  it('gives the first event revision 0 and counts on from there', async () => {
    const [a, b, c] = [sample(), sample(), sample()];
    const first = await store().append('s', 'no-stream', [a]);
    const second = await store().append('s', 0, [b, c]);
    expect(first).toMatchObject({ kind: 'appended', revision: 0, repeated: false });
    expect(second).toMatchObject({ kind: 'appended', revision: 2, repeated: false });
    expect((await store().readStream('s')).map(({ revision }) => revision)).toEqual([0, 1, 2]);
  });

  it.each<[string, ExpectedRevision]>([
    ['no-stream, though it has events', 'no-stream'],
    ['a revision behind', 0],
    ['a revision ahead', 2],
  ])('answers conflict and stores nothing: %s', async (_, expected) => {
    const before = samples(2);
    await put(store(), 's', before);
    expect(await store().append('s', expected, [sample()])).toEqual({ kind: 'conflict', actual: 1 });
    expect(await stored(store(), 's')).toEqual(ids(before));
  });

  it('answers conflict with -1 when the stream is empty', async () => {
    expect(await store().append('s', 0, [sample()])).toEqual({ kind: 'conflict', actual: -1 });
    expect(await store().readStream('s')).toEqual([]);
  });

  it('appends anywhere when told any', async () => {
    expect(await store().append('s', 'any', [sample()])).toMatchObject({ kind: 'appended', revision: 0 });
    expect(await store().append('s', 'any', samples(2))).toMatchObject({ kind: 'appended', revision: 2 });
  });

  it('counts every stream by itself', async () => {
    await put(store(), 's', samples(3));
    expect(await store().append('t', 'no-stream', samples(1, 't'))).toMatchObject({ revision: 0 });
  });

  it('stores a batch of 1,000 events as one', async () => {
    const batch = samples(1_000);
    expect(await store().append('s', 'no-stream', batch)).toMatchObject({ kind: 'appended', revision: 999 });
    expect(await stored(store(), 's')).toEqual(ids(batch));
  });

  it('stores none of a batch of 1,000 events when its last id is taken', async () => {
    const taken = sample();
    await put(store(), 's', [taken]);
    await expect(store().append('s', 'any', [...samples(999), taken])).rejects.toThrow(EventIdClash);
    expect(await stored(store(), 's')).toEqual([taken.id]);
    await put(store(), 'u', samples(1, 'u'));
    expect(await followAll(store(), 2)).toHaveLength(2);
  });

  it('refuses what is not an append', async () => {
    await expect(store().append('s', 'any', [])).rejects.toThrow(TypeError);
    await expect(store().append('', 'any', samples(1, ''))).rejects.toThrow(TypeError);
    await expect(store().append('a\u0000b', 'any', samples(1, 'a\u0000b'))).rejects.toThrow(TypeError);
    await expect(store().append('s', -1, [sample()])).rejects.toThrow(TypeError);
    await expect(store().append('s', 0.5, [sample()])).rejects.toThrow(TypeError);
    await expect(store().append('s', 'any', [{ ...sample(), id: 'one' }])).rejects.toThrow(TypeError);
    await expect(store().append('s', 'any', [sample('')])).rejects.toThrow(TypeError);
    await expect(store().append('s', 'any', [{ ...sample(), data: undefined }])).rejects.toThrow(TypeError);
    expect(await store().readStream('s')).toEqual([]);
  });
}

function repeatCases(store: () => EventStore): void {
  it.each<[string, ExpectedRevision, ExpectedRevision]>([
    ['first at no-stream, again at no-stream', 'no-stream', 'no-stream'],
    ['first at no-stream, again at any', 'no-stream', 'any'],
    ['first at any, again at no-stream', 'any', 'no-stream'],
    ['first at no-stream, again at the revision it made', 'no-stream', 0],
    ['first at no-stream, again at a revision that never was', 'no-stream', 7],
  ])('%s: succeeds and stores it once', async (_, first, again) => {
    const event = sample();
    const answer = await store().append('s', first, [event]);
    expect(answer).toMatchObject({ kind: 'appended', repeated: false });
    expect(await store().append('s', again, [event])).toEqual({ ...answer, repeated: true });
    expect(await stored(store(), 's')).toEqual([event.id]);
  });

  it('sixth event at revision 4, again at revision 4: succeeds and stores it once', async () => {
    await put(store(), 's', samples(5));
    const event = sample();
    const answer = await store().append('s', 4, [event]);
    expect(answer).toMatchObject({ revision: 5, repeated: false });
    expect(await store().append('s', 4, [event])).toEqual({ ...answer, repeated: true });
    expect(await store().readStream('s')).toHaveLength(6);
  });

  it('an old batch again after others were stored: its own revision and position', async () => {
    const batch = samples(2);
    const answer = await store().append('s', 'no-stream', batch);
    await put(store(), 's', samples(3));
    expect(await store().append('s', 'no-stream', batch)).toEqual({ ...answer, repeated: true });
    expect(await store().readStream('s')).toHaveLength(5);
  });

  it.each([
    ['the whole batch', 0, 3],
    ['its prefix', 0, 2],
    ['its middle', 1, 2],
    ['its suffix', 1, 3],
  ])('batch of three, then %s: succeeds and stores nothing more', async (_, from, to) => {
    const batch = samples(3);
    await store().append('s', 'no-stream', batch);
    for (const expected of ['no-stream', 0, 2, 'any'] as const) {
      const answer = await store().append('s', expected, batch.slice(from, to));
      expect(answer).toMatchObject({ kind: 'appended', revision: to - 1, repeated: true });
    }
    expect(await stored(store(), 's')).toEqual(ids(batch));
  });

  it('three events stored one by one, then as one batch: succeeds', async () => {
    const batch = samples(3);
    for (const event of batch) await put(store(), 's', [event]);
    expect(await store().append('s', 'no-stream', batch)).toMatchObject({ revision: 2, repeated: true });
  });

  it.each<[string, (known: ReturnType<typeof samples>) => ReturnType<typeof samples>]>([
    ['plus one new event at its end', (known) => [...known, sample()]],
    ['plus one new event at its head', (known) => [sample(), ...known]],
    ['in another order', (known) => known.toReversed()],
    ['with a hole', (known) => [known[0]!, known[2]!]],
    ['with one event twice', (known) => [known[0]!, known[0]!]],
  ])('batch of three, then the batch %s: throws and stores nothing', async (_, change) => {
    const batch = samples(3);
    await store().append('s', 'no-stream', batch);
    for (const expected of ['no-stream', 2, 'any'] as const) {
      await expect(store().append('s', expected, change(batch))).rejects.toThrow(EventIdClash);
    }
    expect(await stored(store(), 's')).toEqual(ids(batch));
  });

  it('a stale revision with a new id: conflict', async () => {
    await put(store(), 's', samples(2));
    expect(await store().append('s', 0, [sample()])).toEqual({ kind: 'conflict', actual: 1 });
  });

  it('the same id in another stream: throws and stores nothing', async () => {
    const event = sample();
    await put(store(), 's', [event]);
    for (const expected of ['no-stream', 'any'] as const) {
      await expect(store().append('t', expected, [event])).rejects.toThrow(EventIdClash);
    }
    expect(await store().readStream('t')).toEqual([]);
  });

  it('a new batch with one id twice: throws and stores nothing', async () => {
    const event = sample();
    await expect(store().append('s', 'no-stream', [event, event])).rejects.toThrow(EventIdClash);
    expect(await store().readStream('s')).toEqual([]);
  });
}

function raceCases(store: () => EventStore): void {
  it('16 writers at one revision: one wins, the others meet the conflict', async () => {
    await put(store(), 's', [sample()]);
    const results = await Promise.all(Array.from({ length: 16 }, () => store().append('s', 0, samples(2))));
    expect(results.filter(({ kind }) => kind === 'appended')).toHaveLength(1);
    expect(results.filter(({ kind }) => kind === 'conflict')).toHaveLength(15);
    expect(await store().readStream('s')).toHaveLength(3);
  });

  it('16 writers of the same batch: all succeed alike, one stored it', async () => {
    const batch = samples(3);
    const results = await Promise.all(Array.from({ length: 16 }, () => store().append('s', 'no-stream', batch)));
    const [first] = results;
    for (const result of results) expect(result).toEqual({ ...first, repeated: expect.any(Boolean) });
    expect(results.filter((result) => result.kind === 'appended' && !result.repeated)).toHaveLength(1);
    expect(await stored(store(), 's')).toEqual(ids(batch));
  });

  it('32 writers without a guard on one stream: every event, no hole', async () => {
    const events = samples(32);
    await Promise.all(events.map((event) => put(store(), 's', [event])));
    const all = await store().readStream('s');
    expect(all.map(({ revision }) => revision)).toEqual(events.map((_, index) => index));
    expect(ids(all).toSorted()).toEqual(ids(events).toSorted());
  });
}
