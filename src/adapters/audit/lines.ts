/** Files of lines, read strictly: what a kind reader would mend or join is a fault here. */
import { isUtf8 } from 'node:buffer';
import { open } from 'node:fs/promises';

export class BadLine extends Error {
  override readonly name = 'BadLine';
  /** Counted from 1. */
  readonly number: number;
  readonly problem: string;

  constructor(number: number, problem: string) {
    super(`line ${number} ${problem}`);
    this.number = number;
    this.problem = problem;
  }
}

/** The problem of a last line without a line feed. */
export const CUT_OFF = 'is cut off';

const LINE_FEED = 0x0a;
const BLOCK = 1 << 20;
/** Far more than an event can have. */
const LONGEST = 1 << 26;

export interface Lines {
  /** The number of the first of them, counted from 1. */
  readonly first: number;
  readonly lines: readonly string[];
}

/** The lines of a file, some hundreds at a time, without their line feeds. Throws `BadLine` for what is not whole UTF-8 lines. */
export async function* readLines(file: string): AsyncGenerator<Lines> {
  const handle = await open(file, 'r');
  try {
    let first = 1;
    let rest: Buffer = Buffer.alloc(0);
    for (;;) {
      const { buffer, bytesRead } = await handle.read(Buffer.allocUnsafe(BLOCK), 0, BLOCK);
      if (bytesRead === 0) break;
      const bytes = Buffer.concat([rest, buffer.subarray(0, bytesRead)]);
      const end = bytes.lastIndexOf(LINE_FEED);
      rest = bytes.subarray(end + 1);
      if (rest.length > LONGEST) throw new BadLine(first, 'is too long');
      if (end < 0) continue;
      const lines = bytes.toString('utf8', 0, end).split('\n');
      if (!isUtf8(bytes.subarray(0, end))) yield* untilNotUtf8(first, bytes.subarray(0, end));
      yield { first, lines };
      first += lines.length;
    }
    if (rest.length > 0) throw new BadLine(first, CUT_OFF);
  } finally {
    await handle.close();
  }
}

/** The lines before the first that is not UTF-8; throws for that one. */
function* untilNotUtf8(first: number, bytes: Buffer): Generator<Lines, never> {
  const lines: string[] = [];
  for (let begin = 0; ;) {
    const feed = bytes.indexOf(LINE_FEED, begin);
    const line = bytes.subarray(begin, feed < 0 ? bytes.length : feed);
    if (!isUtf8(line)) break;
    lines.push(line.toString('utf8'));
    begin += line.length + 1;
  }
  if (lines.length > 0) yield { first, lines };
  throw new BadLine(first + lines.length, 'is not UTF-8');
}
