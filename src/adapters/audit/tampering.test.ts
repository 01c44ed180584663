/** A thousand ways to tamper with an exported log, drawn from a seed: each leaves evidence, and the evidence is at its place. */
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { headsOver, sampleEvents } from '../../../bench/audit/sample-log.ts';
import { hashOfStored, NO_HASH, type StoredEvent } from '../../application/ports/event-chain.ts';
import { eventId } from '../../application/ports/event-id.ts';
import { sha256 } from '../node/sha256.ts';
import { eventLine } from './export-format.ts';
import { asText, exportLines, verifyContent } from './export.suite.ts';
import { signingKey } from './keys.ts';
import type { Verdict } from './verdict.ts';

const EACH = 100;
const LOG = { events: 70, streams: 8 };
/** So that the last ten events are covered by no head, only by the seal. */
const HEAD_EVERY = 20;
const HEADS = 3;
/** The header and the heads stand before the first event. */
const BEFORE = 1 + HEADS;

const signer = signingKey(Buffer.alloc(32, 1));
const attacker = signingKey(Buffer.alloc(32, 2));
const events: readonly StoredEvent[] = [...sampleEvents(LOG)];
const heads = headsOver(events, HEAD_EVERY, signer);

const folder = mkdtempSync(join(tmpdir(), 'tradsy-tampering-'));
const file = join(folder, 'log.jsonl');
afterAll(() => rmSync(folder, { recursive: true }));

let lines: readonly string[];
beforeAll(async () => {
  lines = await exportLines(events, heads, signer);
});

/** Chance that is the same every time: a whole number from 0 to below `limit`. */
type Draw = (limit: number) => number;

function drawFrom(seed: string): Draw {
  let count = 0;
  return (limit) => {
    count += 1;
    return createHash('sha256').update(`${seed} ${count}`).digest().readUInt32BE() % limit;
  };
}

/**
 * What a tampering made of the file, and the line of the event that gives it away unless a head does so before; null where
 * that depends on what was drawn.
 */
interface Tampered {
  readonly content: string | Buffer;
  readonly line: number | null;
}

/** An export with other events, its header, heads and seal as they were. */
const withEvents = (changed: readonly StoredEvent[]): string =>
  asText([...lines.slice(0, BEFORE), ...changed.map(eventLine), ...lines.slice(-1)]);

/** The events as they are chained when every one of them is hashed anew. */
function chained(list: readonly StoredEvent[]): readonly StoredEvent[] {
  const last = new Map<string, StoredEvent>();
  return list.map((event) => {
    const before = last.get(event.stream);
    const facts = { ...event, revision: before === undefined ? 0 : before.revision + 1 };
    const next = { ...facts, hash: hashOfStored(before?.hash ?? NO_HASH, facts, sha256) };
    last.set(event.stream, next);
    return next;
  });
}

/** Positions without holes, as nobody would suspect. */
const numbered = (list: readonly StoredEvent[]): readonly StoredEvent[] =>
  list.map((event, index) => ({ ...event, position: String(index + 1).padStart(19, '0') }));

const invented = (draw: Draw): StoredEvent => {
  const stream = `order-${draw(LOG.streams)}`;
  const id = eventId(stream, `00000000-0000-8000-8000-${String(draw(4_000_000_000)).padStart(12, '0')}`);
  return { ...events[draw(events.length)]!, stream, id, data: '{"invented":true}' };
};

const other = (draw: Draw, index: number): number => (index + 1 + draw(events.length - 1)) % events.length;

const CHANGES: readonly ((event: StoredEvent, draw: Draw) => StoredEvent)[] = [
  (event) => ({ ...event, data: event.data.replace('"buy"', '"sell"') }),
  (event) => ({ ...event, data: event.data.replace('.25"', '.26"') }),
  (event) => ({ ...event, metadata: event.metadata.replace('"alpaca"', '"nobody"') }),
  (event) => ({ ...event, type: 'OrderCancelled' }),
  (event) => ({ ...event, recordedAt: event.recordedAt.replace('2026', '2027') }),
  (event) => ({ ...event, revision: event.revision + 1 }),
  (event) => ({ ...event, stream: 'order-elsewhere' }),
  (event, draw) => ({ ...event, id: eventId(event.stream, events[draw(events.length)]!.id.replace(/...$/, 'fff')) }),
  (event) => ({ ...event, hash: event.hash.replace(/^./, (digit) => (digit === '0' ? '1' : '0')) }),
];

const TAMPERINGS: Readonly<Record<string, (draw: Draw) => Tampered>> = {
  'flip a bit'(draw) {
    const content = Buffer.from(asText(lines));
    const at = draw(content.length);
    content[at]! ^= 1 << draw(8);
    return { content, line: null };
  },
  'change a value'(draw) {
    const index = draw(events.length);
    const changed = CHANGES[draw(CHANGES.length)]!(events[index]!, draw);
    return { content: withEvents(events.with(index, changed)), line: BEFORE + index + 1 };
  },
  'move a position between its neighbours'(draw) {
    const index = draw(events.length);
    const event = events[index]!;
    return { content: withEvents(events.with(index, { ...event, position: `${event.position}5` })), line: null };
  },
  'delete an event'(draw) {
    const index = draw(events.length);
    const next = events.findIndex(({ stream }, at) => at > index && stream === events[index]!.stream);
    // The next event of the stream has no predecessor; it stands one line higher now.
    return { content: withEvents(events.toSpliced(index, 1)), line: next < 0 ? null : BEFORE + next };
  },
  'swap two events'(draw) {
    const index = draw(events.length);
    const at = other(draw, index);
    const swapped = events.with(index, events[at]!).with(at, events[index]!);
    return { content: withEvents(draw(2) === 0 ? swapped : numbered(swapped)), line: null };
  },
  'insert an event'(draw) {
    const index = draw(events.length + 1);
    const inserted = events.toSpliced(index, 0, invented(draw));
    return { content: withEvents(numbered(draw(2) === 0 ? inserted : chained(inserted))), line: null };
  },
  'write an event twice'(draw) {
    const index = draw(events.length);
    const twice = events.toSpliced(index + 1, 0, events[index]!);
    return { content: withEvents(draw(2) === 0 ? twice : numbered(twice)), line: BEFORE + index + 2 };
  },
  'cut off the tail'(draw) {
    const gone = 1 + draw(events.length);
    const kept = events.slice(0, -gone);
    if (draw(2) === 0) return { content: withEvents(kept), line: null };
    return { content: asText(lines).slice(0, -gone), line: null };
  },
  'drop a stream'(draw) {
    const { stream } = events[draw(events.length)]!;
    const kept = events.filter((event) => event.stream !== stream);
    return { content: withEvents(draw(2) === 0 ? kept : numbered(kept)), line: null };
  },
  'rewrite an event with the whole chain'(draw) {
    const index = draw(events.length);
    const changed = events.with(index, { ...events[index]!, data: '{"rewritten":true}' });
    return { content: withEvents(chained(changed)), line: null };
  },
};

/** The number of the first event that is not what it was, counted from 1. */
function firstChanged(content: string): number {
  const now = content.split('\n').slice(BEFORE);
  return lines.slice(BEFORE).findIndex((line, index) => line !== now[index]) + 1;
}

/** Where the heads tell, the events that they name include the first changed one. */
function expectAtPlace(verdict: Verdict, { content, line }: Tampered): void {
  if (verdict.kind !== 'bad') throw new Error('nothing was found');
  const { fault } = verdict;
  if (line !== null && fault.kind !== 'signed-otherwise') expect(verdict.line).toBe(line);
  if (typeof content !== 'string') return;
  const changed = firstChanged(content);
  if (fault.kind === 'signed-otherwise') {
    expect(fault.from).toBeLessThanOrEqual(changed);
    expect(fault.to).toBeGreaterThanOrEqual(changed);
  } else if (fault.kind === 'event') {
    expect(verdict.line).toBeGreaterThanOrEqual(BEFORE + changed);
  } else if (fault.kind === 'seal' && fault.problem === 'content') {
    expect(changed).toBeGreaterThan(HEADS * HEAD_EVERY);
  }
}

it('finds nothing in an export as it was written', async () => {
  expect(await verifyContent(file, asText(lines), signer)).toMatchObject({ kind: 'ok', events: 70, heads: 3 });
});

it.each(Object.entries(TAMPERINGS))(`${EACH} times: %s`, async (name, tamper) => {
  for (let number = 0; number < EACH; number += 1) {
    const tampered = tamper(drawFrom(`${name} ${number}`));
    if (Buffer.from(tampered.content).equals(Buffer.from(asText(lines)))) throw new Error('nothing was changed');
    expectAtPlace(await verifyContent(file, tampered.content, signer), tampered);
  }
});

it(`${EACH} times: rewrite everything, and sign it with another key`, async () => {
  for (let number = 0; number < EACH; number += 1) {
    const draw = drawFrom(`everything ${number}`);
    const index = draw(events.length);
    const rewritten = chained(events.with(index, { ...events[index]!, data: '{"rewritten":true}' }));
    const claimed = { ...attacker, key: draw(2) === 0 ? attacker.key : signer.key };
    const forged = await exportLines(rewritten, headsOver(rewritten, HEAD_EVERY, claimed), claimed);
    const verdict = await verifyContent(file, asText(forged), signer);
    const problem = claimed.key === signer.key ? 'signature' : 'key';
    expect(verdict).toMatchObject({ kind: 'bad', fault: { kind: 'head', number: 1, problem } });
    // Heads that were kept elsewhere name the place, even for somebody who knows no key but the forged one.
    const known = await verifyContent(file, asText(forged), signer, { heads });
    expect(known.kind).toBe('bad');
  }
});
