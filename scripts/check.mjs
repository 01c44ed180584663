import { Stopped, mustPass, say, seconds, tool } from './foreground.mjs';

/** Everything that must be green before a change is done, in the order in which faults are cheapest to learn of. */
export async function checkAll(commands) {
  const steps = [
    ['types', () => commands.typecheck([])],
    ['lint', () => commands.lint([])],
    ['format', async () => mustPass(await tool('prettier', ['--check', '--log-level=warn', '.']))],
    ['boundaries', () => commands.boundaries([])],
    ['builds', () => commands.build()],
    ['tests', () => commands.test([])],
  ];
  const start = performance.now();
  for (const [name, step] of steps) {
    const since = performance.now();
    say(`\n== ${name}`);
    try {
      await step();
    } catch (error) {
      if (!(error instanceof Stopped)) throw error;
      throw new Stopped(1, `${error.message}\n== ${name}: FAILED after ${seconds(since)}`.trimStart());
    }
    say(`== ${name}: ok in ${seconds(since)}`);
  }
  say(`\nEverything is green, in ${seconds(start)}.`);
}
