/** What happens to the processes and to the streams: deaths, restarts, standstills, second processes, outages. */
import { pause } from './visits.ts';
import type { World } from './world.ts';

export interface Troubles {
  /** From now on nothing happens any more; at least one process runs. */
  stop(): void;
}

const KINDS = { crash: 60, standstill: 12, stop: 12, outage: 8, cut: 25 } as const;

/** `every`: milliseconds between two of them. */
export function makeTroubles(world: World, every: readonly [number, number]): Troubles {
  const random = world.random.branch();
  let stopped = false;
  let wanted = 1;

  function ensure(): void {
    while (world.processes().length < wanted) watch();
  }

  function watch(): void {
    const process = world.start();
    process.life.onEnd(() => {
      wanted = random.chance(0.4) ? 2 : 1;
      world.scheduler.after(random.between(50, 800), ensure);
    });
  }

  async function go(): Promise<void> {
    while (!stopped) {
      await pause(world, random.between(...every));
      if (stopped) return;
      const process = random.pick(world.processes().length === 0 ? [null] : world.processes());
      if (process === null) continue;
      const kind = random.weighed(KINDS);
      switch (kind) {
        case 'crash':
          process.life.end();
          break;
        case 'standstill': {
          process.life.standStill(random.between(300, 9_000));
          world.leases.standsStill(process.life);
          break;
        }
        case 'stop':
          process.stop();
          break;
        case 'outage':
          world.broker.streams.outage(random.between(1_000, 30_000));
          break;
        case 'cut':
          world.broker.streams.cutOne();
      }
      if (kind !== 'outage' && kind !== 'cut') world.faults.count(`process ${kind}`);
    }
  }

  ensure();
  void go();
  return {
    stop() {
      stopped = true;
    },
  };
}
