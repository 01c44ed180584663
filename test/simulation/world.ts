/**
 * The simulated world: a broker, a database, and processes of the product that are born and die. One seed decides all of
 * it.
 */
import type { Arrival } from '../chaos/check/evidence.ts';
import { CATALOGUE } from '../../src/adapters/stored-events/catalogue.ts';
import { createEvolvingStore } from '../../src/adapters/stored-events/evolving-store.ts';
import type { EventStore } from '../../src/application/ports/event-store.ts';
import type { Rewire } from '../../src/bootstrap/container.ts';
import { createFaults } from './faults.ts';
import type { FaultRates } from './faults.ts';
import { createMarket } from './market.ts';
import { startProcess } from './process.ts';
import type { SimProcess, Surroundings, Told } from './process.ts';
import { createRandom } from './random.ts';
import { createReadSide } from './read-side.ts';
import { createScheduler, settled } from './scheduler.ts';
import { createSimIdentity } from './sim-identity.ts';
import { createSimLeases } from './sim-leases.ts';
import { createSimStore } from './sim-store.ts';
import { createStreams } from './streams.ts';
import { createVenue } from './venue.ts';
import type { VenueCharacter } from './venue.ts';
import type { VenueAccount } from './venue-order.ts';

export interface WorldOptions {
  readonly seed: number;
  readonly rates: FaultRates;
  readonly character: VenueCharacter;
  /** Puts a bug into every process. */
  readonly bug: Rewire | null;
}

export interface Departure {
  readonly clientOrderId: string;
  /** Milliseconds since 1970. */
  readonly at: number;
}

export interface World extends Surroundings {
  /** The log as the product reads it. */
  readonly log: EventStore;
  readonly told: readonly Told[];
  /** What came to the broker's door. */
  readonly arrivals: readonly Arrival[];
  /** Client order ids of requests that the broker itself refused. */
  readonly refusals: ReadonlySet<string>;
  /** Requests to place or to change an order, as they left a process. */
  readonly departures: readonly Departure[];
  processes(): readonly SimProcess[];
  start(): SimProcess;
  /** Ends every process, and lets go of all that they wait for. */
  close(): Promise<void>;
}

/** A Monday, half an hour after the opening in New York. */
const BEGINS_AT = Date.parse('2026-03-02T15:00:00.000Z');

export function createWorld({ seed, rates, character, bug }: WorldOptions): World {
  const random = createRandom(seed);
  const scheduler = createScheduler(random.branch(), BEGINS_AT);
  const faults = createFaults(random.branch(), rates);
  const store = createSimStore(scheduler, random.branch(), faults);
  const identity = createSimIdentity(random.branch());
  const told: Told[] = [];
  const arrivals: Arrival[] = [];
  const refusals = new Set<string>();
  const departures: Departure[] = [];
  const accountOf = (token: string): VenueAccount | null => {
    const id = identity.brokerAccountOf(token);
    return id === null ? null : venue.account(id);
  };
  const streams = createStreams({ scheduler, random: random.branch(), faults, accountOf });
  const venue = createVenue(scheduler, random.branch(), character, streams.publish);
  const log = createEvolvingStore(store.whole, { catalogue: CATALOGUE, log: { alarm: () => undefined } });
  const readSide = createReadSide(log, scheduler, random.branch());
  store.onAppended(() => readSide.appended());
  const running = new Map<string, SimProcess>();
  const all: SimProcess[] = [];

  const world: World = {
    scheduler,
    random,
    faults,
    store,
    log,
    leases: createSimLeases(scheduler, random.branch()),
    identity,
    market: createMarket(scheduler, random.branch()),
    readSide,
    broker: {
      venue,
      streams,
      faults,
      random: random.branch(),
      accountOf,
      now: scheduler.now,
      onArrival: (arrival) => void arrivals.push({ ...arrival, at: scheduler.now() }),
      onDeparture: (clientOrderId) => void departures.push({ clientOrderId, at: scheduler.now() }),
      onRefusal: (clientOrderId) => void refusals.add(clientOrderId),
    },
    bug,
    told,
    arrivals,
    refusals,
    departures,
    tell: (what) => void told.push(what),
    processes: () => [...running.values()].filter(({ life }) => !life.ended),
    start() {
      const name = `process-${all.length + 1}`;
      const process = startProcess(world, name);
      all.push(process);
      running.set(name, process);
      process.life.onEnd(() => running.delete(name));
      return process;
    },
    async close() {
      for (const { life, letGo } of all) {
        life.end();
        letGo();
      }
      await settled();
    },
    crash(name) {
      running.get(name)?.life.end();
    },
  };
  return world;
}
