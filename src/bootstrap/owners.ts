/** What only one process at a time does: each part runs whenever this process holds its lease. */
import type { Container } from 'inversify';
import { asOwner } from '../application/as-owner.ts';
import type { OwnersWork } from '../application/as-owner.ts';
import type { Owned } from '../application/ports/leases.ts';
import { runReaction } from '../application/react.ts';
import type { Abilities } from './abilities.ts';
import { PORT } from './container.ts';

/** Begins them; each promise resolves once `signal` has aborted and its part has ended. */
export function startOwners(container: Container, abilities: Abilities, signal: AbortSignal): readonly Promise<void>[] {
  const reacting = {
    store: container.get(PORT.store),
    checkpoints: container.get(PORT.checkpoints),
    passedOver: container.get(PORT.passedOver),
    clock: container.get(PORT.clock),
    log: container.get(PORT.log),
  };
  const owning = { leases: container.get(PORT.leases), clock: reacting.clock, log: reacting.log };
  const own = (name: Owned, work: OwnersWork) => asOwner(name, work, owning, signal);
  return [
    own('book-fills', (fence, until) => runReaction('book-fills', abilities.bookFills, { ...reacting, fence }, until)),
    own('order-desk', (_fence, until) => abilities.desk.run(until)),
    own('kill-switch', abilities.killSwitch.owner),
  ];
}
