/**
 * One process of the product. When it ends, whatever it waits for never comes; what it has sent may still arrive. While
 * it stands still, as a stopped process does, the world goes on without it.
 */
import { setMaxListeners } from 'node:events';
import type { Clock } from '../../src/application/ports/clock-and-ids.ts';
import type { Random } from './random.ts';
import type { Life, Scheduler } from './scheduler.ts';

export interface ProcessLife extends Life {
  readonly name: string;
  readonly clock: Clock;
  /** Its own next step, after a while; gives a way to take it back. */
  after(milliseconds: number, act: () => void): () => void;
  /** Asks the world: `there` milliseconds until it is done, `back` until the answer is here. */
  ask<T>(there: number, act: () => T | Promise<T>, back: number): Promise<T>;
  /** As `ask`, of something that only looks: seen when the answer comes. */
  read<T>(after: number, look: () => T | Promise<T>): Promise<T>;
  /** Ends at once, as by `kill -9`. */
  end(): void;
  standStill(milliseconds: number): void;
  /** Gives a way not to be told. */
  onEnd(tell: () => void): () => void;
}

/** What a request that was on its way out does when its sender dies: this share of them arrives. */
const SENT_ALL_THE_SAME = 0.5;

/** `ahead`: by how many milliseconds its clock is wrong. */
export function createLife(name: string, scheduler: Scheduler, random: Random, ahead: number): ProcessLife {
  let ended = false;
  let stillUntil = 0;
  const told = new Set<() => void>();

  const life: ProcessLife = {
    name,
    get ended() {
      return ended;
    },
    get stillUntil() {
      return stillUntil;
    },
    clock: {
      now: () => new Date(scheduler.now() + ahead).toISOString(),
      sleep: (milliseconds, signal) =>
        new Promise((resolve) => {
          if (signal.aborted) return resolve();
          setMaxListeners(0, signal);
          const wake = (): void => {
            takeBack();
            signal.removeEventListener('abort', wake);
            resolve();
          };
          const takeBack = life.after(milliseconds, wake);
          signal.addEventListener('abort', wake);
        }),
    },
    after: (milliseconds, act) => scheduler.after(milliseconds, act, life),
    ask: (there, act, back) =>
      new Promise((resolve, reject) => {
        if (ended) return;
        scheduler.after(there, () => {
          if (ended && !random.chance(SENT_ALL_THE_SAME)) return;
          Promise.resolve()
            .then(act)
            .then(
              (answer) => life.after(back, () => resolve(answer)),
              (error: unknown) => life.after(back, () => reject(error)),
            );
        });
      }),
    read: (milliseconds, look) =>
      new Promise((resolve, reject) => {
        if (ended) return;
        life.after(milliseconds, () => void Promise.resolve().then(look).then(resolve, reject));
      }),
    end() {
      if (ended) return;
      ended = true;
      for (const tell of told) tell();
    },
    standStill(milliseconds) {
      stillUntil = scheduler.now() + milliseconds;
    },
    onEnd(tell) {
      told.add(tell);
      return () => void told.delete(tell);
    },
  };
  return life;
}
