import { Stopped, mustPass, say, seconds, tool } from './foreground.mjs';

/** Everything that must be green before a change is done, in the order in which faults are cheapest to learn of. */
export async function checkAll(commands) {
  const formatted = async () => mustPass(await tool('prettier', ['--check', '--log-level=warn', '.']));
  const steps = [
    { name: 'types', run: () => commands.typecheck([]) },
    { name: 'lint', run: () => commands.lint([]) },
    { name: 'format', run: formatted },
    { name: 'boundaries', run: () => commands.boundaries([]) },
    { name: 'builds', run: () => commands.build() },
    { name: 'tests', run: () => commands.test([]) },
  ];
  const start = performance.now();
  for (const { name, run } of steps) {
    const since = performance.now();
    say(`\n== ${name}`);
    try {
      await run();
    } catch (error) {
      if (!(error instanceof Stopped)) throw error;
      throw new Stopped(1, `${error.message}\n== ${name}: FAILED after ${seconds(since)}`.trimStart());
    }
    say(`== ${name}: ok in ${seconds(since)}`);
  }
  say(`\nEverything is green, in ${seconds(start)}.`);
}
