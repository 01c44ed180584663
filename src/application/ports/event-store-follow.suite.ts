import { expect, it } from 'vitest';

import { follow, ids, put, sample, samples } from './event-store-samples.suite.ts';
import { START, type EventStore, type RecordedEvent } from './event-store.ts';

const WRITERS = 8;
const APPENDS = 250;

/** Following the total order: from anywhere, without a gap, without a double, at the consumer's pace. */
export function followCases(store: () => EventStore): void {
  placeCases(store);
  endCases(store);
  concurrencyCases(store);
}

function placeCases(store: () => EventStore): void {
  it('follows from the start, through what is there into what comes', async () => {
    const [before, after] = [samples(3), samples(2)];
    await put(store(), 's', before);
    const following = follow(store(), START, 5);
    await put(store(), 't', after);
    expect(ids(await following)).toEqual([...ids(before), ...ids(after)]);
  });

  it('waits for the first event of an empty store', async () => {
    const following = follow(store(), START, 1);
    const event = sample();
    await put(store(), 's', [event]);
    expect(ids(await following)).toEqual([event.id]);
  });

  it('follows from strictly after a position', async () => {
    const position = await put(store(), 's', samples(3));
    const later = samples(2);
    await put(store(), 's', later);
    expect(ids(await follow(store(), position, 2))).toEqual(ids(later));
  });

  it('resumes after any event exactly where it stopped', async () => {
    for (let index = 0; index < 4; index += 1) await put(store(), `s-${index}`, samples(3));
    const all = await follow(store(), START, 12);
    for (const [index, event] of all.slice(0, -1).entries()) {
      expect(ids(await follow(store(), event.position, 11 - index))).toEqual(ids(all.slice(index + 1)));
    }
  });

  it('serves many followers alike', async () => {
    const followers = Array.from({ length: 12 }, () => follow(store(), START, 40));
    for (let index = 0; index < 20; index += 1) await put(store(), 's', samples(2));
    const [first, ...others] = await Promise.all(followers);
    for (const other of others) expect(ids(other)).toEqual(ids(first!));
  });

  it('refuses to follow from a position it never gave', async () => {
    const following = store().subscribe('somewhere', new AbortController().signal)[Symbol.asyncIterator]();
    await expect(following.next()).rejects.toThrow(TypeError);
  });
}

function endCases(store: () => EventStore): void {
  it('ends without an error when the signal aborts while it waits', async () => {
    const stop = new AbortController();
    const following = store().subscribe(START, stop.signal)[Symbol.asyncIterator]();
    const next = following.next();
    stop.abort();
    expect(await next).toEqual({ done: true, value: undefined });
  });

  it('ends at once when the signal was aborted before', async () => {
    await put(store(), 's', [sample()]);
    const seen: unknown[] = [];
    for await (const batch of store().subscribe(START, AbortSignal.abort())) seen.push(batch);
    expect(seen).toEqual([]);
  });

  it('reads no further than the consumer asked: what was not taken at the abort never comes', async () => {
    const stop = new AbortController();
    const following = store().subscribe(START, stop.signal)[Symbol.asyncIterator]();
    const position = await put(store(), 's', [sample()]);
    expect((await following.next()).value).toMatchObject([{ position }]);
    await put(store(), 's', [sample()]);
    stop.abort();
    expect(await following.next()).toEqual({ done: true, value: undefined });
  });

  it('comes in bounded batches to a slow consumer, each event once', async () => {
    const events = samples(3_000);
    for (let from = 0; from < events.length; from += 500) await put(store(), 's', events.slice(from, from + 500));
    const stop = new AbortController();
    const seen: RecordedEvent[] = [];
    for await (const batch of store().subscribe(START, stop.signal)) {
      expect(batch.length).toBeGreaterThan(0);
      expect(batch.length).toBeLessThanOrEqual(1_000);
      seen.push(...batch);
      await new Promise((resolve) => setTimeout(resolve, 2));
      if (seen.length === events.length) stop.abort();
    }
    expect(ids(seen)).toEqual(ids(events));
  });
}

function concurrencyCases(store: () => EventStore): void {
  it('8 writers and a follower: nothing skipped, nothing doubled, every stream in its order', async () => {
    const total = WRITERS * APPENDS * 1.5;
    const following = follow(store(), START, total);
    await Promise.all(
      Array.from({ length: WRITERS }, async (_, writer) => {
        for (let index = 0; index < APPENDS; index += 1) {
          await put(store(), `s-${(writer + index) % 5}`, samples(1 + (index % 2)));
        }
      }),
    );
    const seen = await following;
    expect(seen).toHaveLength(total);
    expect(new Set(ids(seen)).size).toBe(total);
    const positions = seen.map(({ position }) => position);
    expect(positions).toEqual(positions.toSorted());
    for (let stream = 0; stream < 5; stream += 1) {
      const followed = seen.filter((event) => event.stream === `s-${stream}`);
      expect(followed).toEqual(await store().readStream(`s-${stream}`));
    }
  }, 30_000);

  it('followers that stop and resume under load see every event once', async () => {
    const total = 600;
    const writing = Promise.all(
      Array.from({ length: 4 }, async (_, writer) => {
        for (let index = 0; index < total / 4; index += 1) await put(store(), `s-${writer}`, [sample()]);
      }),
    );
    const seen: RecordedEvent[] = [];
    while (seen.length < total) seen.push(...(await follow(store(), seen.at(-1)?.position ?? START, 1)));
    await writing;
    expect(new Set(ids(seen)).size).toBe(total);
    expect(ids(seen)).toEqual(ids(await follow(store(), START, total)));
  }, 30_000);
}
