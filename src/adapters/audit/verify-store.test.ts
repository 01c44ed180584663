import { expect, it } from 'vitest';
import { headsOver, sampleEvents } from '../../../bench/audit/sample-log.ts';
import { verdictLine, warningLine } from '../words/audit.ts';
import { listSource } from './export.suite.ts';
import { signingKey, trustIn } from './keys.ts';
import type { Verdict } from './verdict.ts';
import { verifyStore } from './verify-store.ts';

const signer = signingKey(Buffer.alloc(32, 1));
const events = [...sampleEvents({ events: 25, streams: 4 })];
const heads = headsOver(events, 10, signer);
/** The first event after the last head. */
const SINCE = Date.parse(events[20]!.recordedAt);
const MINUTE = 60_000;

const verifyAt = (now: number, log = events): Promise<Verdict> =>
  verifyStore({
    source: listSource(log),
    heads,
    trust: trustIn([signer.pem]),
    now: () => new Date(now).toISOString(),
    onProgress: () => {},
  });

it('says since when events are unsigned', async () => {
  const verdict = await verifyAt(SINCE + 10 * MINUTE);
  expect(verdictLine(verdict)).toMatch(
    new RegExp(`^ok: .*; 5 events came after the last head, since ${events[20]!.recordedAt}$`),
  );
  expect(warningLine(verdict)).toBeNull();
});

it('warns that nobody signs when that is more than ten minutes ago', async () => {
  const verdict = await verifyAt(SINCE + 10 * MINUTE + 1);
  expect(verdict.kind).toBe('ok');
  expect(warningLine(verdict)).toMatch(
    `WARNING: nobody signs: no head covers the 5 events since ${events[20]!.recordedAt}, `,
  );
});

it('warns of nothing, however long ago, when the last head covers all', async () => {
  const verdict = await verifyAt(SINCE + 1_000 * MINUTE, events.slice(0, 20));
  expect(verdictLine(verdict)).toMatch(/^ok: 20 events, .*Z$/);
  expect(warningLine(verdict)).toBeNull();
});
