/**
 * Which adapter stands behind which port. Everything is made once, when it is first asked for; `app.ts` starts and
 * stops it. Tests replace parts by `replacePart`.
 */
import { hostname } from 'node:os';
import { Container } from 'inversify';
import type { ServiceIdentifier } from 'inversify';
import type { Pool } from 'pg';
import { createAlpaca } from '../adapters/alpaca/alpaca.ts';
import type { Alpaca } from '../adapters/alpaca/alpaca.ts';
import { budgetAllowance } from '../adapters/alpaca/config.ts';
import type { AlpacaConfig } from '../adapters/alpaca/config.ts';
import { createAccessTokens } from '../adapters/identity/access-tokens.ts';
import { createPasswords } from '../adapters/identity/passwords.ts';
import { createSecrets } from '../adapters/identity/secrets.ts';
import { systemClock, systemIds } from '../adapters/node/clock-and-ids.ts';
import { createBrokerTokens } from '../adapters/postgres/broker-tokens.ts';
import { createLinkAttempts } from '../adapters/postgres/identity/link-attempts.ts';
import { createSessions } from '../adapters/postgres/identity/sessions.ts';
import { createUsers } from '../adapters/postgres/identity/users.ts';
import { createPassedOver } from '../adapters/postgres/passed-over-events.ts';
import { createLeases } from '../adapters/postgres/leases.ts';
import { createCheckpoints } from '../adapters/postgres/reaction-checkpoints.ts';
import { createPostgresGrants } from '../adapters/postgres/request-grants.ts';
import { createReconciliations } from '../adapters/postgres/reconciliations.ts';
import { createOrderQueries } from '../adapters/postgres/views/orders.ts';
import type { OrderQueries } from '../adapters/postgres/views/orders.ts';
import { CATALOGUE } from '../adapters/stored-events/catalogue.ts';
import { createEvolvingStore } from '../adapters/stored-events/evolving-store.ts';
import { createAggregates } from '../application/aggregates.ts';
import type { Aggregates } from '../application/aggregates.ts';
import { createLinkedAccounts } from '../application/account/link-broker.ts';
import type { BrokerTokens, LinkedAccounts } from '../application/ports/broker.ts';
import type { Clock, Ids } from '../application/ports/clock-and-ids.ts';
import type { PassCrashPoint } from '../application/ports/crash-points.ts';
import type { EventStore } from '../application/ports/event-store.ts';
import { MINUTE } from '../application/ports/request-budget.ts';
import type { RequestBudget } from '../application/ports/request-budget.ts';
import { createRequestBudget } from '../application/request-budget.ts';
import { createReadHalts } from '../application/risk-policy/halts-on.ts';
import type { ReadHalts } from '../application/risk-policy/halts-on.ts';
import { withNamedFailures } from '../application/store-failures.ts';
import type { AccessTokens, LinkAttempts, Passwords, Sessions, Users } from '../application/ports/identity.ts';
import type { Leases } from '../application/ports/leases.ts';
import type { Log } from '../application/ports/log.ts';
import type { Checkpoints, PassedOver, Reconciliations } from '../application/ports/progress.ts';
import type { LimitTable } from '../domain/risk-policy/limits.ts';
import type { EventLog } from './event-log.ts';
import type { Keys } from './keys.ts';

const port = <T>(name: string) => Symbol.for(`tradsy/${name}`) as ServiceIdentifier<T>;

/** The ports, by name. */
export const PORT = {
  pool: port<Pool>('pool'),
  log: port<Log>('log'),
  keys: port<Keys>('keys'),
  pass: port<PassCrashPoint>('pass crash point'),
  limitTables: port<readonly LimitTable[]>('limit tables'),
  clock: port<Clock>('clock'),
  ids: port<Ids>('ids'),
  /** As an adapter gives it: whatever is stored, in the shape that it was stored in. */
  bareStore: port<EventStore>('event store without shapes'),
  store: port<EventStore>('event store'),
  aggregates: port<Aggregates>('aggregates'),
  readHalts: port<ReadHalts>('halts in force'),
  alpacaConfig: port<AlpacaConfig>('addresses and times of Alpaca'),
  requestBudget: port<RequestBudget>('request budget'),
  alpaca: port<Alpaca>('Alpaca'),
  brokerTokens: port<BrokerTokens>('broker tokens'),
  linked: port<LinkedAccounts>('linked accounts'),
  leases: port<Leases>('leases'),
  checkpoints: port<Checkpoints>('checkpoints'),
  passedOver: port<PassedOver>('passed-over events'),
  reconciliations: port<Reconciliations>('reconciliations'),
  orders: port<OrderQueries>('order queries'),
  users: port<Users>('users'),
  sessions: port<Sessions>('sessions'),
  passwords: port<Passwords>('passwords'),
  tokens: port<AccessTokens>('access tokens'),
  attempts: port<LinkAttempts>('link attempts'),
} as const;

/** Puts parts of a test's own behind the ports, before anything is taken from the container. */
export type Rewire = (container: Container) => void;

/**
 * Puts another part behind a port: what `make` makes of the one that stands there. Parts that have been made of the old
 * one already keep it, so inner ports are replaced first.
 */
export function replacePart<T>(container: Container, of: ServiceIdentifier<T>, make: (part: T) => T): void {
  const part = make(container.get(of));
  container.rebind(of).toConstantValue(part);
}

export interface ContainerOptions {
  readonly pool: Pool;
  readonly eventLog: EventLog;
  readonly log: Log;
  readonly keys: Keys;
  readonly alpaca: AlpacaConfig;
  readonly pass: PassCrashPoint;
  readonly limitTables: readonly LimitTable[];
}

export function createContainer(options: ContainerOptions): Container {
  const { pool, eventLog, log, keys, alpaca, pass, limitTables } = options;
  const container = new Container({ defaultScope: 'Singleton' });
  container.bind(PORT.pool).toConstantValue(pool);
  container.bind(PORT.log).toConstantValue(log);
  container.bind(PORT.keys).toConstantValue(keys);
  container.bind(PORT.pass).toConstantValue(pass);
  container.bind(PORT.limitTables).toConstantValue(limitTables);
  container.bind(PORT.clock).toConstantValue(systemClock);
  container.bind(PORT.ids).toConstantValue(systemIds);
  container.bind(PORT.bareStore).toConstantValue(eventLog.store);
  container
    .bind(PORT.store)
    .toResolvedValue(
      (bare: EventStore, told: Log) =>
        createEvolvingStore(withNamedFailures(bare), { catalogue: CATALOGUE, log: told }),
      [PORT.bareStore, PORT.log],
    );
  container
    .bind(PORT.aggregates)
    .toResolvedValue((store: EventStore, ids: Ids) => createAggregates({ store, ids }), [PORT.store, PORT.ids]);
  container.bind(PORT.readHalts).toResolvedValue(
    (bare: EventStore, clock: Clock, told: Log) => {
      // Whatever else the store has to do, looking at the halts waits for none of it.
      const prompt = { ...bare, readStream: eventLog.readPromptly };
      return createReadHalts({ store: createEvolvingStore(prompt, { catalogue: CATALOGUE, log: told }), clock });
    },
    [PORT.bareStore, PORT.clock, PORT.log],
  );
  container.bind(PORT.alpacaConfig).toConstantValue(alpaca);
  container.bind(PORT.requestBudget).toResolvedValue(
    (on: Pool, config: AlpacaConfig, clock: Clock, told: Log) => {
      const allowance = budgetAllowance(config.requestsAMinute);
      return createRequestBudget({ grants: createPostgresGrants(on, { window: MINUTE, allowance }), clock, log: told });
    },
    [PORT.pool, PORT.alpacaConfig, PORT.clock, PORT.log],
  );
  container
    .bind(PORT.alpaca)
    .toResolvedValue(
      (config: AlpacaConfig, clock: Clock, told: Log, budget: RequestBudget) =>
        createAlpaca(config, { clock, log: told, budget }),
      [PORT.alpacaConfig, PORT.clock, PORT.log, PORT.requestBudget],
    );
  container
    .bind(PORT.brokerTokens)
    .toResolvedValue(
      (on: Pool, kept: Keys) => createBrokerTokens(on, createSecrets(kept.brokerTokens)),
      [PORT.pool, PORT.keys],
    );
  container
    .bind(PORT.linked)
    .toResolvedValue(
      (aggregates: Aggregates, brokerTokens: BrokerTokens) => createLinkedAccounts({ aggregates, brokerTokens }),
      [PORT.aggregates, PORT.brokerTokens],
    );
  container.bind(PORT.passedOver).toResolvedValue((on: Pool) => createPassedOver(on, eventLog.name), [PORT.pool]);
  container.bind(PORT.leases).toResolvedValue(
    (on: Pool, told: Log) =>
      createLeases(on, {
        holder: `${hostname()}:${process.pid}`,
        onLost: (name, why) => told.warn('a lease was lost', { name, why }),
      }),
    [PORT.pool, PORT.log],
  );
  container.bind(PORT.checkpoints).toResolvedValue((on: Pool) => createCheckpoints(on, eventLog.name), [PORT.pool]);
  container.bind(PORT.reconciliations).toResolvedValue(createReconciliations, [PORT.pool]);
  container.bind(PORT.orders).toResolvedValue(createOrderQueries, [PORT.pool]);
  container.bind(PORT.users).toResolvedValue(createUsers, [PORT.pool]);
  container
    .bind(PORT.sessions)
    .toResolvedValue(
      (on: Pool, ids: Ids, kept: Keys) => createSessions(on, ids, kept.refreshTokens),
      [PORT.pool, PORT.ids, PORT.keys],
    );
  container.bind(PORT.passwords).toResolvedValue(createPasswords, []);
  container.bind(PORT.tokens).toResolvedValue((kept: Keys) => createAccessTokens(kept.accessTokens), [PORT.keys]);
  container.bind(PORT.attempts).toResolvedValue(createLinkAttempts, [PORT.pool]);
  return container;
}
