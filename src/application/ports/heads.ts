/**
 * Signed heads: what the log was at an instant, signed and kept outside of the database, so that whoever can rewrite the
 * whole log, with all its hashes, can still not pass it off as the one that was written. docs/audit.md says what that proves.
 */
import { NO_HASH } from './event-chain.ts';
import type { Position } from './event-store.ts';

/** How many events a log had in its total order, and two running digests over them; see `digestAfter`. */
export interface Tally {
  readonly count: number;
  /** Over the events' hashes: the same in every store that holds the same events in the same order. */
  readonly digest: string;
  /** Over the events' positions: this store's own. */
  readonly positions: string;
}

/** The tally of an empty log. */
export const NOTHING: Tally = { count: 0, digest: NO_HASH, positions: NO_HASH };

/** A log with at least one event, at an instant. */
export interface Head extends Tally {
  /** Which store held it: positions of another one do not compare. */
  readonly log: string;
  /** The last of the events. */
  readonly last: {
    readonly stream: string;
    readonly revision: number;
    readonly position: Position;
    readonly hash: string;
  };
  /** RFC 3339, UTC, milliseconds. */
  readonly signedAt: string;
  /** SHA-256 of the line of the head before it, `NO_HASH` for the first. */
  readonly previous: string;
  /** The fingerprint of the key that signs it: SHA-256 of the public key's SPKI form, in hexadecimal digits. */
  readonly key: string;
}

export interface Signed {
  /** Base64. */
  readonly signature: string;
}

export type SignedHead = Head & Signed;

/** Where heads are kept, oldest first. They are only ever added. */
export interface Heads {
  /** The newest one; null when there is none yet. Throws when what stands there is no head. */
  last(): Promise<SignedHead | null>;
  /** Resolves when it will survive a crash of the machine. Throws when `previous` is not the newest one any more. */
  append(head: SignedHead): Promise<void>;
}

export interface Signer {
  /** The fingerprint of its public key. */
  readonly key: string;
  /** The signature of a text's UTF-8 bytes, as base64. */
  sign(text: string): string;
}

/** The public keys that somebody trusts. */
export interface Trust {
  has(key: string): boolean;
  /** False also for a key that is not trusted. */
  isSigned(key: string, text: string, signature: string): boolean;
}
