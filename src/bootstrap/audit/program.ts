/** What the programs of the audit have in common: arguments, progress, one clear line when something is in the way. */
import { EventsHidden } from '../../adapters/audit/log-source.ts';
import { StartupError } from '../startup-error.ts';

/** Runs a program and ends the process with the exit code it gives; Ctrl-C ends it in order. */
export async function runProgram(main: (interrupted: AbortSignal) => Promise<number>): Promise<void> {
  const interrupted = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => interrupted.abort(new StartupError('interrupted')));
  }
  try {
    process.exitCode = await main(interrupted.signal);
  } catch (error) {
    if (!(error instanceof StartupError || error instanceof EventsHidden)) throw error;
    console.error(`tradsy: ${error.message}`);
    // At once: what was interrupted may still be reading.
    process.exit(1);
  }
}

/** What `parse` makes of the command line. Throws StartupError when it is not what it should be. */
export function readOptions<T>(parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    throw new StartupError((error as Error).message.split('. ')[0] ?? 'wrong options');
  }
}

export const say = (line: string): void => console.error(`  ${line}`);

/** Says how many events there were so far, once a second. */
export function progress(did: string): (events: number) => void {
  let said = performance.now();
  return (events) => {
    if (performance.now() - said < 1_000) return;
    said = performance.now();
    say(`${events.toLocaleString('en')} events ${did} ...`);
  };
}
