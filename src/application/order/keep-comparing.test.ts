import { describe, expect, it } from 'vitest';
import { childOf } from '../../adapters/node/child-signal.ts';
import type { Compared } from '../risk-policy/compare-positions.ts';
import { createKeepComparing } from './keep-comparing.ts';
import { cause } from './order-path.suite.ts';
import type { Reach, Reconciled } from './reconcile-account.ts';

const access = { linkId: 'L', userId: 'U', accountId: 'A', environment: 'paper', token: 't' } as const;

/** Comparing, by a clock whose waits the test ends. */
function comparing() {
  const stop = new AbortController();
  const waits: number[] = [];
  const reaches: (Reach | undefined)[] = [];
  const answers: { compared: Compared; reconciled: Reconciled } = { compared: 'agrees', reconciled: 'done' };
  const seen = { compared: 0, warnings: 0, revoked: 0 };
  let wake = (): void => undefined;
  const keeping = createKeepComparing({
    clock: {
      now: () => '2026-03-02T15:00:00.000Z',
      sleep: (ms, signal) => {
        waits.push(ms);
        return new Promise((resolve) => {
          wake = resolve;
          if (signal.aborted) resolve();
          signal.addEventListener('abort', () => resolve(), { once: true });
        });
      },
    },
    childOf,
    log: { info: () => undefined, warn: () => void (seen.warnings += 1), alarm: () => undefined },
    reconcile: (_access, _cause, reach) => {
      reaches.push(reach);
      return Promise.resolve(answers.reconciled);
    },
    comparePositions: () => {
      seen.compared += 1;
      return Promise.resolve(answers.compared);
    },
    reportRevoked: () => {
      seen.revoked += 1;
      return Promise.resolve();
    },
  })(access, () => cause, stop.signal);
  const settled = () => new Promise(setImmediate);
  return {
    waits,
    reaches,
    answers,
    seen,
    now: keeping.now,
    /** Lets the wait end that is under way. */
    async pass() {
      wake();
      await settled();
    },
    settled,
    async stop() {
      stop.abort();
      await keeping.ended;
    },
  };
}

describe('keeping to compare', () => {
  it('compares positions every minute, and orders every other one, the whole day once an hour', async () => {
    const account = comparing();
    for (let minute = 1; minute <= 60; minute += 1) await account.pass();
    expect(account.seen.compared).toBe(60);
    expect(account.reaches).toEqual([...Array.from({ length: 29 }, () => 'hour'), 'day']);
    expect(new Set(account.waits)).toEqual(new Set([60_000]));
    await account.stop();
  });

  it('compares positions at once when it is told to, without comparing orders again', async () => {
    const account = comparing();
    await account.pass();
    account.now();
    await account.settled();
    expect(account.seen.compared).toBe(2);
    expect(account.reaches).toEqual([]);
    await account.stop();
  });

  it('comes back sooner to what has not settled', async () => {
    const account = comparing();
    account.answers.compared = 'unsettled';
    await account.pass();
    expect(account.waits).toEqual([60_000, 10_000]);
    await account.stop();
  });

  it('tells when the broker takes the token no more', async () => {
    const account = comparing();
    account.answers.reconciled = 'unauthorized';
    await account.pass();
    await account.pass();
    expect(account.seen.revoked).toBe(1);
    await account.stop();
  });
});
