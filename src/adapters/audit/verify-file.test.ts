import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { headsOver, sampleEvents } from '../../../bench/audit/sample-log.ts';
import { verdictLine, warningLine } from '../words/audit.ts';
import { asText, exportLines, verifyContent } from './export.suite.ts';
import { signingKey } from './keys.ts';
import type { VerifyFileNeeds } from './verify-file.ts';

const signer = signingKey(Buffer.alloc(32, 1));
const events = [...sampleEvents({ events: 25, streams: 4 })];
const heads = headsOver(events, 10, signer);
const folder = mkdtempSync(join(tmpdir(), 'tradsy-verify-'));
afterAll(() => rmSync(folder, { recursive: true }));

let lines: readonly string[];
beforeAll(async () => {
  lines = await exportLines(events, heads, signer);
});

const verify = (content: string | Buffer, trusting: Partial<VerifyFileNeeds> = {}) =>
  verifyContent(join(folder, 'log.jsonl'), content, signer, trusting);

const said = async (content: string | Buffer, trusting: Partial<VerifyFileNeeds> = {}): Promise<string> =>
  verdictLine(await verify(content, trusting));

describe('an export', () => {
  it('is lines that JSON.stringify would write again', () => {
    for (const line of lines) expect(JSON.stringify(JSON.parse(line))).toBe(line);
    const kinds = lines.map((line) => (JSON.parse(line) as { kind: string }).kind);
    expect(kinds.join(' ').replaceAll(/(event )+/g, 'events ')).toBe('header head head events seal');
  });

  it('holds every field of an event', () => {
    const { data, metadata, ...facts } = events[0]!;
    const parsed = { ...facts, data: JSON.parse(data) as unknown, metadata: JSON.parse(metadata) as unknown };
    expect(JSON.parse(lines[3]!)).toEqual({ kind: 'event', ...parsed });
  });

  it('verifies', async () => {
    expect(await said(asText(lines))).toBe(
      'ok: 25 events, 4 streams, 2 heads, last signed at 2026-01-01T00:00:00.020Z; 5 events came after the last head, since 2026-01-01T00:00:00.020Z',
    );
  });

  it('warns when nobody had signed for long at the time of the export', async () => {
    expect(warningLine(await verify(asText(lines)))).toMatch(/^WARNING: nobody signs: no head covers the 5 events/);
  });

  it('of an empty log verifies too', async () => {
    const empty = await exportLines([], [], signer);
    expect(await said(asText(empty))).toBe('ok: 0 events, 0 streams, 0 heads, never signed');
  });

  it('without heads proves nothing', async () => {
    expect(await said(asText(await exportLines(events, [], signer)))).toMatch(/^failed: there is no head/);
  });
});

describe('trust', () => {
  it('is in the keys of the file itself when there is no other, and the file tells them', async () => {
    const told: string[] = [];
    const trusting = { trust: null, onKeys: (keys: readonly string[]) => void told.push(...keys) };
    expect(await verify(asText(lines), trusting)).toMatchObject({ kind: 'ok' });
    expect(told).toEqual([signer.key]);
  });

  it('can be in heads from elsewhere', async () => {
    const cut = await exportLines(events.slice(0, 15), heads.slice(0, 1), signer);
    expect(await said(asText(cut))).toMatch(/^ok: 15 events/);
    expect(await said(asText(cut), { heads })).toMatch(/^failed: .*events are lost: 20 were signed .* there are 15$/);
  });
});

describe('a file that is no export as it was written', () => {
  const [header, , , event] = [0, 1, 2, 3].map((index) => () => lines[index]!);
  const replaced = (index: number, line: string): string => asText(lines.with(index, line));

  it.each<[string, () => string | Buffer, RegExp]>([
    ['nothing', () => '', /without its seal/],
    ['something else', () => '{}\n', /line 1: is not the header/],
    [
      'another version',
      () => replaced(0, header!().replace('"version":1', '"version":2')),
      /line 1: is not the header/,
    ],
    ['a key that is none', () => replaced(0, header!().replace('MCow', 'MCov')), /line 1: brings a public key/],
    ['other spaces', () => replaced(3, event!().replace(',', ', ')), /line 4: is not what was exported/],
    ['other escapes', () => replaced(4, lines[4]!.replace('plain', '\\u0070lain')), /line 5: is not what was exported/],
    ['a field twice', () => replaced(3, event!().replace('{', '{"kind":"event",')), /line 4: is not what was exported/],
    ['a field more', () => replaced(3, event!().replace(/}$/, ',"more":1}')), /line 4: is not what was exported/],
    ['a text for a number', () => replaced(3, event!().replace('"revision":0', '"revision":"0"')), /line 4: is not/],
    ['another order of fields', () => replaced(3, JSON.stringify({ hash: '', ...JSON.parse(event!()) })), /line 4: /],
    ['carriage returns', () => asText(lines.map((line) => `${line}\r`)), /line 1: is not the header/],
    ['no line feed at the end', () => asText(lines).slice(0, -1), /line 29: is cut off/],
    [
      'bytes that are no UTF-8',
      () => Buffer.concat([Buffer.from(asText(lines)), Buffer.from([0xff, 0x0a])]),
      /line 30: is not UTF-8/,
    ],
    ['more after the seal', () => asText([...lines, event!()]), /line 30: stands after the seal/],
    ['two seals', () => asText([...lines, lines.at(-1)!]), /line 30: stands after the seal/],
    ['no seal', () => asText(lines.slice(0, -1)), /without its seal/],
    ['a head between events', () => asText(lines.toSpliced(6, 0, lines[1]!)), /line 7: is not what was exported/],
    ['a head less', () => asText(lines.toSpliced(2, 1)), /line 28: the seal does not fit/],
    ['the first head less', () => asText(lines.toSpliced(1, 1)), /line 3: head 1, .* does not follow/],
  ])('%s', async (_what, content, words) => {
    expect(await said(content())).toMatch(words);
  });
});
