/** The short form of every proof; `npm run proofs` has the long one. That of `gaps` is src/adapters/postgres/gap.test.ts. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { createPostgresEventStore } from '../../src/adapters/postgres/event-store.ts';
import { migrate } from '../../src/adapters/postgres/migrate.ts';
import { createPool } from '../../src/adapters/postgres/pool.ts';
import { ids, sample } from '../../src/application/ports/event-store-samples.suite.ts';
import type { AppendResult, EventStore } from '../../src/application/ports/event-store.ts';
import { startEmbeddedPostgres } from '../../src/bootstrap/embedded-postgres.ts';
import { permutations } from './fills/permutations.ts';
import { killPostgres } from './kill-postgres.ts';
import { killProjector } from './kill-projector.ts';
import { killUnderLoad } from './kill-switch.ts';
import { NotPossibleHere, randomFrom } from './proof.ts';
import { smallDisk } from './small-disk.ts';
import type { SmallDisk } from './small-disk.ts';
import { useUpLog } from './use-up-log.ts';
import { faultsOf, wholeLog } from './whole-log.ts';

const asked = (times: number) => ({ times, random: randomFrom(7), say: () => undefined });

it('a Postgres killed under load loses nothing that it acknowledged', { timeout: 60_000 }, async () => {
  const { facts, broken } = await killPostgres(asked(1));
  expect(broken).toEqual([]);
  expect(facts).toMatchObject({ kills: 1, lost: 0, doubled: 0 });
});

it('read models whose process is killed are what the log gives', { timeout: 60_000 }, async () => {
  const { facts, broken } = await killProjector(asked(2));
  expect(broken).toEqual([]);
  expect(facts).toMatchObject({ kills: 2, 'differing tables': 0 });
});

it('the kill switch stops a flow of orders, and stands after kill -9', { timeout: 120_000 }, async () => {
  const load = { traders: 6, perSecond: 20, beforeMs: 2_000, afterMs: 2_000 };
  const { facts, broken } = await killUnderLoad(asked(1), load);
  expect(broken).toEqual([]);
  expect(facts).toMatchObject({ 'open orders left': 0, 'positions left': 0, 'sent after kill -9': 0 });
});

it('a trace of the broker leads to the same orders in any order of arrival', { timeout: 60_000 }, async () => {
  const { facts, broken } = await permutations(asked(300));
  expect(broken).toEqual([]);
  expect(facts).toMatchObject({ traces: 300, differences: 0 });
});

const folder = mkdtempSync(join(tmpdir(), 'tradsy-small-disk-'));

/** Undefined where mounting is refused. */
function mountedDisk(): SmallDisk | undefined {
  try {
    return smallDisk(join(folder, 'disk'), 160);
  } catch (error) {
    if (error instanceof NotPossibleHere) return undefined;
    throw error;
  }
}

const disk = mountedDisk();

/** Appends until one is refused; gives the ids of the others. */
async function appendUntilRefused(store: EventStore): Promise<readonly string[]> {
  const kept: string[] = [];
  for (;;) {
    const event = sample('Noted', 'x'.repeat(4_000));
    const result = await store.append('s', 'any', [event]).catch((): undefined => undefined);
    if (result === undefined) return kept;
    kept.push(event.id);
  }
}

async function appendOnceItIsBack(store: EventStore): Promise<AppendResult> {
  const event = sample();
  for (;;) {
    const result = await store.append('s', 'any', [event]).catch((): undefined => undefined);
    if (result !== undefined) return result;
    await wait(50);
  }
}

describe.runIf(disk !== undefined)('a full disk', () => {
  it(
    'refuses appends, keeps what was acknowledged, and is no more once there is space',
    { timeout: 60_000 },
    async () => {
      const { folder: place, fill, free, remove } = disk!;
      const dataDir = join(place, 'data');
      const postgres = await startEmbeddedPostgres({ dataDir });
      await migrate(postgres.url);
      const pool = createPool(postgres.url);
      const store = createPostgresEventStore(pool);
      try {
        fill();
        const kept = [...(await appendUntilRefused(store))];
        free();
        expect(await appendOnceItIsBack(store)).toMatchObject({ kind: 'appended' });

        fill();
        await useUpLog(dataDir, fill);
        kept.push(...(await appendUntilRefused(store)));
        free();
        expect(await appendOnceItIsBack(store)).toMatchObject({ kind: 'appended' });

        const log = await wholeLog(store);
        expect(faultsOf(log)).toEqual([]);
        expect(ids(log)).toEqual(expect.arrayContaining([...kept]));
      } finally {
        free();
        await store.close();
        await pool.end();
        await postgres.stop();
        remove();
        rmSync(folder, { recursive: true, force: true });
      }
    },
  );
});
