/**
 * `npm run chaos -- --crashes N --seed S [--bug NAME] [--world W] [--json] [--list-bugs]`: kills the product again and
 * again before a broker that fails, and judges what is left. Ends with 1 when anything is violated.
 */
import { parseArgs } from 'node:util';
import { BUGS } from './bugs/all.ts';
import { digestOf, planRun } from './plan/plan.ts';
import { reportOf, verdictOf } from './report.ts';
import { run } from './run.ts';

const USAGE = 'usage: npm run chaos -- [--crashes N] [--seed S] [--bug NAME] [--world W] [--json] | --list-bugs';

function fail(line: string): never {
  console.error(line);
  process.exit(1);
}

function whole(name: string, text: string, least: number): number {
  const value = Number(text);
  return Number.isSafeInteger(value) && value >= least ? value : fail(`${name} must be a whole number from ${least}`);
}

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
    if (values.bug !== undefined && !BUGS.some(({ name }) => name === values.bug))
      return fail(`there is no bug ${values.bug}; there are ${BUGS.map(({ name }) => name).join(', ')}`);
    return {
      crashes: whole('--crashes', values.crashes, 1),
      seed: values.seed === undefined ? Date.now() % 1_000_000 : whole('--seed', values.seed, 0),
      bug: values.bug ?? null,
      world: values.world === undefined ? null : whole('--world', values.world, 0),
      json: values.json,
      listBugs: values['list-bugs'],
    };
  } catch (error) {
    return fail(`${(error as Error).message}\n${USAGE}`);
  }
}

const { crashes, seed, bug, world, json, listBugs } = read();
if (listBugs) {
  for (const { name, sentence } of BUGS) console.log(`${name}: ${sentence}`);
  process.exit(0);
}

const plan = planRun(seed, crashes).filter(({ index }) => world === null || index === world);
const say = (line: string): void => console.error(`  ${line}`);
const begun = performance.now();
say(
  `seed ${seed}, ${crashes} crashes in ${plan.length} worlds${bug === null ? '' : `, with the bug ${bug}`}, plan ${digestOf(plan)}`,
);
const settings = { bug, worlds: 2, doubts: 'wait', exhibits: `.build/chaos/seed-${seed}`, say } as const;
const interrupted = new AbortController();
for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => interrupted.abort());
const worlds = await run(plan, settings, interrupted.signal);
if (interrupted.signal.aborted) fail('interrupted');
const verdict = verdictOf(worlds);
const [first] = worlds.flatMap(({ violations }) => violations);
if (!json) for (const line of reportOf(worlds)) console.log(line);
say(`${((performance.now() - begun) / 1000).toFixed(0)} s`);
if (bug !== null) {
  const breaks = BUGS.find(({ name }) => name === bug)?.breaks ?? [];
  const by = breaks.filter((each) =>
    worlds.some(({ violations }) => violations.some(({ invariant }) => invariant === each)),
  );
  say(by.length > 0 ? `the bug ${bug} was found by ${by.join(', ')}` : `the bug ${bug} was NOT found`);
}
if (first !== undefined) {
  const again = `--crashes ${crashes} --seed ${seed} --world ${first.world}${bug === null ? '' : ` --bug ${bug}`}`;
  say(`violated after crash ${first.crash} of world ${first.world}; the same again: npm run chaos -- ${again}`);
}
if (json) console.log(JSON.stringify(verdict));
if (!verdict.ok) process.exitCode = 1;
