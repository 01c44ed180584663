import { expect, it } from 'vitest';
import { createMemoryEventStore } from '../adapters/memory/event-store.ts';
import { createMemoryPassedOver } from '../adapters/memory/progress.ts';
import { systemClock } from '../adapters/node/clock-and-ids.ts';
import { put, sample } from './ports/event-store-samples.suite.ts';
import { START } from './ports/event-store.ts';
import { Overtaken } from './ports/leases.ts';
import { runReaction } from './react.ts';

it('a reaction whose owner was overtaken ends with its next checkpoint, and does not try again', async () => {
  const store = createMemoryEventStore({ now: systemClock.now });
  await put(store, 's', [sample()]);
  const saved: number[] = [];
  const checkpoints = {
    load: () => Promise.resolve(START),
    save: (_reaction: string, _position: string, fence: number) => {
      saved.push(fence);
      return Promise.reject(new Overtaken('by 8'));
    },
  };
  const alarms: string[] = [];
  const log = { info: () => undefined, warn: () => undefined, alarm: (text: string) => void alarms.push(text) };
  const passedOver = createMemoryPassedOver();
  const needs = { store, checkpoints, passedOver, fence: 7, clock: systemClock, log };
  const running = runReaction('book-fills', () => Promise.resolve(), needs, new AbortController().signal);
  await expect(running).rejects.toThrow(Overtaken);
  expect([saved, alarms]).toEqual([[7], []]);
});
