/** Files of lines, read strictly: what a kind reader would mend or join is a fault here. */
import { isAscii, isUtf8 } from 'node:buffer';
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
      const whole = bytes.subarray(0, end);
      const lines = isAscii(whole) ? whole.toString('latin1').split('\n') : decoded(first, whole);
      if (lines instanceof BadLine) throw lines;
      yield { first, lines };
      first += lines.length;
    }
    if (rest.length > 0) throw new BadLine(first, CUT_OFF);
  } finally {
    await handle.close();
  }
}

/** The lines of a block, each by itself: so those that are plain ASCII take half of the memory and time. */
function decoded(first: number, bytes: Buffer): string[] | BadLine {
  const lines: string[] = [];
  for (let begin = 0; begin <= bytes.length;) {
    const feed = bytes.indexOf(LINE_FEED, begin);
    const line = bytes.subarray(begin, feed < 0 ? bytes.length : feed);
    if (!isUtf8(line)) return new BadLine(first + lines.length, 'is not UTF-8');
    lines.push(line.toString('utf8'));
    begin += line.length + 1;
  }
  return lines;
}
