/** Reads the environment. Everything that can be set stands here and in the README's table. */
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { DEFAULT_LIMIT } from '../application/ports/request-budget.ts';
import { LIMIT_TABLES } from '../domain/risk-policy/limit-tables.ts';
import type { LimitTable } from '../domain/risk-policy/limits.ts';
import { readLimitTables } from './limit-tables-file.ts';
import { StartupError } from './startup-error.ts';

const port = z.coerce.number().int().min(0).max(65_535);
const url = z.url({ protocol: /^https?$/ });
/** Fewer would leave nothing to be kept for cancels. */
const requests = z.coerce.number().int().min(10).max(1_000_000);
const postgresUrl = z.url({ protocol: /^postgres(ql)?$/ });

/** An empty setting is one that was not made. */
const set = <T extends z.ZodType>(schema: T) => z.preprocess((value) => (value === '' ? undefined : value), schema);

const environment = z.object({
  NODE_ENV: set(z.string().optional()),
  PORT: set(port.default(3000)),
  HOST: set(z.string().default('127.0.0.1')),
  PUBLIC_URL: set(url.optional()),
  TRADSY_DATA: set(z.string().default('.tradsy')),
  TRADSY_AUDIT: set(z.string().optional()),
  TRADSY_SECRET: set(z.string().min(32, 'must have at least 32 characters').optional()),
  TRADSY_CRASH_AT: set(z.string().optional()),
  TRADSY_LIMITS: set(z.string().optional()),
  LOG_LEVEL: set(z.enum(['debug', 'info', 'warn', 'error']).default('info')),
  DATABASE_URL: set(postgresUrl.optional()),
  DATABASE_OWNER_URL: set(postgresUrl.optional()),
  EVENTSTOREDB_URL: set(
    z
      .string()
      .regex(/^esdb(\+discover)?:\/\/./, 'must begin with esdb:// or esdb+discover://')
      .optional(),
  ),
  SANDBOX_BARS: set(z.string().optional()),
  SANDBOX_SPEED: set(z.coerce.number().positive().max(10_000).optional()),
  SANDBOX_START: set(z.iso.datetime({ offset: true }).optional()),
  SANDBOX_SEED: set(z.coerce.number().int().optional()),
  SANDBOX_URL: set(url.optional()),
  ALPACA_CLIENT_ID: set(z.string().optional()),
  ALPACA_CLIENT_SECRET: set(z.string().optional()),
  ALPACA_KEY_ID: set(z.string().optional()),
  ALPACA_SECRET_KEY: set(z.string().optional()),
  ALPACA_DATA_FEED: set(z.enum(['iex', 'sip']).default('iex')),
  ALPACA_REQUESTS_A_MINUTE: set(requests.default(DEFAULT_LIMIT)),
  ALPACA_HOUSE_REQUESTS_A_MINUTE: set(requests.default(DEFAULT_LIMIT)),
});

/** The addresses and keys of a broker, real or not. */
export type BrokerSource =
  | {
      readonly kind: 'alpaca';
      readonly clientId: string;
      readonly clientSecret: string;
      readonly keyId: string;
      readonly secretKey: string;
    }
  /** A sandbox that runs already. */
  | { readonly kind: 'sandbox-at'; readonly url: string }
  /** A sandbox of our own, started with these settings. */
  | { readonly kind: 'sandbox'; readonly settings: Readonly<Record<string, string>> };

export interface Config {
  readonly port: number;
  readonly host: string;
  /** How browsers reach this server; null: by host and port. */
  readonly publicUrl: string | null;
  readonly dataFolder: string;
  /** Where the signed heads of the log are kept, with the keys that prove them. */
  readonly auditFolder: string;
  /** Null: made at the first start and kept in the data folder. */
  readonly secret: string | null;
  readonly databaseUrl: string | null;
  /** Who may change the schema of that database; null: the same. */
  readonly databaseOwnerUrl: string | null;
  /** Null: the event store is in the database. */
  readonly eventStoreDbUrl: string | null;
  readonly broker: BrokerSource;
  readonly dataFeed: 'iex' | 'sip';
  /** Of those that the broker allows, for each linked account and for the house's own key. */
  readonly requestsAMinute: { readonly account: number; readonly house: number };
  readonly logLevel: string;
  readonly production: boolean;
  /** The risk limits of all accounts, oldest first. */
  readonly limitTables: readonly LimitTable[];
  /** Tests only: where this process shall kill itself, `point` or `point:n` for the n-th pass. */
  readonly crashAt: string | null;
}

/** Throws StartupError, naming every setting that is wrong. Relative folders are taken from `workingFolder`. */
export function readConfig(env: Readonly<Record<string, string | undefined>>, workingFolder: string): Config {
  const parsed = environment.safeParse(env);
  if (!parsed.success) {
    const faults = parsed.error.issues.map((issue) => `${issue.path.join('.')} ${issue.message}`);
    throw new StartupError(`wrong settings: ${faults.join('; ')}`);
  }
  const settings = parsed.data;
  const dataFolder = resolve(workingFolder, settings.TRADSY_DATA);
  const config: Config = {
    port: settings.PORT,
    host: settings.HOST,
    publicUrl: settings.PUBLIC_URL?.replace(/\/$/, '') ?? null,
    dataFolder,
    auditFolder: resolve(workingFolder, settings.TRADSY_AUDIT ?? join(dataFolder, 'audit')),
    secret: settings.TRADSY_SECRET ?? null,
    databaseUrl: settings.DATABASE_URL ?? null,
    databaseOwnerUrl: settings.DATABASE_OWNER_URL ?? null,
    eventStoreDbUrl: settings.EVENTSTOREDB_URL ?? null,
    broker: brokerSource(settings, workingFolder),
    dataFeed: settings.ALPACA_DATA_FEED,
    requestsAMinute: {
      account: settings.ALPACA_REQUESTS_A_MINUTE,
      house: settings.ALPACA_HOUSE_REQUESTS_A_MINUTE,
    },
    logLevel: settings.LOG_LEVEL,
    production: settings.NODE_ENV === 'production',
    limitTables:
      settings.TRADSY_LIMITS === undefined
        ? LIMIT_TABLES
        : readLimitTables(resolve(workingFolder, settings.TRADSY_LIMITS)),
    crashAt: settings.TRADSY_CRASH_AT ?? null,
  };
  if (config.production) refuseUnsafe(config);
  return config;
}

type Settings = z.infer<typeof environment>;

function brokerSource(settings: Settings, workingFolder: string): BrokerSource {
  const keys = {
    ALPACA_CLIENT_ID: settings.ALPACA_CLIENT_ID,
    ALPACA_CLIENT_SECRET: settings.ALPACA_CLIENT_SECRET,
    ALPACA_KEY_ID: settings.ALPACA_KEY_ID,
    ALPACA_SECRET_KEY: settings.ALPACA_SECRET_KEY,
  };
  const missing = Object.entries(keys).flatMap(([name, value]) => (value === undefined ? [name] : []));
  if (missing.length === 0) {
    return {
      kind: 'alpaca',
      clientId: keys.ALPACA_CLIENT_ID ?? '',
      clientSecret: keys.ALPACA_CLIENT_SECRET ?? '',
      keyId: keys.ALPACA_KEY_ID ?? '',
      secretKey: keys.ALPACA_SECRET_KEY ?? '',
    };
  }
  if (missing.length < Object.keys(keys).length) {
    throw new StartupError(`Alpaca needs all four of its settings; missing: ${missing.join(', ')}`);
  }
  if (settings.SANDBOX_URL !== undefined) return { kind: 'sandbox-at', url: settings.SANDBOX_URL.replace(/\/$/, '') };
  const passedOn = {
    SANDBOX_BARS: settings.SANDBOX_BARS === undefined ? undefined : resolve(workingFolder, settings.SANDBOX_BARS),
    SANDBOX_SPEED: settings.SANDBOX_SPEED?.toString(),
    SANDBOX_START: settings.SANDBOX_START,
    SANDBOX_SEED: settings.SANDBOX_SEED?.toString(),
  };
  const given = Object.entries(passedOn).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return { kind: 'sandbox', settings: Object.fromEntries(given) };
}

/** In production nothing may be made up: no sandbox, no embedded database, no plain HTTP, no crash points. */
function refuseUnsafe(config: Config): void {
  const faults = [
    config.broker.kind === 'alpaca' ? null : 'the ALPACA_ settings are missing, so orders would go to a sandbox',
    config.databaseUrl === null ? 'DATABASE_URL is missing' : null,
    /[?&]tls(verifycert)?=false/i.test(config.eventStoreDbUrl ?? '')
      ? 'EVENTSTOREDB_URL turns TLS off, or its checks'
      : null,
    config.publicUrl?.startsWith('https://') === true ? null : 'PUBLIC_URL must be an https address',
    config.secret === null ? 'TRADSY_SECRET is missing' : null,
    config.crashAt === null ? null : 'TRADSY_CRASH_AT is for tests only',
  ].filter((fault) => fault !== null);
  if (faults.length > 0) throw new StartupError(`unsafe for production: ${faults.join('; ')}`);
}
