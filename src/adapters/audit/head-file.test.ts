import { spawnSync } from 'node:child_process';
import { appendFileSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { headsOver, sampleEvents } from '../../../bench/audit/sample-log.ts';
import { headLine } from '../../application/audit/head.ts';
import { createHeadFile, readHeads } from './head-file.ts';
import { signingKey } from './keys.ts';

const heads = headsOver(sampleEvents({ events: 20, streams: 3 }), 2, signingKey(Buffer.alloc(32, 1)));
let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tradsy-heads-'));
  file = join(folder, 'heads.jsonl');
});
afterEach(() => rmSync(folder, { recursive: true }));

it('keeps heads, one a line, and finds the last one', async () => {
  expect(await createHeadFile(file).last()).toBeNull();
  for (const head of heads) {
    await createHeadFile(file).append(head);
    expect(await createHeadFile(file).last()).toEqual(head);
  }
  expect(readFileSync(file, 'utf8')).toBe(heads.map((head) => `${headLine(head)}\n`).join(''));
  expect(await readHeads(file)).toEqual(heads);
});

it('knows none where there is no file', async () => {
  expect(await readHeads(file)).toEqual([]);
});

it.each([0, 1])('passes over what a crash left half written, and cuts it off, after %i heads', async (count) => {
  const whole = heads.slice(0, count);
  for (const head of whole) await createHeadFile(file).append(head);
  appendFileSync(file, headLine(heads[count]!).slice(0, 100));
  expect(await createHeadFile(file).last()).toEqual(whole.at(-1) ?? null);
  expect(await readHeads(file)).toEqual(whole);
  await createHeadFile(file).append(heads[count]!);
  expect(await readHeads(file)).toEqual(heads.slice(0, count + 1));
});

it('refuses a head that does not follow the last one, as when two processes write', async () => {
  await createHeadFile(file).append(heads[0]!);
  await createHeadFile(file).append(heads[1]!);
  await expect(createHeadFile(file).append(heads[1]!)).rejects.toThrow('another process');
  await expect(createHeadFile(file).append(heads[0]!)).rejects.toThrow('another process');
  expect(await readHeads(file)).toEqual(heads.slice(0, 2));
});

it('fails when the disk takes a part of a head only', async () => {
  await createHeadFile(file).append(heads[0]!);
  const program = join(folder, 'append.mjs');
  await build({
    stdin: {
      contents: `import { createHeadFile } from './head-file.ts';
        await createHeadFile(${JSON.stringify(file)}).append(${JSON.stringify(heads[1])});`,
      resolveDir: import.meta.dirname,
    },
    outfile: program,
    bundle: true,
    platform: 'node',
    format: 'esm',
    logLevel: 'silent',
  });
  // A limit of 512-byte blocks on the length of files: like a full disk it takes what still fits, and refuses the rest.
  const blocks = Math.ceil(statSync(file).size / 512);
  const limited = ['-c', `ulimit -f ${blocks} && exec "$0" "$1"`, process.execPath, program];
  const { status, stderr } = spawnSync('sh', limited, { encoding: 'utf8' });
  expect(stderr).toMatch(/EFBIG/);
  expect(status).not.toBe(0);
  expect(statSync(file).size).toBe(blocks * 512);
  expect(await readHeads(file)).toEqual(heads.slice(0, 1));
  await createHeadFile(file).append(heads[1]!);
  expect(await readHeads(file)).toEqual(heads.slice(0, 2));
});

it('takes nothing for a head that is not one to the letter', async () => {
  const [first, second] = heads.map(headLine);
  writeFileSync(file, `${first}\n${second!.replace('{', '{ ')}\n`);
  await expect(createHeadFile(file).last()).rejects.toThrow('is not a head');
  await expect(readHeads(file)).rejects.toThrow('line 2 is not a head');
});
