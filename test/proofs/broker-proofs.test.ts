/** The short form of proofs about the broker; `npm run proofs` has the long one, and one of a start after a long absence. */
import { expect, it } from 'vitest';
import { droppedFrame } from './dropped-frame.ts';
import { randomFrom } from './proof.ts';
import { restoredBackup } from './restored-backup.ts';
import { streamOutage } from './stream-outage.ts';

const asked = (times: number) => ({ times, random: randomFrom(7), say: () => undefined });

it('what is executed while the stream is out is booked once, soon after it is back', { timeout: 180_000 }, async () => {
  const { facts, broken } = await streamOutage(asked(1), { outageMs: 3_000, foreign: 8, own: 1, silent: [true] });
  expect(broken).toEqual([]);
  expect(facts).toMatchObject({ 'silent broker: executions': 26, 'silent broker: appended by another': 0 });
});

it('an execution of which the message was lost is booked', { timeout: 90_000 }, async () => {
  const { broken } = await droppedFrame(asked(1));
  expect(broken).toEqual([]);
});

it('a backup from before orders were sent leads to none that is sent again', { timeout: 180_000 }, async () => {
  const { facts, broken } = await restoredBackup(asked(1), { orders: 4, waiting: 2 });
  expect(broken).toEqual([]);
  expect(facts).toMatchObject({ 'orders sent': 4, 'sent again': 0, 'adopted as placed': 2, 'adopted as lost': 2 });
});
