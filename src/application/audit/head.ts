/** What a head is made of, and the line of text that it is signed and kept as. */
import type { Sha256, StoredEvent } from '../ports/event-chain.ts';
import type { Head, SignedHead, Tally } from '../ports/heads.ts';

/** A running digest after one more item: SHA-256 of the digest before, a line feed, and the item. */
export const digestAfter = (digest: string, item: string, sha256: Sha256): string => sha256(`${digest}\n${item}`);

/** The tally of a log that has one event more. */
export const tallyAfter = (tally: Tally, { hash, position }: StoredEvent, sha256: Sha256): Tally => ({
  count: tally.count + 1,
  digest: digestAfter(tally.digest, hash, sha256),
  positions: digestAfter(tally.positions, position, sha256),
});

/** The text that is signed. */
export const headText = (head: Head): string => JSON.stringify({ kind: 'head', ...inOrder(head) });

/** The line that is kept; the next head carries its hash. */
export const headLine = (head: SignedHead): string =>
  JSON.stringify({ kind: 'head', ...inOrder(head), signature: head.signature });

function inOrder({ log, count, digest, positions, last, signedAt, previous, key }: Head): Head {
  const { stream, revision, position, hash } = last;
  return { log, count, digest, positions, last: { stream, revision, position, hash }, signedAt, previous, key };
}

/** The head that a line holds; null when it is not, to the letter, the line of a head. */
export function readHead(line: string): SignedHead | null {
  try {
    const parsed = JSON.parse(line) as SignedHead;
    const head = { ...inOrder(parsed), signature: parsed.signature };
    const isWhole = Number.isSafeInteger(head.count) && typeof head.signature === 'string';
    return isWhole && headLine(head) === line ? head : null;
  } catch {
    return null;
  }
}
