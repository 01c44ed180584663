import { NO_HASH } from '../../application/ports/event-chain.ts';
import type { EventStore, RecordedEvent } from '../../application/ports/event-store.ts';
import { follows, type Head } from './chain.ts';
import { connect } from './connection.ts';
import { ForeignEvent } from './errors.ts';
import type { EventStoreDbOptions } from './event-store.ts';
import { createNamespace } from './namespace.ts';
import { createReads } from './reads.ts';
import { createSend } from './send.ts';

/** EventStoreDB as the place that recorded events are copied to. */
export interface ImportTarget extends Pick<EventStore, 'readAll'> {
  /** The newest event that is there already; null for none. */
  readLast(): Promise<RecordedEvent | null>;
  /**
   * Appends recorded events as they are, with their time, revision and hash, in the order given; what is there already
   * stays as it is. Throws `ForeignEvent`, before it stores any event that does not follow its predecessor by revision
   * and hash; `BatchTooLarge` for an event above the server's limit; and what an append throws. Importing the same events
   * again after any of them is safe.
   */
  importEvents(events: readonly RecordedEvent[]): Promise<void>;
  close(): Promise<void>;
}

/** Half of what a server takes at once unless it was set otherwise; a single event may have more. */
const MOST_BYTES = 500_000;
const MOST_EVENTS = 500;

/** Throws `TypeError` for a bad address, like `createEventStoreDbStore`. */
export function openImport(
  url: string,
  { prefix = '', timeoutMs = 10_000, onError = () => {} }: Omit<EventStoreDbOptions, 'now' | 'mostIds'> = {},
): ImportTarget {
  const namespace = createNamespace(prefix);
  const connection = connect(url, { timeoutMs, onError });
  const reads = createReads(connection, namespace);
  const send = createSend(connection, namespace);
  const heads = new Map<string, Head>();

  async function headOf(stream: string): Promise<Head> {
    const [last] = await reads.readStream(stream, { direction: 'backwards', limit: 1 });
    return last ?? { revision: -1, hash: NO_HASH };
  }

  /** Imports events of one stream that are side by side. */
  async function importRun(stream: string, run: readonly RecordedEvent[]): Promise<void> {
    const remembered = heads.get(stream);
    const head = remembered ?? (await headOf(stream));
    // Remembered again only when this has worked.
    heads.delete(stream);
    const known = run.filter(({ revision }) => revision <= head.revision);
    if (known.length > 0) await expectStored(stream, known);
    const missing = run.slice(known.length);
    const end = missing.at(-1) ?? head;
    missing.forEach((event, index) => {
      if (!follows(missing[index - 1] ?? head, event)) throw new ForeignEvent(`${nameOf(event)} does not follow there`);
    });
    if (missing.length > 0 && (await send(stream, head.revision, missing)) === 'lost') {
      if (remembered === undefined) throw new ForeignEvent(`somebody else writes to ${stream}`);
      return importRun(stream, run);
    }
    heads.set(stream, { revision: end.revision, hash: end.hash });
  }

  async function expectStored(stream: string, events: readonly RecordedEvent[]): Promise<void> {
    const found = await reads.readStream(stream, { from: events[0]!.revision, limit: events.length });
    const other = events.find(({ hash }, index) => found[index]?.hash !== hash);
    if (other !== undefined) throw new ForeignEvent(`there is another event in the place of ${nameOf(other)}`);
  }

  return {
    readAll: reads.readAll,
    readLast: reads.readLast,
    async importEvents(events) {
      for (const run of runsOf(events)) await importRun(run[0]!.stream, run);
    },
    close: () => connection.close(),
  };
}

const nameOf = ({ stream, revision }: RecordedEvent): string => `event ${revision} of ${stream}`;

/** Neighbours of the same stream, as many as fit into one append: the total order stays what it was. */
function runsOf(events: readonly RecordedEvent[]): readonly (readonly RecordedEvent[])[] {
  const runs: RecordedEvent[][] = [];
  let bytes = 0;
  for (const event of events) {
    const size = Buffer.byteLength(JSON.stringify(event));
    const run = runs.at(-1);
    if (run?.[0]?.stream === event.stream && run.length < MOST_EVENTS && bytes + size <= MOST_BYTES) {
      run.push(event);
      bytes += size;
    } else {
      runs.push([event]);
      bytes = size;
    }
  }
  return runs;
}
