/** Heads in a file, one a line. */
import { open } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { headLine, readHead } from '../../application/audit/head.ts';
import type { Heads, SignedHead } from '../../application/ports/heads.ts';
import { BadLine, CUT_OFF, readLines } from './lines.ts';

const LINE_FEED = 0x0a;
/** More than a head's line can have. */
const TAIL = 4_096;

/** What a crash left half written at the end was never promised to anybody: it is cut off before the next head. */
export function createHeadFile(file: string): Heads {
  return {
    async last() {
      return withFile(file, async (handle) => {
        const tail = await readTail(handle);
        const end = tail.lastIndexOf(LINE_FEED);
        if (end < 0) return null;
        const begin = end === 0 ? 0 : tail.lastIndexOf(LINE_FEED, end - 1) + 1;
        const head = readHead(tail.toString('utf8', begin, end));
        if (head === null) throw new Error(`the last line of ${file} is not a head`);
        return head;
      });
    },
    async append(head) {
      await withFile(file, async (handle) => {
        const { size } = await handle.stat();
        const tail = await readTail(handle);
        const whole = size - (tail.length - 1 - tail.lastIndexOf(LINE_FEED));
        if (whole < size) await handle.truncate(whole);
        await handle.write(`${headLine(head)}\n`, whole);
        await handle.sync();
      });
    },
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

async function readTail(handle: FileHandle): Promise<Buffer> {
  const { size } = await handle.stat();
  const length = Math.min(size, TAIL);
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, size - length);
  return buffer.subarray(0, bytesRead);
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
    return await open(file, 'r+');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  const made = await open(file, 'wx+');
  const folder = await open(dirname(file), 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
  return made;
}
