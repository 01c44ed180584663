/**
 * `npm run proofs -- NAME [--times N] [--seed S] [--json]`: breaks things, and says whether the promises were kept. Ends
 * with 1 when one was broken, and with 3 when the machine does not allow it.
 */
import { parseArgs } from 'node:util';
import { fail, whole } from '../support/arguments.ts';
import { ambiguousSends } from './ambiguous-sends.ts';
import { diskFull } from './disk-full.ts';
import { droppedFrame } from './dropped-frame.ts';
import { permutations } from './fills/permutations.ts';
import { gaps } from './gaps.ts';
import { killPostgres } from './kill-postgres.ts';
import { killProjector } from './kill-projector.ts';
import { killSwitch } from './kill-switch.ts';
import { orders } from './orders.ts';
import { NotPossibleHere, randomFrom } from './proof.ts';
import type { Proof } from './proof.ts';
import { requestBudget } from './request-budget.ts';
import { restoredBackup } from './restored-backup.ts';
import { streamOutage } from './stream-outage.ts';
import { unseenFills } from './unseen-fills.ts';

const PROOFS: Readonly<Record<string, { readonly run: Proof; readonly times: number }>> = {
  'kill-postgres': { run: killPostgres, times: 20 },
  'kill-projector': { run: killProjector, times: 100 },
  'kill-switch': { run: killSwitch, times: 1 },
  'disk-full': { run: diskFull, times: 1 },
  gaps: { run: gaps, times: 3 },
  permutations: { run: permutations, times: 10_000 },
  orders: { run: orders, times: 2_000 },
  'ambiguous-sends': { run: ambiguousSends, times: 10_000 },
  'request-budget': { run: requestBudget, times: 3 },
  'stream-outage': { run: streamOutage, times: 1 },
  'dropped-frame': { run: droppedFrame, times: 10 },
  'unseen-fills': { run: unseenFills, times: 1 },
  'restored-backup': { run: restoredBackup, times: 1 },
};

const USAGE = `usage: npm run proofs -- (${Object.keys(PROOFS).join(' | ')}) [--times N] [--seed S] [--json]`;

function read() {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: { times: { type: 'string' }, seed: { type: 'string' }, json: { type: 'boolean', default: false } },
    });
    const [name = '', ...others] = positionals;
    const proof = PROOFS[name];
    if (proof === undefined || others.length > 0) return fail(USAGE);
    const seed = values.seed === undefined ? Date.now() % 1_000_000 : whole('--seed', values.seed, 0);
    const times = values.times === undefined ? proof.times : whole('--times', values.times, 1);
    return { name, run: proof.run, times, seed, json: values.json };
  } catch (error) {
    return fail(`${(error as Error).message}\n${USAGE}`);
  }
}

const { name, run, times, seed, json } = read();
const say = (line: string): void => console.error(`  ${line}`);
say(`${name}, ${times} times, seed ${seed}`);
try {
  const { facts, broken } = await run({ times, random: randomFrom(seed), say });
  if (json) console.log(JSON.stringify({ proof: name, seed, ...facts, broken, ok: broken.length === 0 }));
  else {
    for (const [fact, value] of Object.entries(facts)) console.log(`${fact.padEnd(28)} ${value}`);
    for (const line of broken) console.log(`BROKEN: ${line}`);
    if (broken.length === 0) console.log('Every promise was kept.');
  }
  if (broken.length > 0) process.exitCode = 1;
} catch (error) {
  if (error instanceof NotPossibleHere) fail(`${name} is not possible here: ${error.message}`, 3);
  throw error;
}
