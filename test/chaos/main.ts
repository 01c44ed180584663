/**
 * `npm run chaos -- --crashes N --seed S [--bug NAME] [--world W] [--json] [--list-bugs]`: kills the product again and
 * again before a broker that fails, and judges what is left. Ends with 1 when anything is violated.
 */
import { parseArgs } from 'node:util';
import { bugNamed, fail, listBugs, whole } from '../support/arguments.ts';
import { BUGS } from './bugs/all.ts';
import { digestOf, planRun } from './plan/plan.ts';
import { reportOf, verdictOf } from './report.ts';
import { run } from './run.ts';

const USAGE = 'usage: npm run chaos -- [--crashes N] [--seed S] [--bug NAME] [--world W] [--json] | --list-bugs';

function read() {
  try {
    const { values } = parseArgs({
      options: {
        crashes: { type: 'string', default: '500' },
        seed: { type: 'string' },
        bug: { type: 'string' },
        world: { type: 'string' },
        json: { type: 'boolean', default: false },
        'list-bugs': { type: 'boolean', default: false },
      },
    });
    if (values['list-bugs']) return listBugs(BUGS);
    return {
      crashes: whole('--crashes', values.crashes, 1),
      seed: values.seed === undefined ? Date.now() % 1_000_000 : whole('--seed', values.seed, 0),
      bug: bugNamed(BUGS, values.bug),
      world: values.world === undefined ? null : whole('--world', values.world, 0),
      json: values.json,
    };
  } catch (error) {
    return fail(`${(error as Error).message}\n${USAGE}`);
  }
}

const { crashes, seed, bug, world, json } = read();
const plan = planRun(seed, crashes).filter(({ index }) => world === null || index === world);
const say = (line: string): void => console.error(`  ${line}`);
const begun = performance.now();
say(
  `seed ${seed}, ${crashes} crashes in ${plan.length} worlds${bug === null ? '' : `, with the bug ${bug.name}`}, plan ${digestOf(plan)}`,
);
const settings = {
  bug: bug?.name ?? null,
  worlds: 1,
  doubts: 'wait',
  exhibits: `.build/chaos/seed-${seed}`,
  say,
} as const;
const interrupted = new AbortController();
for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => interrupted.abort());
const worlds = await run(plan, settings, interrupted.signal);
if (interrupted.signal.aborted) fail('interrupted');
const verdict = verdictOf(worlds);
const [first] = worlds.flatMap(({ violations }) => violations);
if (!json) for (const line of reportOf(worlds)) console.log(line);
say(`${((performance.now() - begun) / 1000).toFixed(0)} s`);
if (bug !== null) {
  const by = bug.breaks.filter((each) =>
    worlds.some(({ violations }) => violations.some(({ invariant }) => invariant === each)),
  );
  say(by.length > 0 ? `the bug ${bug.name} was found by ${by.join(', ')}` : `the bug ${bug.name} was NOT found`);
}
if (first !== undefined) {
  const again = `--crashes ${crashes} --seed ${seed} --world ${first.world}${bug === null ? '' : ` --bug ${bug.name}`}`;
  say(`violated after crash ${first.crash} of world ${first.world}; the same again: npm run chaos -- ${again}`);
}
if (json) console.log(JSON.stringify(verdict));
// All worlds are closed; connections of a spoilt network may never end by themselves.
process.exit(verdict.ok ? 0 : 1);
