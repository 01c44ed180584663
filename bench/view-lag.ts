/** How long after an append the read models show it, at about a hundred events a second. */
import { setTimeout as wait } from 'node:timers/promises';
import { createPostgresEventStore } from '../src/adapters/postgres/event-store.ts';
import { createPool } from '../src/adapters/postgres/pool.ts';
import { runProjections } from '../src/adapters/postgres/projections.ts';
import type { Projections } from '../src/adapters/postgres/projections.ts';
import { VIEWS } from '../src/adapters/postgres/views/all.ts';
import type { EventStore } from '../src/application/ports/event-store.ts';
import { orderEvents } from './order-events.ts';
import type { Happened } from './order-events.ts';
import type { Figure } from './report.ts';
import { figure, quantile } from './report.ts';

const EVENTS = 1_500;
const WARM = 200;
const EVERY_MS = 10;
const WITHIN_MS = 10_000;
const CATCH_UP_MS = 120_000;
/** What a view may be behind. */
const GOAL_MS = 50;

/** Of views in the process that appends, and of views that learn of the events by notification, as another process does. */
export async function viewLag(url: string, say: (line: string) => void): Promise<readonly Figure[]> {
  const events = orderEvents();
  const figures: Figure[] = [];
  for (const where of ['same process', 'by notification'] as const) {
    say(`lag of the views, ${where}: ${EVENTS} events at ${1_000 / EVERY_MS} a second ...`);
    const lags = await measure(url, events, where === 'same process');
    for (const share of [0.5, 0.99]) {
      figures.push(figure(`view lag p${share * 100}, ${where}`, quantile(lags, share), 'ms', GOAL_MS));
    }
  }
  return figures;
}

/** The views have gone through all that other benchmarks have left in the log. */
async function caughtUp(store: EventStore, views: Projections, events: AsyncGenerator<Happened>): Promise<void> {
  const { stream, event } = ((await events.next()) as IteratorYieldResult<Happened>).value;
  const appended = await store.append(stream, 'any', [event]);
  if (appended.kind !== 'appended') throw new Error(`an append to ${stream} met a conflict`);
  if (!(await views.waitUntilApplied(appended.position, CATCH_UP_MS))) throw new Error('the views do not catch up');
}

async function measure(url: string, events: AsyncGenerator<Happened>, isShared: boolean): Promise<readonly number[]> {
  const pool = createPool(url);
  const store = createPostgresEventStore(pool);
  const viewPool = createPool(url);
  const viewStore = isShared ? store : createPostgresEventStore(viewPool);
  const stop = new AbortController();
  const views = runProjections({ pool: viewPool, store: viewStore, views: VIEWS, signal: stop.signal });
  const lags: number[] = [];
  const followed: Promise<void>[] = [];
  try {
    await caughtUp(store, views, events);
    const begun = performance.now();
    for (let n = 0; n < WARM + EVENTS; n += 1) {
      await wait(begun + n * EVERY_MS - performance.now());
      const { stream, event } = ((await events.next()) as IteratorYieldResult<Happened>).value;
      const appended = await store.append(stream, 'any', [event]);
      if (appended.kind !== 'appended') throw new Error(`an append to ${stream} met a conflict`);
      const since = performance.now();
      followed.push(
        views.waitUntilApplied(appended.position, WITHIN_MS).then((applied) => {
          if (!applied) throw new Error(`the views did not come to ${appended.position} within ${WITHIN_MS} ms`);
          if (n >= WARM) lags.push(performance.now() - since);
        }),
      );
    }
    await Promise.all(followed);
    return lags;
  } finally {
    stop.abort();
    await views.done;
    await Promise.all([store.close(), viewStore.close()]);
    await Promise.all([pool.end(), viewPool.end()]);
  }
}
