import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { BadLine, readLines } from './lines.ts';

const folder = mkdtempSync(join(tmpdir(), 'tradsy-lines-'));
afterAll(() => rmSync(folder, { recursive: true }));

async function read(content: string | Buffer): Promise<{ readonly lines: readonly string[]; readonly bad: unknown }> {
  const file = join(folder, 'lines');
  writeFileSync(file, content);
  const lines: string[] = [];
  try {
    for await (const block of readLines(file)) {
      expect(block.first).toBe(lines.length + 1);
      lines.push(...block.lines);
    }
    return { lines, bad: null };
  } catch (error) {
    if (!(error instanceof BadLine)) throw error;
    return { lines, bad: error.message };
  }
}

it.each(['plain', 'Σ 東京 🚀'])('gives every line of a file larger than what is read at once: %s', async (word) => {
  const lines = Array.from({ length: 9_000 }, (_, index) => `${index} ${word.repeat(index % 90)}`);
  expect(await read(`${lines.join('\n')}\n`)).toEqual({ lines, bad: null });
});

it('gives empty lines, and none of an empty file', async () => {
  expect(await read('\n\na\n')).toEqual({ lines: ['', '', 'a'], bad: null });
  expect(await read('')).toEqual({ lines: [], bad: null });
});

it('refuses a last line that is cut off, after those before it', async () => {
  expect(await read('a\nb')).toEqual({ lines: ['a'], bad: 'line 2 is cut off' });
});

it('refuses bytes that are no UTF-8', async () => {
  const cut = Buffer.concat([Buffer.from('a\n'), Buffer.from('東').subarray(0, 2), Buffer.from('\nb\n')]);
  expect((await read(cut)).bad).toBe('line 2 is not UTF-8');
});

it('keeps what kind readers take away: a byte order mark, a carriage return', async () => {
  expect((await read('\ufeffa\r\n')).lines).toEqual(['\ufeffa\r']);
});
