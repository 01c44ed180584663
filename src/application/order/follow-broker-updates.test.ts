import { describe, expect, it } from 'vitest';
import { systemClock } from '../../adapters/node/clock-and-ids.ts';
import type { BrokerUpdate, OrderUpdates } from '../ports/broker.ts';
import { createFollowUpdates } from './follow-broker-updates.ts';
import { ACCOUNT, brokerOrder, openDesk } from './order-path.suite.ts';
import type { Reconciled } from './reconcile-account.ts';

type Listener = Parameters<OrderUpdates['follow']>[1];

/** An account that is followed on a stream that does as the test says. */
async function followed() {
  const desk = await openDesk();
  const stop = new AbortController();
  const answers: Reconciled[] = [];
  const seen = { reconciled: 0, comparedNow: 0, revoked: [] as string[] };
  let listener: Listener | undefined;
  let end = (_how: 'stopped' | 'unauthorized'): void => undefined;
  const fails = { recording: 0 };
  const follow = createFollowUpdates({
    ...desk.needs,
    store: desk.store,
    records: desk.needs.broker,
    // The waits between tries pass at once.
    clock: { now: desk.needs.clock.now, sleep: (_ms, signal) => systemClock.sleep(1, signal) },
    updates: {
      follow: (_access, told, signal) => {
        listener = told;
        return new Promise((resolve) => {
          end = resolve;
          signal.addEventListener('abort', () => resolve('stopped'));
        });
      },
    },
    reconcile: () => {
      seen.reconciled += 1;
      return Promise.resolve(answers.shift() ?? 'done');
    },
    keepComparing: () => ({
      now: () => {
        seen.comparedNow += 1;
      },
      ended: Promise.resolve(),
    }),
    settleReplace: () => Promise.resolve(),
    reportRevoked: (_access, reason) => {
      seen.revoked.push(reason);
      return Promise.resolve();
    },
    recordBrokerOrder: (...args) => {
      if (fails.recording > 0) {
        fails.recording -= 1;
        return Promise.reject(new Error('the store fails'));
      }
      return desk.needs.recordBrokerOrder(...args);
    },
  });
  const ended = follow(ACCOUNT, stop.signal);
  await expect.poll(() => listener !== undefined).toBe(true);
  return {
    ...desk,
    seen,
    answers,
    fails,
    isOpen: () => desk.needs.gates.isOpen(ACCOUNT),
    stream: listener as unknown as Listener,
    end: (how: 'stopped' | 'unauthorized') => end(how),
    stop: () => stop.abort(),
    ended,
  };
}

const update = (order = brokerOrder('00000000-0000-4000-8000-000000000001')): BrokerUpdate => ({
  kind: 'order',
  order,
  execution: null,
  amendment: null,
  refused: null,
  reason: null,
});

describe('the gate of a followed account', () => {
  it('is closed while the stream comes up, its records are compared, and what came meanwhile is recorded', async () => {
    const account = await followed();
    expect(account.isOpen()).toBe(false);
    await account.stream.onConnected();
    await account.stream.onUpdate(update());
    expect(account.isOpen()).toBe(false);
    account.stream.onCaughtUp();
    expect(account.isOpen()).toBe(true);
    expect(account.seen).toMatchObject({ reconciled: 1, comparedNow: 1 });
    account.stop();
    await account.ended;
  });

  it('closes when the stream is lost, and opens again after the next reconciliation', async () => {
    const account = await followed();
    await account.stream.onConnected();
    account.stream.onCaughtUp();
    account.stream.onTrouble('the connection was closed');
    expect(account.isOpen()).toBe(false);
    await account.stream.onConnected();
    expect(account.isOpen()).toBe(false);
    account.stream.onCaughtUp();
    expect(account.isOpen()).toBe(true);
    expect(account.seen.reconciled).toBe(2);
    account.stop();
    await account.ended;
  });

  it('stays closed as long as the broker does not give its records, with one alarm', async () => {
    const account = await followed();
    account.answers.push('unanswered', 'unanswered', 'unanswered', 'done');
    await account.stream.onConnected();
    expect(account.seen.reconciled).toBe(4);
    expect(account.isOpen()).toBe(false);
    expect(account.alarms).toEqual(['the reconciliation could not be recorded; trying again']);
    account.stream.onCaughtUp();
    expect(account.isOpen()).toBe(true);
    account.stop();
    await account.ended;
  });

  it('stays closed when the broker takes the token no more', async () => {
    const account = await followed();
    account.answers.push('unauthorized');
    await account.stream.onConnected();
    account.stream.onCaughtUp();
    expect(account.isOpen()).toBe(false);
    expect(account.seen.revoked).toEqual(['The broker takes the token no more.']);
    account.end('unauthorized');
    await account.ended;
    expect(account.seen.revoked).toHaveLength(2);
    expect(account.isOpen()).toBe(false);
  });

  it('is closed while an update can not be recorded, and opens when it is', async () => {
    const account = await followed();
    await account.stream.onConnected();
    account.stream.onCaughtUp();
    account.fails.recording = Infinity;
    const recording = account.stream.onUpdate(update());
    await expect.poll(account.isOpen).toBe(false);
    account.fails.recording = 0;
    await recording;
    expect(account.isOpen()).toBe(true);
    expect(account.alarms).toEqual(['an update could not be recorded; trying again']);
    account.stop();
    await account.ended;
  });

  it('is not opened by an update that is recorded after the stream was lost', async () => {
    const account = await followed();
    await account.stream.onConnected();
    account.stream.onCaughtUp();
    account.fails.recording = 1;
    const recording = account.stream.onUpdate(update());
    account.stream.onTrouble('the connection was closed');
    await recording;
    expect(account.isOpen()).toBe(false);
    account.stop();
    await account.ended;
  });

  it('is closed when nobody follows the account any more', async () => {
    const account = await followed();
    await account.stream.onConnected();
    account.stream.onCaughtUp();
    account.stop();
    await account.ended;
    expect(account.isOpen()).toBe(false);
    account.stream.onCaughtUp();
    expect(account.isOpen()).toBe(false);
  });
});
