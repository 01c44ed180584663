/** Heads in a file, one a line. */
import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { headLine, readHead } from '../../application/audit/head.ts';
import { NO_HASH } from '../../application/ports/event-chain.ts';
import type { Heads, SignedHead } from '../../application/ports/heads.ts';
import { sha256 } from '../node/sha256.ts';
import { BadLine, CUT_OFF, readLines } from './lines.ts';

const LINE_FEED = 0x0a;
/** More than a head's line can have. */
const TAIL = 4_096;

/** What a crash left half written at the end was never promised to anybody: it is cut off before the next head. */
export function createHeadFile(file: string): Heads {
  return {
    last: () =>
      withFile(file, async (handle) => {
        const { line } = await readEnd(handle);
        if (line === null) return null;
        const head = readHead(line);
        if (head === null) throw new Error(`the last line of ${file} is not a head`);
        return head;
      }),
    append: (head) =>
      withFile(file, async (handle) => {
        const { line, end } = await readEnd(handle);
        if (head.previous !== (line === null ? NO_HASH : sha256(line))) {
          throw new Error(`another process has written to ${file}`);
        }
        await handle.truncate(end);
        // `write` may write a part only, as on a disk that fills up, and not say so.
        await handle.appendFile(`${headLine(head)}\n`);
        await handle.sync();
      }),
  };
}

/** Every head of such a file, oldest first; none when it is missing. Throws `BadLine` for a line that is no head. */
export async function readHeads(file: string): Promise<readonly SignedHead[]> {
  const heads: SignedHead[] = [];
  try {
    for await (const { first, lines } of readLines(file)) {
      for (const [index, line] of lines.entries()) {
        const head = readHead(line);
        if (head === null) throw new BadLine(first + index, 'is not a head as it was written');
        heads.push(head);
      }
    }
  } catch (error) {
    const isHalfWritten = error instanceof BadLine && error.problem === CUT_OFF;
    if (!isHalfWritten && (error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  return heads;
}

/** The last whole line, null when there is none, and where it ends in the file. */
async function readEnd(handle: FileHandle): Promise<{ readonly line: string | null; readonly end: number }> {
  const { size } = await handle.stat();
  const from = Math.max(0, size - TAIL);
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(size - from), 0, size - from, from);
  const feed = buffer.subarray(0, bytesRead).lastIndexOf(LINE_FEED);
  if (feed < 0) return { line: null, end: 0 };
  const begin = feed === 0 ? 0 : buffer.lastIndexOf(LINE_FEED, feed - 1) + 1;
  return { line: buffer.toString('utf8', begin, feed), end: from + feed + 1 };
}

async function withFile<T>(file: string, use: (handle: FileHandle) => Promise<T>): Promise<T> {
  const handle = await openOrMake(file);
  try {
    return await use(handle);
  } finally {
    await handle.close();
  }
}

/** A new file is made known to its folder, so that a crash does not lose it. */
async function openOrMake(file: string): Promise<FileHandle> {
  try {
    return await open(file, constants.O_RDWR | constants.O_APPEND);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  const made = await open(file, 'ax+');
  const folder = await open(dirname(file), 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
  return made;
}
