/** One process of the product over the simulated world: the same composition as in production, on other ports. */
import type { Pool } from 'pg';
import { ALPACA_CAPABILITIES } from '../../src/adapters/alpaca/capabilities.ts';
import type { AlpacaConfig } from '../../src/adapters/alpaca/config.ts';
import { systemIds } from '../../src/adapters/node/clock-and-ids.ts';
import type { Ids } from '../../src/application/ports/clock-and-ids.ts';
import type { Log } from '../../src/application/ports/log.ts';
import { createAbilities } from '../../src/bootstrap/abilities.ts';
import type { Abilities } from '../../src/bootstrap/abilities.ts';
import { createContainer, PORT } from '../../src/bootstrap/container.ts';
import type { ContainerOptions, Rewire } from '../../src/bootstrap/container.ts';
import type { Keys } from '../../src/bootstrap/keys.ts';
import { startOwners } from '../../src/bootstrap/owners.ts';
import type { OrderQueries } from '../../src/adapters/postgres/views/orders.ts';
import { LIMIT_TABLES } from '../../src/domain/risk-policy/limit-tables.ts';
import type { Faults } from './faults.ts';
import { createLife } from './life.ts';
import type { ProcessLife } from './life.ts';
import type { Market } from './market.ts';
import type { Random } from './random.ts';
import type { ReadSide } from './read-side.ts';
import type { Scheduler } from './scheduler.ts';
import { createSimBroker } from './sim-broker.ts';
import type { BrokerParts } from './sim-broker.ts';
import type { SimIdentity } from './sim-identity.ts';
import type { SimLeases } from './sim-leases.ts';
import type { SimStore } from './sim-store.ts';

/** What operators were told. */
export interface Told {
  readonly level: 'warn' | 'alarm';
  readonly at: string;
  readonly process: string;
  readonly message: string;
  readonly facts: Readonly<Record<string, unknown>>;
}

/** What a process finds around it. */
export interface Surroundings {
  readonly scheduler: Scheduler;
  readonly random: Random;
  readonly faults: Faults;
  readonly store: SimStore;
  readonly leases: SimLeases;
  readonly identity: SimIdentity;
  readonly market: Market;
  readonly readSide: ReadSide;
  readonly broker: BrokerParts;
  /** Puts a bug into every process. */
  readonly bug: Rewire | null;
  tell(told: Told): void;
  crash(name: string): void;
}

export interface SimProcess {
  readonly life: ProcessLife;
  readonly abilities: Abilities;
  /** As by SIGTERM: what is under way ends first. */
  stop(): void;
  /** Lets go of what a dead process still waits for: nothing comes of it but free memory. */
  letGo(): void;
}

/** What the order path does not touch here: bound, and never resolved. */
const UNUSED = {} as unknown;

export function startProcess(world: Surroundings, name: string): SimProcess {
  const { scheduler, random, faults, store, leases, identity, market, readSide, bug } = world;
  const life = createLife(name, scheduler, random, random.between(-150, 150));
  const ids: Ids = { random: () => random.uuid(), named: systemIds.named };
  const told =
    (level: 'warn' | 'alarm') =>
    (message: string, facts: Readonly<Record<string, unknown>> = {}) => {
      if (!life.ended) world.tell({ level, at: scheduler.text(), process: name, message, facts });
    };
  const log: Log = { info: () => undefined, warn: told('warn'), alarm: told('alarm') };
  const pass: ContainerOptions['pass'] = () => {
    if (!life.ended && faults.atCrashPoint()) world.crash(name);
  };
  const bare = store.eventStoreOf(life);
  const container = createContainer({
    pool: UNUSED as Pool,
    eventLog: { name: 'postgres', store: bare, readPromptly: bare.readStream, close: () => Promise.resolve() },
    log,
    keys: UNUSED as Keys,
    alpaca: UNUSED as AlpacaConfig,
    pass,
    limitTables: LIMIT_TABLES,
  });
  const { venue, marketData } = market.of(life);
  const { users, passwords, sessions, tokens, attempts, brokerTokens, authorization } = identity.of(life);
  const broker = createSimBroker(life, world.broker);
  const queries = { unfinished: readSide.unfinishedOf(life) } as OrderQueries;

  container.rebind(PORT.clock).toConstantValue(life.clock);
  container.rebind(PORT.ids).toConstantValue(ids);
  container.rebind(PORT.alpaca).toConstantValue({
    broker,
    authorization,
    venue,
    marketData,
    capabilities: ALPACA_CAPABILITIES,
    sending: () => 'ok',
  });
  container.rebind(PORT.brokerTokens).toConstantValue(brokerTokens);
  container.rebind(PORT.leases).toConstantValue(leases.of(life));
  container.rebind(PORT.checkpoints).toConstantValue(store.checkpointsOf(life));
  container.rebind(PORT.passedOver).toConstantValue(store.passedOverOf(life));
  container.rebind(PORT.reconciliations).toConstantValue(store.reconciliationsOf(life));
  container.rebind(PORT.orders).toConstantValue(queries);
  container.rebind(PORT.users).toConstantValue(users);
  container.rebind(PORT.passwords).toConstantValue(passwords);
  container.rebind(PORT.sessions).toConstantValue(sessions);
  container.rebind(PORT.tokens).toConstantValue(tokens);
  container.rebind(PORT.attempts).toConstantValue(attempts);
  bug?.(container);

  const abilities = createAbilities(container);
  const ending = new AbortController();
  const owners = startOwners(container, abilities, ending.signal);
  return {
    life,
    abilities,
    stop() {
      ending.abort();
      void Promise.allSettled(owners).then(() => life.end());
    },
    letGo: () => ending.abort(),
  };
}
