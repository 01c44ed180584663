import { describe, expect, it } from 'vitest';
import type { Session } from '../../../contracts/auth.ts';
import { createSessionStore } from './session-store.ts';

const START = Date.parse('2026-03-02T14:30:00.000Z');

function sessionOf(token: string, lifeMs: number): Session {
  return {
    accessToken: token,
    expiresAt: new Date(START + lifeMs).toISOString(),
    user: { id: '7d0f6a0e-4a2f-4c9a-9d3e-0b8a6f0f1a11', email: 'trader@example.com' },
  };
}

function storeWith(answers: (Session | null | Error)[]) {
  const timers: { ms: number; action: () => void }[] = [];
  let calls = 0;
  const store = createSessionStore({
    async requestRefresh() {
      const answer = answers[calls++] ?? null;
      if (answer instanceof Error) throw answer;
      return answer;
    },
    now: () => START,
    schedule(action, ms) {
      timers.push({ action, ms });
      return () => undefined;
    },
  });
  return { store, timers, calls: () => calls };
}

describe('session store', () => {
  it('restores by the cookie and plans the renewal a minute before the end', async () => {
    const { store, timers } = storeWith([sessionOf('one', 900_000)]);
    await store.restore();
    expect(store.getState()).toMatchObject({ status: 'signed_in', user: { email: 'trader@example.com' } });
    expect(store.token()).toBe('one');
    expect(timers.map((timer) => timer.ms)).toEqual([840_000]);
  });

  it('shares one exchange between callers at the same time', async () => {
    const { store, calls } = storeWith([sessionOf('one', 900_000), sessionOf('two', 900_000)]);
    await Promise.all([store.renew(), store.renew(), store.renew()]);
    expect(calls()).toBe(1);
    await store.renew();
    expect(store.token()).toBe('two');
  });

  it('says that a session ended only to someone who had one', async () => {
    const stranger = storeWith([null]);
    await stranger.store.restore();
    expect(stranger.store.getState()).toEqual({ status: 'signed_out', ended: false });

    const trader = storeWith([sessionOf('one', 900_000), null]);
    await trader.store.restore();
    expect(await trader.store.renew()).toBe(false);
    expect(trader.store.getState()).toEqual({ status: 'signed_out', ended: true });
    expect(trader.store.token()).toBeNull();
  });

  it('keeps the session when the server can not be reached', async () => {
    const { store } = storeWith([sessionOf('one', 900_000), new Error('down')]);
    await store.restore();
    await expect(store.renew()).rejects.toThrow('down');
    expect(store.token()).toBe('one');

    const atStart = storeWith([new Error('down')]);
    await atStart.store.restore();
    expect(atStart.store.getState()).toEqual({ status: 'unreachable' });
  });
});
