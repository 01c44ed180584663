/** Verifying an exported log, without any database. */
import { findHeadFault } from '../../application/audit/check-heads.ts';
import { createLogCheck, type LogCheck } from '../../application/audit/check-log.ts';
import { headLine, readHead } from '../../application/audit/head.ts';
import { NO_HASH } from '../../application/ports/event-chain.ts';
import type { SignedHead, Trust } from '../../application/ports/heads.ts';
import { sha256 } from '../node/sha256.ts';
import { headerLine, readEvent, readHeader, readSeal, sealText, type Header } from './export-format.ts';
import { trustIn } from './keys.ts';
import { BadLine, readLines } from './lines.ts';
import { verdictAtEnd, type Fault, type Verdict } from './verdict.ts';

export interface VerifyFileNeeds {
  readonly file: string;
  /** Heads from elsewhere, to which the events are held instead of the file's own; null for those. */
  readonly heads: readonly SignedHead[] | null;
  /** Null to trust the keys that the file itself brings. */
  readonly trust: Trust | null;
  /** Told the fingerprints of the keys that the file brings. */
  readonly onKeys: (keys: readonly string[]) => void;
  /** Told how many events have been checked so far. */
  readonly onProgress: (events: number) => void;
}

/** Throws what the file system throws when the file can not be read. */
export async function verifyFile(needs: VerifyFileNeeds): Promise<Verdict> {
  const reading = createReading(needs);
  try {
    for await (const { first, lines } of readLines(needs.file)) {
      for (const [index, line] of lines.entries()) {
        const fault = reading.take(line);
        if (fault !== null) return { kind: 'bad', line: first + index, fault };
      }
      reading.tellProgress();
    }
  } catch (error) {
    if (!(error instanceof BadLine)) throw error;
    return { kind: 'bad', line: error.number, fault: { kind: 'line', problem: error.problem } };
  }
  return reading.end();
}

/** The way through the parts of an export: header, heads, events, seal. */
function createReading({ heads: given, trust: named, onKeys, onProgress }: VerifyFileNeeds) {
  const heads: SignedHead[] = [];
  let header: { readonly content: Header; readonly trust: Trust; readonly keys: ReadonlySet<string> } | null = null;
  let check: LogCheck | null = null;
  let isSealed = false;

  function takeHeader(line: string): Fault | null {
    const content = readHeader(line);
    if (content === null) return wrongLine('is not the header of an exported log of version 1');
    try {
      const own = trustIn(content.publicKeys);
      header = { content, trust: named ?? own, keys: new Set(own.keys) };
      onKeys(own.keys);
      return null;
    } catch {
      return wrongLine('brings a public key that can not be read');
    }
  }

  /** Before the first line that is no head: all heads must be right. */
  function beginCheck(trust: Trust, { log }: Header): LogCheck | Fault {
    const fault = findHeadFault(heads, trust, sha256) ?? findHeadFault(given ?? [], trust, sha256);
    return fault ?? createLogCheck(log, given ?? heads, sha256);
  }

  function takeSeal(line: string, { content, trust, keys }: NonNullable<typeof header>, log: LogCheck): Fault | null {
    const seal = readSeal(line);
    if (seal === null) return wrongLine('is not what was exported');
    isSealed = true;
    const lost = log.end();
    if (lost !== null) return lost;
    if (!trust.has(seal.key)) return { kind: 'seal', problem: 'key' };
    if (!trust.isSigned(seal.key, sealText(seal), seal.signature)) return { kind: 'seal', problem: 'signature' };
    const last = heads.at(-1);
    const tally = log.tally();
    const fits =
      keys.has(seal.key) &&
      seal.header === sha256(headerLine(content)) &&
      seal.lastHead === (last === undefined ? NO_HASH : sha256(headLine(last))) &&
      seal.count === tally.count &&
      seal.digest === tally.digest &&
      seal.positions === tally.positions;
    return fits ? null : { kind: 'seal', problem: 'content' };
  }

  return {
    take(line: string): Fault | null {
      if (header === null) return takeHeader(line);
      if (isSealed) return wrongLine('stands after the seal, where nothing may stand');
      if (check === null) {
        const head = line.startsWith('{"kind":"head"') ? readHead(line) : null;
        if (head !== null) {
          heads.push(head);
          return null;
        }
        const begun = beginCheck(header.trust, header.content);
        if ('kind' in begun) return begun;
        check = begun;
      }
      if (line.startsWith('{"kind":"seal"')) return takeSeal(line, header, check);
      const event = readEvent(line);
      return event === null ? wrongLine('is not what was exported') : check.take(event);
    },
    tellProgress(): void {
      onProgress(check?.tally().count ?? 0);
    },
    end(): Verdict {
      if (header === null || check === null || !isSealed)
        return { kind: 'bad', line: null, fault: { kind: 'seal', problem: 'missing' } };
      return verdictAtEnd(check, given ?? heads, header.content.exportedAt);
    },
  };
}

const wrongLine = (problem: string): Fault => ({ kind: 'line', problem });
