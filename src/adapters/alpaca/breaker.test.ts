import { describe, expect, it } from 'vitest';
import { createMemoryLog } from '../../../test/adapters/alpaca-setup.ts';
import { createBreaker } from './breaker.ts';

/** A breaker whose time and chance are in the test's hand. */
function open({
  chance = 0.5,
  probe = () => Promise.resolve(),
}: { readonly chance?: number; readonly probe?: () => Promise<unknown> } = {}) {
  const log = createMemoryLog();
  const planned: { readonly act: () => void; readonly afterMs: number }[] = [];
  const breaker = createBreaker({
    name: 'broker',
    times: { failures: 3, firstProbe: 1_000, longestProbe: 30_000 },
    probe,
    log,
    random: () => chance,
    later: (act, afterMs) => void planned.push({ act, afterMs }),
  });
  return {
    breaker,
    log,
    planned,
    fail: (times: number) => {
      for (let n = 0; n < times; n += 1) breaker.failed();
    },
    /** The last probe that was planned is made, and has ended. */
    async probe() {
      planned.at(-1)?.act();
      await Promise.resolve().then(() => undefined);
      await new Promise(setImmediate);
    },
  };
}

describe('the circuit breaker', () => {
  it('holds orders back after so many failures in a row, and no sooner', () => {
    const { breaker, fail } = open();
    fail(2);
    breaker.succeeded();
    fail(2);
    expect(breaker.held()).toBeNull();
    fail(1);
    expect(breaker.held()).toEqual({
      reason: 'The broker has failed 3 times in a row; orders wait until it answers again.',
      afterMs: 1_000,
    });
  });

  it('asks again after one second, then twice as long each time, and never waits longer than half a minute', async () => {
    const { fail, planned, probe } = open({ probe: () => Promise.reject(new Error('no answer')) });
    fail(3);
    for (let n = 0; n < 7; n += 1) await probe();
    expect(planned.map(({ afterMs }) => afterMs)).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000]);
  });

  it.each([
    [0, 800],
    [0.999_999, 1_200],
  ])('varies the wait: at a chance of %d it is %d ms', (chance, afterMs) => {
    const { fail, planned } = open({ chance });
    fail(3);
    expect(planned[0]?.afterMs).toBeCloseTo(afterMs, 0);
  });

  it('is closed by any success, lets those go who wait, and says so', async () => {
    const { breaker, fail, log } = open();
    fail(5);
    const waiting = breaker.closed(new AbortController().signal);
    await breaker.closed(AbortSignal.abort());
    const impatient = new AbortController();
    const gone = breaker.closed(impatient.signal);
    impatient.abort();
    await gone;
    breaker.succeeded();
    await waiting;
    await breaker.closed(new AbortController().signal);
    expect(breaker.held()).toBeNull();
    expect(log.lines).toEqual([
      {
        level: 'warn',
        message: expect.stringContaining('orders wait') as string,
        facts: { broker: 'broker', failures: 3 },
      },
      { level: 'info', message: expect.stringContaining('orders go on') as string, facts: { broker: 'broker' } },
    ]);
  });

  it('begins anew with each outage, and an old probe plans no other one', async () => {
    const { breaker, fail, planned, probe } = open({ probe: () => Promise.reject(new Error('no answer')) });
    fail(3);
    await probe();
    breaker.succeeded();
    const [, old] = planned;
    fail(3);
    expect(planned.map(({ afterMs }) => afterMs)).toEqual([1_000, 2_000, 1_000]);
    old?.act();
    await new Promise(setImmediate);
    expect(planned).toHaveLength(3);
    await probe();
    expect(planned.at(-1)?.afterMs).toBe(2_000);
  });

  it('is not asked for any more once it is closed', async () => {
    let asked = 0;
    const { breaker, fail, probe } = open({ probe: () => Promise.resolve((asked += 1)) });
    fail(3);
    breaker.succeeded();
    await probe();
    expect(asked).toBe(0);
  });
});
