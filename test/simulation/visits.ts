/** How a client reaches the product: over a network, at whichever process answers, or at none. */
import type { Abilities } from '../../src/bootstrap/abilities.ts';
import type { World } from './world.ts';

/** `failed`: no answer came, so nobody can tell what has happened. */
export type Answered<T> = { readonly kind: 'answered'; readonly value: T } | { readonly kind: 'failed' };

const PATIENCE_MS = 8_000;

export function request<T>(world: World, ask: (abilities: Abilities) => Promise<T>): Promise<Answered<T>> {
  const { scheduler, random } = world;
  return new Promise((resolve) => {
    const fail = (after: number): void => scheduler.after(after, () => resolve({ kind: 'failed' }));
    const processes = world.processes();
    if (processes.length === 0) return fail(5);
    const process = random.pick(processes);
    fail(PATIENCE_MS);
    process.life.onEnd(() => fail(random.between(0, 5)));
    process.life.after(random.between(1, 10), () => {
      ask(process.abilities).then(
        (value) => process.life.after(random.between(1, 10), () => resolve({ kind: 'answered', value })),
        // A fault of the server's: an answer, but one that says nothing.
        () => process.life.after(random.between(1, 10), () => resolve({ kind: 'failed' })),
      );
    });
  });
}

export const pause = (world: World, milliseconds: number): Promise<void> =>
  new Promise((resolve) => world.scheduler.after(milliseconds, resolve));
