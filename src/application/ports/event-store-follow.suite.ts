import { expect, it } from 'vitest';

import { follow, ids, put, sample, samples } from './event-store-samples.suite.ts';
import { START, type EventStore, type RecordedEvent } from './event-store.ts';

const WRITERS = 8;
const APPENDS = 250;

/** Following the total order: from anywhere, without a gap, without a double, at the consumer's pace. */
export function followCases(store: () => EventStore): void {
  placeCases(store);
  scopeCases(store);
  endCases(store);
  concurrencyCases(store);
}

function placeCases(store: () => EventStore): void {
  it('follows from the start, through what is there into what comes', async () => {
    const [before, after] = [samples(3), samples(2, 't')];
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
    for (let index = 0; index < 4; index += 1) await put(store(), `s-${index}`, samples(3, `s-${index}`));
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

function scopeCases(store: () => EventStore): void {
  const STREAMS = ['order-1', 'order-12', 'orders-1', 'order', 'risk-1', 'order-1', 'order-2'];
  const fill = async (): Promise<RecordedEvent[]> => {
    for (const stream of STREAMS) await put(store(), stream, samples(2, stream));
    return follow(store(), START, STREAMS.length * 2);
  };

  it('follows one stream, through what is there into what comes', async () => {
    const all = await fill();
    const following = follow(store(), START, 5, { stream: 'order-1' });
    const [later] = samples(1, 'order-1');
    await put(store(), 'risk-1', samples(2, 'risk-1'));
    await put(store(), 'order-1', [later!]);
    const expected = all.filter(({ stream }) => stream === 'order-1');
    expect(ids(await following)).toEqual([...ids(expected), later!.id]);
  });

  it('follows a category: all streams named after it, in the total order, and no stream that only begins alike', async () => {
    const all = await fill();
    const following = follow(store(), START, 10, { category: 'order' });
    const [later] = samples(1, 'orders-1');
    await put(store(), 'orders-1', [later!]);
    const last = samples(2, 'order-9');
    await put(store(), 'order-9', last);
    const expected = all.filter(({ stream }) => stream.startsWith('order-'));
    expect(ids(await following)).toEqual([...ids(expected), ...ids(last)]);
  });

  it.each(['a stream', 'a category'])('follows %s from strictly after a position, its own or another', async (what) => {
    const all = await fill();
    const scope = what === 'a stream' ? { stream: 'order-1' } : { category: 'order' };
    const isWanted = ({ stream }: RecordedEvent): boolean =>
      what === 'a stream' ? stream === 'order-1' : stream.startsWith('order-');
    for (const [index, { position }] of all.entries()) {
      const expected = all.slice(index + 1).filter(isWanted);
      if (expected.length > 0) {
        expect(ids(await follow(store(), position, expected.length, scope))).toEqual(ids(expected));
      }
    }
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
          const stream = `s-${(writer + index) % 5}`;
          await put(store(), stream, samples(1 + (index % 2), stream));
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
        for (let index = 0; index < total / 4; index += 1) await put(store(), `s-${writer}`, samples(1, `s-${writer}`));
      }),
    );
    const seen: RecordedEvent[] = [];
    while (seen.length < total) seen.push(...(await follow(store(), seen.at(-1)?.position ?? START, 1)));
    await writing;
    expect(new Set(ids(seen)).size).toBe(total);
    expect(ids(seen)).toEqual(ids(await follow(store(), START, total)));
  }, 30_000);
}
