/** Waiting until nothing is on its way any more. */
import type { World } from './world.ts';

/** The records are compared every two minutes at least: whatever a lost message told is known by then. */
const COMPARED_WITHIN_MS = 125_000;
const QUIET_WITHIN_MS = 600_000;
/** So long nothing must happen. */
const QUIET_FOR_MS = 10_000;

/** Goes on until nothing has been recorded for a while and no order is unfinished; false when the time allowed is over before. */
export async function settle(world: World): Promise<boolean> {
  const { scheduler, readSide, broker } = world;
  const end = scheduler.now() + QUIET_WITHIN_MS;
  let last = readSide.upTo();
  let since = scheduler.now();
  let isAtRest = false;
  await scheduler.run(() => {
    if (readSide.upTo() !== last) {
      last = readSide.upTo();
      since = scheduler.now();
    }
    if (scheduler.now() > end) return true;
    const compared = scheduler.now() - broker.venue.lastActivity() > COMPARED_WITHIN_MS;
    isAtRest =
      compared && scheduler.now() - since > QUIET_FOR_MS && readSide.unfinished() === 0 && !broker.venue.hasOpen();
    return isAtRest;
  });
  return isAtRest;
}
