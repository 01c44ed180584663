/**
 * An exported log: one JSON object a line, in UTF-8. First the header, then the heads as they are kept, oldest first, then the
 * events in their total order, then the seal. Heads come first so that whoever reads the events knows what they must add up
 * to. Every line is the text that `JSON.stringify` writes, with the fields in the order given here, and nothing else.
 */
import type { StoredEvent } from '../../application/ports/event-chain.ts';
import type { Signed, Tally } from '../../application/ports/heads.ts';

export interface Header {
  readonly format: 'tradsy-log';
  readonly version: 1;
  /** Which store held it: see `Head.log`. */
  readonly log: string;
  /** As PEM, the current one first. */
  readonly publicKeys: readonly string[];
  /** RFC 3339, UTC, milliseconds. */
  readonly exportedAt: string;
}

/** What an export ends with: it covers all lines before it, also the events that no head speaks of yet. */
export interface Seal extends Tally {
  /** SHA-256 of the header's line. */
  readonly header: string;
  /** SHA-256 of the last head's line; `NO_HASH` without heads. */
  readonly lastHead: string;
  /** The fingerprint of the key that signs it. */
  readonly key: string;
}

export const headerLine = ({ format, version, log, publicKeys, exportedAt }: Header): string =>
  JSON.stringify({ kind: 'header', format, version, log, publicKeys, exportedAt });

/** The text that is signed. */
export const sealText = (seal: Seal): string => JSON.stringify({ kind: 'seal', ...inOrder(seal) });

export const sealLine = (seal: Seal & Signed): string =>
  JSON.stringify({ kind: 'seal', ...inOrder(seal), signature: seal.signature });

const inOrder = ({ header, count, digest, positions, lastHead, key }: Seal): Seal => ({
  header,
  count,
  digest,
  positions,
  lastHead,
  key,
});

export function eventLine(event: StoredEvent): string {
  const { stream, revision, position, id, type, recordedAt, data, metadata, hash } = event;
  const text = JSON.stringify;
  return (
    `{"kind":"event","stream":${text(stream)},"revision":${revision},"position":${text(position)},"id":${text(id)},` +
    `"type":${text(type)},"recordedAt":${text(recordedAt)},"data":${data},"metadata":${metadata},"hash":${text(hash)}}`
  );
}

/** Readers answer null for a line that is not, to the letter, one of theirs. */
export function readHeader(line: string): Header | null {
  const header = parse(line) as Header | null;
  const isOurs = header?.format === 'tradsy-log' && header.version === 1 && typeof header.log === 'string';
  const isWhole = isOurs && Array.isArray(header.publicKeys) && typeof header.exportedAt === 'string';
  return isWhole && headerLine(header) === line ? header : null;
}

export function readSeal(line: string): (Seal & Signed) | null {
  const seal = parse(line) as (Seal & Signed) | null;
  const isWhole = Number.isSafeInteger(seal?.count) && typeof seal?.signature === 'string';
  return isWhole && sealLine(seal) === line ? seal : null;
}

export function readEvent(line: string): StoredEvent | null {
  const parsed = parse(line) as StoredEvent | null;
  if (parsed === null || !isEvent(parsed)) return null;
  const { stream, revision, position, id, type, recordedAt, hash } = parsed;
  const [data, metadata] = [JSON.stringify(parsed.data), JSON.stringify(parsed.metadata)];
  // Field by field: copying objects takes as long as all the rest, and there are millions of lines.
  const event = { stream, revision, position, id, type, recordedAt, data, metadata, hash };
  return eventLine(event) === line ? event : null;
}

const isText = (value: unknown): boolean => typeof value === 'string';

const isEvent = ({ stream, revision, position, id, type, recordedAt, hash }: StoredEvent): boolean =>
  Number.isSafeInteger(revision) &&
  isText(stream) &&
  isText(position) &&
  isText(id) &&
  isText(type) &&
  isText(recordedAt) &&
  isText(hash);

function parse(line: string): object | null {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' ? value : null;
  } catch {
    return null;
  }
}
