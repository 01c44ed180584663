/**
 * What EventStoreDB 24.10 keeps and by which rules, without its protocol: one log, streams over it, and its checks of
 * what may be appended (`IndexWriter.CheckCommit` in its sources). It outlives the stand-in server in front of it.
 */

export interface Proposal {
  readonly id: string;
  readonly type: string;
  readonly contentType: string;
  readonly data: Uint8Array;
  readonly metadata: Uint8Array;
}

export interface LogRecord extends Proposal {
  readonly stream: string;
  readonly revision: number;
  /** Of the record in the log; commit and prepare position are the same. */
  readonly position: bigint;
  readonly created: Date;
}

/** A revision, or -1 for an empty stream. */
export type Expected = number | 'any' | 'stream-exists';

export type Appended =
  | { readonly kind: 'success'; readonly revision: number; readonly position: bigint }
  | { readonly kind: 'wrong-expected-version'; readonly current: number }
  | { readonly kind: 'deleted' }
  | { readonly kind: 'too-large' };

export interface Log {
  readonly records: readonly LogRecord[];
  readonly maxAppendSize: number;
  /** Undefined for a stream that never was. */
  stream(name: string): readonly LogRecord[] | undefined;
  isDeleted(stream: string): boolean;
  append(stream: string, expected: Expected, proposals: readonly Proposal[]): Appended;
  tombstone(stream: string): void;
  /** Calls back after every append, until the answer is called. */
  onAppend(told: () => void): () => void;
}

const EMPTY = new Uint8Array();
const STATISTICS_EVERY = 7;

export function createLog({ maxAppendSize = 1_048_576 }: { readonly maxAppendSize?: number } = {}): Log {
  const records: LogRecord[] = [];
  const streams = new Map<string, LogRecord[]>();
  const deleted = new Set<string>();
  const listeners = new Set<() => void>();
  let end = 0n;

  function write(stream: string, proposal: Proposal): LogRecord {
    const before = streams.get(stream) ?? [];
    const record = { ...proposal, stream, revision: before.length, position: end, created: new Date() };
    // Records are of different lengths, so positions have gaps.
    end += BigInt(127 + stream.length + proposal.data.length + proposal.metadata.length);
    records.push(record);
    before.push(record);
    streams.set(stream, before);
    return record;
  }

  /** A real server's log has such events from its first start on. */
  function writeSystemEvent(stream: string, type: string): void {
    const data = new TextEncoder().encode('{"of":"the server"}');
    write(stream, { id: crypto.randomUUID(), type, contentType: 'application/json', data, metadata: EMPTY });
  }

  writeSystemEvent('$settings', '$settings');
  writeSystemEvent('$user-admin', '$UserCreated');

  function append(stream: string, expected: Expected, proposals: readonly Proposal[]): Appended {
    if (sizeOf(proposals) > maxAppendSize) return { kind: 'too-large' };
    if (deleted.has(stream)) return { kind: 'deleted' };
    const before = streams.get(stream) ?? [];
    const current = before.length - 1;
    const wrong: Appended = { kind: 'wrong-expected-version', current };
    if (expected === 'stream-exists' && current === -1) return wrong;
    if (typeof expected === 'number' && expected > current) return wrong;
    // Equal to the current revision: no look at the ids at all, so that a known one is stored once more.
    if (expected !== current) {
      const known = storedAlready(before, expected, proposals);
      if (known !== undefined) return { kind: 'success', revision: known.revision, position: known.position };
      if (typeof expected === 'number') return wrong;
    }
    const written = proposals.map((proposal) => write(stream, proposal));
    if (records.length % STATISTICS_EVERY === 0) writeSystemEvent('$stats-127.0.0.1:2113', '$statsCollected');
    for (const told of listeners) told();
    const last = written.at(-1);
    return { kind: 'success', revision: current + proposals.length, position: last?.position ?? end };
  }

  return {
    records,
    maxAppendSize,
    append,
    stream: (name) => streams.get(name),
    isDeleted: (stream) => deleted.has(stream),
    tombstone(stream) {
      deleted.add(stream);
      streams.delete(stream);
    },
    onAppend(told) {
      listeners.add(told);
      return () => listeners.delete(told);
    },
  };
}

/**
 * The last record of a batch that stands in the stream as a whole, right after the expected revision; with no revision
 * expected, wherever its first id stands.
 */
function storedAlready(
  before: readonly LogRecord[],
  expected: Expected,
  proposals: readonly Proposal[],
): LogRecord | undefined {
  const first =
    typeof expected === 'number' ? expected + 1 : before.findIndex((record) => record.id === proposals[0]?.id);
  if (first === -1) return undefined;
  const isWhole = proposals.every(({ id }, index) => before[first + index]?.id === id);
  return isWhole ? before[first + proposals.length - 1] : undefined;
}

const sizeOf = (proposals: readonly Proposal[]): number =>
  proposals.reduce((sum, { data, metadata, type }) => sum + data.length + metadata.length + 2 * type.length, 0);
