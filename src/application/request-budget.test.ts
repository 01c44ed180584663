import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { createMemoryGrants } from '../adapters/memory/request-grants.ts';
import { systemClock } from '../adapters/node/clock-and-ids.ts';
import { NoTurn, PRIORITIES, allowanceOf, fits } from './ports/request-budget.ts';
import type { RequestGrants, RequestPriority } from './ports/request-budget.ts';
import { createRequestBudget } from './request-budget.ts';

const { signal } = new AbortController();

describe('a request budget whose grants fail', () => {
  function open() {
    const told: string[] = [];
    const log = { info: (text: string) => void told.push(text), warn: (text: string) => void told.push(text) };
    const whole = createMemoryGrants({
      window: { slotMs: 1_000, slots: 65 },
      allowance: () => allowanceOf('account', 190),
      now: Date.now,
    });
    const state = { broken: true, asked: 0 };
    const fail = <Answer>(answer: () => Promise<Answer>): Promise<Answer> => {
      state.asked += 1;
      return state.broken ? Promise.reject(new Error('no database')) : answer();
    };
    const grants: RequestGrants = {
      take: (key, priority) => fail(() => whole.take(key, priority)),
      pause: (key, milliseconds) => fail(() => whole.pause(key, milliseconds)),
    };
    return { told, state, budget: createRequestBudget({ grants, clock: systemClock, log }) };
  }

  it('lets cancels out uncounted, and nothing else, until they answer again', async () => {
    const { told, state, budget } = open();
    const impatient = budget.take('k', 'order', AbortSignal.timeout(50)).catch((error: unknown) => error);
    const order = budget.take('k', 'order', signal);
    await Promise.all(Array.from({ length: 50 }, () => budget.take('k', 'cancel', AbortSignal.any([signal]))));
    expect(await impatient).toBeInstanceOf(NoTurn);
    // While it is known to fail it is left alone.
    expect(state.asked).toBeLessThanOrEqual(2);
    await budget.pause('k', 1_000);
    state.broken = false;
    expect(await order).toBe('granted');
    expect(told).toEqual([
      'the request budget can not be asked: only cancels go out',
      'the request budget can be asked again',
    ]);
  });
});

describe('a request budget whose grants are slow', () => {
  function open() {
    const answers: ((wait: number) => void)[] = [];
    const grants: RequestGrants = {
      take: () => new Promise((resolve) => answers.push(resolve)),
      pause: () => Promise.resolve(),
    };
    const log = { info: () => undefined, warn: () => undefined };
    return { answers, budget: createRequestBudget({ grants, clock: systemClock, log }) };
  }

  it('lets the most urgent go first, then who has waited longest', async () => {
    const { answers, budget } = open();
    const order: string[] = [];
    const note = (name: string, priority: RequestPriority) =>
      budget.take('k', priority, signal).then(() => order.push(name));
    // The first one is asked for at once; the others come meanwhile.
    const all = Promise.all([
      note('early', 'list'),
      note('list', 'list'),
      note('look-up 1', 'look-up'),
      note('look-up 2', 'look-up'),
      note('order 1', 'order'),
      note('order 2', 'order'),
      note('cancel', 'cancel'),
    ]);
    for (let n = 0; n < 7; n += 1) {
      await expect.poll(() => answers.length).toBe(n + 1);
      answers[n]?.(0);
    }
    await all;
    expect(order).toEqual(['early', 'cancel', 'order 1', 'order 2', 'look-up 1', 'look-up 2', 'list']);
  });

  it('gives what comes for one who has gone to the next', async () => {
    const { answers, budget } = open();
    const gone = new AbortController();
    const first = budget.take('k', 'order', gone.signal).catch((error: unknown) => error);
    const second = budget.take('k', 'list', signal);
    gone.abort();
    expect(await first).toBeInstanceOf(NoTurn);
    answers[0]?.(0);
    expect(await second).toBe('granted');
    await wait(1);
    expect(answers).toHaveLength(1);
  });
});

describe('the shares of 190 requests', () => {
  const most = (kind: 'account' | 'house', asked: RequestPriority): number => {
    const used = { cancel: 0, order: 0, 'look-up': 0, list: 0 };
    while (fits(used, allowanceOf(kind, 190), asked)) used[asked] += 1;
    return used[asked];
  };

  it('are these, for one alone', () => {
    expect(PRIORITIES.map((priority) => most('account', priority))).toEqual([190, 130, 98, 90]);
    expect(PRIORITIES.map((priority) => most('house', priority))).toEqual([190, 168, 114, 130]);
  });

  it('leave a flood of orders room for look-ups, lists and cancels', () => {
    const used = { cancel: 0, order: 130, 'look-up': 0, list: 0 };
    const allowance = allowanceOf('account', 190);
    const add = (asked: RequestPriority): number => {
      let count = 0;
      for (; fits(used, allowance, asked); count += 1) used[asked] += 1;
      return count;
    };
    expect([add('order'), add('list'), add('look-up'), add('cancel')]).toEqual([0, 7, 15, 38]);
  });
});
