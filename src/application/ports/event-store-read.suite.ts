import { expect, it } from 'vitest';

import { followAll, ids, put, sample, samples } from './event-store-samples.suite.ts';
import { START, type EventMetadata, type EventStore } from './event-store.ts';

const revisions = async (reading: ReturnType<EventStore['readStream']>): Promise<readonly number[]> =>
  (await reading).map(({ revision }) => revision);

/** Reading one stream, reading the total order, and giving back what was stored. */
export function readCases(store: () => EventStore): void {
  it('reads an unknown stream as empty', async () => {
    expect(await store().readStream('nobody')).toEqual([]);
    expect(await store().readStream('nobody', { direction: 'backwards' })).toEqual([]);
  });

  it('reads forwards, from a revision, up to a limit', async () => {
    await put(store(), 's', samples(5));
    await put(store(), 't', samples(2, 't'));
    expect(await revisions(store().readStream('s'))).toEqual([0, 1, 2, 3, 4]);
    expect(await revisions(store().readStream('s', { from: 3 }))).toEqual([3, 4]);
    expect(await revisions(store().readStream('s', { limit: 2 }))).toEqual([0, 1]);
    expect(await revisions(store().readStream('s', { from: 1, limit: 3 }))).toEqual([1, 2, 3]);
    expect(await revisions(store().readStream('s', { from: 5 }))).toEqual([]);
    expect(await revisions(store().readStream('s', { limit: 0 }))).toEqual([]);
  });

  it('reads backwards, from a revision, up to a limit', async () => {
    await put(store(), 's', samples(5));
    expect(await revisions(store().readStream('s', { direction: 'backwards' }))).toEqual([4, 3, 2, 1, 0]);
    expect(await revisions(store().readStream('s', { direction: 'backwards', limit: 1 }))).toEqual([4]);
    expect(await revisions(store().readStream('s', { direction: 'backwards', from: 2 }))).toEqual([2, 1, 0]);
    expect(await revisions(store().readStream('s', { direction: 'backwards', from: 3, limit: 2 }))).toEqual([3, 2]);
    expect(await revisions(store().readStream('s', { direction: 'backwards', from: 9, limit: 2 }))).toEqual([4, 3]);
  });

  it('reads the total order after a position, up to a limit', async () => {
    expect(await store().readAll(START, 10)).toEqual([]);
    await put(store(), 's', samples(2));
    await put(store(), 't', samples(2, 't'));
    await put(store(), 's', samples(2));
    const all = await followAll(store(), 6);
    expect(await store().readAll(START, 10)).toEqual(all);
    expect(await store().readAll(START, 4)).toEqual(all.slice(0, 4));
    expect(await store().readAll(all[2]!.position, 2)).toEqual(all.slice(3, 5));
    expect(await store().readAll(all[5]!.position, 10)).toEqual([]);
  });

  it('orders events one after another, those of a batch side by side, by positions that compare as strings', async () => {
    const batches = [samples(3, 's-0'), samples(1, 's-1'), samples(12, 's-0'), samples(2, 's-1')];
    for (const [index, batch] of batches.entries()) await put(store(), `s-${index % 2}`, batch);
    const all = await followAll(store(), 18);
    expect(ids(all)).toEqual(batches.flatMap((batch) => ids(batch)));
    const positions = all.map(({ position }) => position);
    expect(positions).toEqual([...new Set(positions)].toSorted());
    expect(positions.every((position) => position > START)).toBe(true);
  });

  it('names the same position in the answer, in the stream and in the total order', async () => {
    const position = await put(store(), 's', samples(3));
    const [last] = await store().readStream('s', { direction: 'backwards', limit: 1 });
    expect(last!.position).toBe(position);
    expect((await followAll(store(), 3)).at(-1)).toEqual(last);
  });

  it('refuses a position it never gave', async () => {
    await expect(store().readAll('somewhere', 1)).rejects.toThrow(TypeError);
  });

  it('gives back what was stored, byte for byte', async () => {
    const data = {
      zulu: 'keys stay in the order they were written',
      alpha: ['Σ 東京 🚀 é', 'line\nbreak\ttab "quote" \\ slash', 'zero \u0000 one \ud800 half', ''],
      nested: { list: [{ deep: [[], {}, [null, true, false]] }], empty: {} },
      amounts: ['0.10', '-0.000000001', '79228162514264337593543950335'],
      count: Number.MAX_SAFE_INTEGER,
      10: 'a number as a key',
    };
    const metadata: EventMetadata = {
      correlationId: 'straße-✓',
      causationId: '5f0c3c5e-6f0b-4a53-9a43-0d9a4c5f2b11',
      actor: { kind: 'user', id: 'Zoë 🦊' },
      schemaVersion: 3,
    };
    const event = { ...sample('OrderPlaced', data, 'order-1'), metadata };
    await put(store(), 'order-1', [event]);
    const [read] = await store().readStream('order-1');
    expect(read).toEqual({
      ...event,
      stream: 'order-1',
      revision: 0,
      position: expect.any(String),
      recordedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      hash: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
    expect(JSON.stringify(read!.data)).toBe(JSON.stringify(data));
    expect(JSON.stringify(read!.metadata)).toBe(JSON.stringify(metadata));
    expect(await followAll(store(), 1)).toEqual([read]);
  });

  it.each<[string, unknown]>([
    ['null', null],
    ['a string', 'text'],
    ['a number', 7],
    ['a boolean', false],
    ['a list', [1, [2]]],
    ['400 kB of text', 'ü'.repeat(200_000)],
  ])('stores %s as data', async (_, data) => {
    await put(store(), 's', [sample('Noted', data)]);
    expect((await store().readStream('s'))[0]!.data).toEqual(data);
  });

  it('keeps what was stored whatever happens to the objects later', async () => {
    const data = { list: [1] };
    await put(store(), 's', [sample('Noted', data)]);
    data.list.push(2);
    const [first] = await store().readStream('s');
    (first!.data as typeof data).list.push(3);
    expect((await store().readStream('s'))[0]!.data).toEqual({ list: [1] });
  });
}
