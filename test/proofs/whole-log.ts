/** The whole log of a store, and whether it is one that the port's promises allow. */
import { sha256 } from '../../src/adapters/node/sha256.ts';
import { hashOf, NO_HASH } from '../../src/application/ports/event-chain.ts';
import { START, type EventStore, type RecordedEvent } from '../../src/application/ports/event-store.ts';

const PAGE = 5_000;

export async function wholeLog(store: EventStore): Promise<readonly RecordedEvent[]> {
  const log: RecordedEvent[] = [];
  for (;;) {
    const page = await store.readAll(log.at(-1)?.position ?? START, PAGE);
    if (page.length === 0) return log;
    log.push(...page);
  }
}

/** One line for each id that is stored twice, each hole in a stream and each broken link of a chain. */
export function faultsOf(log: readonly RecordedEvent[]): readonly string[] {
  const faults: string[] = [];
  const ids = new Set<string>();
  const heads = new Map<string, RecordedEvent>();
  for (const event of log) {
    const { id, stream, revision } = event;
    const head = heads.get(stream);
    if (ids.has(id)) faults.push(`event ${id} is stored twice`);
    if (revision !== (head?.revision ?? -1) + 1) faults.push(`${stream} has a hole before revision ${revision}`);
    if (event.hash !== hashOf(head?.hash ?? NO_HASH, event, sha256))
      faults.push(`${stream}@${revision} is not chained`);
    ids.add(id);
    heads.set(stream, event);
  }
  return faults;
}
