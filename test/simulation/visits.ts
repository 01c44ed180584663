/** How a client reaches the product: over a network, at whichever process answers, or at none. */
import type { Abilities } from '../../src/bootstrap/abilities.ts';
import type { World } from './world.ts';

/** `failed`: no answer came, so nobody can tell what has happened. */
export type Answered<T> = { readonly kind: 'answered'; readonly value: T } | { readonly kind: 'failed' };

const PATIENCE_MS = 8_000;

export function request<T>(world: World, ask: (abilities: Abilities) => Promise<T>): Promise<Answered<T>> {
  const { scheduler, random } = world;
  return new Promise((resolve) => {
    const processes = world.processes();
    const failed = (): void => resolve({ kind: 'failed' });
    if (processes.length === 0) {
      scheduler.after(5, failed);
      return;
    }
    const { life, abilities } = random.pick(processes);
    const loseHeart = scheduler.after(PATIENCE_MS, failed);
    const forget = life.onEnd(() => scheduler.after(random.between(0, 5), failed));
    const answer = (answered: Answered<T>): void => {
      loseHeart();
      forget();
      resolve(answered);
    };
    life.after(random.between(1, 10), () => {
      ask(abilities).then(
        (value) => life.after(random.between(1, 10), () => answer({ kind: 'answered', value })),
        // A fault of the server's: an answer, but one that says nothing.
        () => life.after(random.between(1, 10), () => answer({ kind: 'failed' })),
      );
    });
  });
}

export const pause = (world: World, milliseconds: number): Promise<void> =>
  new Promise((resolve) => world.scheduler.after(milliseconds, resolve));
