/** How long it takes to verify an exported log of a million events offline, beside only reading and parsing its lines. */
import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exportLog } from '../src/adapters/audit/export-log.ts';
import { signingKey, trustIn } from '../src/adapters/audit/keys.ts';
import { readLines } from '../src/adapters/audit/lines.ts';
import { verifyFile } from '../src/adapters/audit/verify-file.ts';
import { headsOver, sampleEvents, SAMPLE_LOG_NAME } from './audit/sample-log.ts';
import { figure } from './report.ts';
import type { Figure } from './report.ts';

const LOG = { events: 1_000_000, streams: 100_000, headEvery: 1_000 };

export async function audit(say: (line: string) => void): Promise<readonly Figure[]> {
  const folder = await mkdtemp(join(tmpdir(), 'tradsy-audit-'));
  const file = join(folder, 'log.jsonl');
  const signer = signingKey(Buffer.alloc(32, 1));
  try {
    say('writing an export of 1,000,000 events ...');
    const heads = headsOver(sampleEvents(LOG), LOG.headEvery, signer);
    const events = sampleEvents(LOG);
    const output = await open(file, 'w');
    await exportLog({
      source: {
        name: SAMPLE_LOG_NAME,
        readAfter: async (_after, limit) => next(events, limit),
        hidesEvents: async () => false,
        census: null,
      },
      heads,
      signer,
      publicKeys: [signer.pem],
      exportedAt: '2026-01-01T00:00:00.000Z',
      write: (text) => output.writeFile(text),
      onProgress: () => {},
    });
    await output.close();

    say('verifying it ...');
    const parsing = await seconds(async () => {
      for await (const { lines } of readLines(file)) for (const line of lines) JSON.parse(line);
    });
    let kind = '';
    const needs = { file, heads: null, trust: trustIn([signer.pem]), onKeys: () => {}, onProgress: () => {} };
    const verifying = await seconds(async () => {
      kind = (await verifyFile(needs)).kind;
    });
    if (kind !== 'ok') throw new Error('the export does not verify');
    say(`${Math.round(process.memoryUsage().rss / 2 ** 20)} MB of memory`);
    return [
      figure('audit: verify 1,000,000 events', verifying, 's', parsing),
      figure('audit: events verified a second', LOG.events / verifying, '1/s', LOG.events / parsing),
    ];
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** So many of the next items (Node 20 has no `take`). */
function next<T>(items: Iterator<T>, limit: number): readonly T[] {
  const taken: T[] = [];
  while (taken.length < limit) {
    const { value, done } = items.next();
    if (done === true) break;
    taken.push(value);
  }
  return taken;
}

async function seconds(work: () => Promise<void>): Promise<number> {
  const begun = performance.now();
  await work();
  return (performance.now() - begun) / 1000;
}
