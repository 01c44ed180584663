/** `npm run bench [-- name ...] [--json]`: runs the benchmarks that are named, or all of them. */
import { cpus } from 'node:os';
import { audit } from './audit.ts';
import { eventStore } from './event-store.ts';
import { millionEvents } from './million-events.ts';
import { orderPath } from './order-path.ts';
import { print } from './report.ts';
import type { Figure } from './report.ts';

const BENCHMARKS: Readonly<Record<string, (say: (line: string) => void) => Promise<readonly Figure[]>>> = {
  'order-path': orderPath,
  audit,
  'event-store': eventStore,
  'million-events': millionEvents,
};

const asJson = process.argv.includes('--json');
const named = process.argv.slice(2).filter((word) => !word.startsWith('--'));
const unknown = named.filter((name) => !(name in BENCHMARKS));
if (unknown.length > 0) {
  console.error(`no such benchmark: ${unknown.join(', ')}; there are ${Object.keys(BENCHMARKS).join(', ')}`);
  process.exit(1);
}

const machine = `${cpus().length} cores (${cpus()[0]?.model.trim() ?? 'unknown'}), Node ${process.version}`;
console.error(`  ${machine}`);
for (const [name, run] of Object.entries(BENCHMARKS)) {
  if (named.length > 0 && !named.includes(name)) continue;
  print(await run((line) => console.error(`  ${line}`)), asJson);
}
