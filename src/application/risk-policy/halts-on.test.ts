import { expect, it } from 'vitest';
import type { KillSwitchEvent } from '../../domain/risk-policy/kill-switch/events.ts';
import { after, AT, halt } from '../../domain/risk-policy/kill-switch/samples.suite.ts';
import type { RecordedEvent } from '../ports/event-store.ts';
import { createHaltsOn, createReadHalts } from './halts-on.ts';

const SUBJECT = {
  userId: 'trader',
  accountId: 'account-1',
  symbol: 'AAPL',
  broker: 'alpaca',
  strategyId: null,
} as const;

/** A record whose readings end when the test says so; each begins a second after the one before. */
function record() {
  let now = Date.parse(AT);
  const readings: { end(...events: readonly KillSwitchEvent[]): void; fail(): void; from: number }[] = [];
  const store = {
    readStream: (_stream: string, options?: { readonly from?: number }): Promise<readonly RecordedEvent[]> =>
      new Promise((resolve, reject) => {
        const from = options?.from ?? 0;
        readings.push({
          from,
          end: (...events) => resolve(events.map((event, index) => recorded(event, from + index))),
          fail: () => reject(new Error('unreadable')),
        });
      }),
  };
  const clock = { now: () => new Date((now += 1_000)).toISOString() };
  return { readings, read: createReadHalts({ store, clock }) };
}
const recorded = (event: KillSwitchEvent, revision: number) => ({ ...event, revision }) as unknown as RecordedEvent;
const [halted] = after(halt()).events;
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

it('whoever asks while the record is being read gets what a reading that began afterwards gives', async () => {
  const { readings, read } = record();
  const early = read();
  const late = [read(), read()];
  expect(readings).toHaveLength(1);
  readings[0]!.end();
  expect((await early).state.standing.size).toBe(0);
  await settled();
  expect(readings).toHaveLength(2);
  readings[1]!.end(halted!);
  const told = await Promise.all([...late, early]);
  expect(told.map(({ state }) => state.standing.size)).toEqual([1, 1, 0]);
  expect(told.map(({ asOf }) => Date.parse(asOf) - Date.parse(AT))).toEqual([2_000, 2_000, 1_000]);
});

it('a reading that fails fails those who asked for it, and nobody else', async () => {
  const { readings, read } = record();
  const early = read();
  const late = read();
  readings[0]!.fail();
  await expect(early).rejects.toThrow('unreadable');
  await settled();
  readings[1]!.end();
  expect((await late).state.standing.size).toBe(0);
});

it('reads on from where it has come to, and gives the halts on an order', async () => {
  const { readings, read } = record();
  const haltsOn = createHaltsOn(read);
  const first = haltsOn(SUBJECT);
  readings[0]!.end(halted!);
  expect(await first).toMatchObject([{ haltId: 'halt-1' }]);
  await settled();
  const second = haltsOn(SUBJECT);
  expect(readings.map(({ from }) => from)).toEqual([0, 1]);
  readings[1]!.end();
  expect(await second).toMatchObject([{ haltId: 'halt-1' }]);
});
