/**
 * `npm run simulate -- [--orders N] [--seed N] [--seeds N] [--bug NAME] [--workers N] [--json]`: the order path in virtual
 * time. Ends with 1 when an invariant was violated. The same seed gives the same run, to the last event.
 */
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { bugNamed, fail, listBugs, whole } from '../support/arguments.ts';
import { BUGS } from '../chaos/bugs/all.ts';
import { printReport, reportOn } from './report.ts';
import type { WorldReport } from './report.ts';
import { worldsOf } from './plan.ts';
import type { PlannedWorld } from './plan.ts';
import { simulate } from './simulate.ts';

const USAGE = `usage: npm run simulate -- [--orders N] [--seed N] [--seeds N] [--bug NAME] [--workers N] [--json] [--list-bugs]`;

function read() {
  try {
    const { values } = parseArgs({
      options: {
        orders: { type: 'string', default: '20000' },
        seed: { type: 'string', default: `${Date.now() % 1_000_000}` },
        seeds: { type: 'string', default: '1' },
        workers: { type: 'string', default: `${Math.min(4, availableParallelism())}` },
        bug: { type: 'string' },
        json: { type: 'boolean', default: false },
        'list-bugs': { type: 'boolean', default: false },
      },
    });
    if (values['list-bugs']) return listBugs(BUGS);
    return {
      orders: whole('--orders', values.orders, 1),
      seed: whole('--seed', values.seed, 0),
      seeds: whole('--seeds', values.seeds, 1),
      workers: whole('--workers', values.workers, 1),
      bug: bugNamed(BUGS, values.bug)?.name ?? null,
      json: values.json,
    };
  } catch (error) {
    return fail(`${(error as Error).message}\n${USAGE}`);
  }
}

/** Runs one world; a fault of the simulation itself is a violation too. */
async function runWorld({ seed, orders }: PlannedWorld, bug: string | null): Promise<WorldReport> {
  const planted = BUGS.find(({ name }) => name === bug);
  const { evidence: _, ...result } = await simulate({ seed, orders, bug: planted?.plant ?? null });
  return result;
}

async function inWorkers(worlds: readonly PlannedWorld[], count: number, bug: string | null): Promise<WorldReport[]> {
  const reports: WorldReport[] = [];
  let next = 0;
  await Promise.all(
    Array.from({ length: Math.min(count, worlds.length) }, async () => {
      const worker = new Worker(new URL(import.meta.url), {
        workerData: { bug },
        resourceLimits: { maxYoungGenerationSizeMb: 64 },
      });
      for (let index = next; (next += 1), index < worlds.length; index = next) {
        worker.postMessage(worlds[index]);
        reports[index] = await new Promise<WorldReport>((resolve, reject) => {
          worker.once('message', resolve);
          worker.once('error', reject);
        });
      }
      await worker.terminate();
    }),
  );
  return reports;
}

if (isMainThread) {
  const { orders, seed, seeds, workers, bug, json } = read();
  const worlds = worldsOf({ orders, seed, seeds });
  if (!json) console.error(`  ${worlds.length} worlds from seed ${seed}, ${workers} at a time`);
  const begin = performance.now();
  const reports = await inWorkers(worlds, workers, bug);
  const report = reportOn(reports, { seed, bug, wallMs: performance.now() - begin });
  printReport(report, json);
  if (!report.ok) process.exitCode = 1;
} else {
  const { bug } = workerData as { readonly bug: string | null };
  parentPort?.on('message', (world: PlannedWorld) => {
    void runWorld(world, bug).then((report) => parentPort?.postMessage(report));
  });
}
