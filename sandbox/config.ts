import { StartFailure } from './failure.ts';
import { parseInstant } from './market/time.ts';

/** How to start a sandbox. */
export type SandboxConfig = {
  /** 0 = any free port. */
  readonly port: number;
  readonly host: string;
  /** Folder for the journal and the clock. */
  readonly dataFolder: string;
  /** Folder of bar files; null = the synthetic market. */
  readonly barsFolder: string | null;
  /** Market seconds per real second. */
  readonly speed: number;
  /** Market time to start at (milliseconds since 1970); null = chosen by the bars. */
  readonly start: number | null;
  readonly seed: number;
  /** Share of eligible fills that come partially. */
  readonly partialFills: number;
};

export const DEFAULT_CONFIG: SandboxConfig = {
  port: 4010,
  host: '127.0.0.1',
  dataFolder: '.tradsy/sandbox',
  barsFolder: null,
  speed: 1,
  start: null,
  seed: 1,
  partialFills: 0,
};

/**
 * Reads the configuration from environment variables.
 * @throws StartFailure naming the variable that is wrong
 */
export function readConfig(environment: Readonly<Record<string, string | undefined>>): SandboxConfig {
  const read = (name: string): string | null => environment[name]?.trim() || null;
  const number = (name: string, fallback: number, isRight: (value: number) => boolean, what: string): number => {
    const given = read(name);
    const value = given === null ? fallback : Number(given);
    if (!isRight(value)) throw new StartFailure(`${name}: "${given}" is not ${what}`);
    return value;
  };
  const start = read('SANDBOX_START');
  const startAt = start === null ? null : parseInstant(start);
  if (start !== null && startAt === null) throw new StartFailure(`SANDBOX_START: "${start}" is not an RFC 3339 time`);
  const isPort = (value: number): boolean => Number.isInteger(value) && value >= 0 && value <= 65_535;
  return {
    port: number('SANDBOX_PORT', DEFAULT_CONFIG.port, isPort, 'a port'),
    host: read('SANDBOX_HOST') ?? DEFAULT_CONFIG.host,
    dataFolder: read('SANDBOX_DATA') ?? DEFAULT_CONFIG.dataFolder,
    barsFolder: read('SANDBOX_BARS'),
    speed: number('SANDBOX_SPEED', 1, (value) => value >= 0 && value <= 100_000, 'a number from 0 to 100000'),
    start: startAt,
    seed: number('SANDBOX_SEED', 1, Number.isSafeInteger, 'a whole number'),
    partialFills: number('SANDBOX_PARTIAL_FILLS', 0, (value) => value >= 0 && value <= 1, 'a share from 0 to 1'),
  };
}
