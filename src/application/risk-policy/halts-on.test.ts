import { expect, it } from 'vitest';
import type { KillSwitchState } from '../../domain/risk-policy/kill-switch/state.ts';
import { after, halt } from '../../domain/risk-policy/kill-switch/samples.suite.ts';
import { createHaltsOn } from './halts-on.ts';

const SUBJECT = {
  userId: 'trader',
  accountId: 'account-1',
  symbol: 'AAPL',
  broker: 'alpaca',
  strategyId: null,
} as const;

/** A record whose readings end when the test says so. */
function record() {
  const readings: { end(state: KillSwitchState): void; fail(): void }[] = [];
  const load = (): Promise<KillSwitchState> =>
    new Promise((resolve, reject) => {
      readings.push({ end: resolve, fail: () => reject(new Error('unreadable')) });
    });
  const unused = (): never => {
    throw new Error('not part of this test');
  };
  return { readings, haltsOn: createHaltsOn({ aggregates: { killSwitch: { load, handle: unused, glance: unused } } }) };
}
const none = after().state;
const halted = after(halt()).state;
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

it('whoever asks while the record is being read gets what a reading that began afterwards gives', async () => {
  const { readings, haltsOn } = record();
  const early = haltsOn(SUBJECT);
  const late = [haltsOn(SUBJECT), haltsOn(SUBJECT)];
  expect(readings).toHaveLength(1);
  readings[0]!.end(none);
  expect(await early).toEqual([]);
  await settled();
  expect(readings).toHaveLength(2);
  readings[1]!.end(halted);
  for (const asked of late) expect(await asked).toHaveLength(1);
});

it('a reading that fails fails those who asked for it, and nobody else', async () => {
  const { readings, haltsOn } = record();
  const early = haltsOn(SUBJECT);
  const late = haltsOn(SUBJECT);
  readings[0]!.fail();
  await expect(early).rejects.toThrow('unreadable');
  await settled();
  readings[1]!.end(none);
  expect(await late).toEqual([]);
});
