/** One life of the product: it recovers, is used, and is killed; what happens while it is dead happens behind its back. */
import { setTimeout as wait } from 'node:timers/promises';
import type { LedgerOrder, Violation } from '../check/evidence.ts';
import { TIMELY, violations } from '../check/violations.ts';
import { BUSY_MS } from '../plan/episodes.ts';
import type { Crash, Episode } from '../plan/world-plan.ts';
import { inFlight, judge, lookFor } from './judge.ts';
import type { Due } from './judge.ts';
import type { Life } from './product.ts';
import type { World } from './world.ts';

export interface EpisodeResult {
  /** Where it was meant to end, and whether that is where it ended. */
  readonly crash: Crash;
  readonly struck: boolean;
  readonly recovery: Recovery;
  /** Orders that were on their way when it was killed. */
  readonly inFlight: number;
  readonly violations: readonly Violation[];
}

export interface Recovery {
  /** From the start of the process until all that was due was recorded; null when it was killed before. */
  readonly ms: number | null;
  /** What was recorded last of all, or is still missing. */
  readonly waitedFor: string | null;
}

/** Longer than any recovery may take: what is due then is missing. */
const PATIENCE_MS = 20_000;
const PATIENCE_A_START = 10;
const LOOK_EVERY_MS = 60;
/** After all that was planned has been answered, or has begun: time for the point to be passed. */
const GRACE_MS = 300;
/** In good weather everything is answered by then, on a slow machine, too. */
const ANSWERED_MS = 10_000;

export async function runEpisode(world: World, episode: Episode): Promise<EpisodeResult> {
  const { crash, dead, deadMs } = episode;
  const due = await dueNow(world);
  const life = world.start(crash.kind === 'point' ? `${crash.point}:${crash.pass}` : null);
  const killAt = (ms: number): void => void wait(ms, undefined, { ref: false }).then(() => life.end('SIGKILL'));
  if (crash.kind === 'start') killAt(crash.afterMs);

  const begun = { doing: Promise.resolve() as Promise<unknown> };
  const recovery = await recover(world, life, due);
  let found: readonly Violation[] = [];
  if (!life.isOver()) {
    found = await judge(world, due, null, await slowness(life));
    if (found.length === 0) {
      if (crash.kind === 'moment') killAt(crash.afterMs);
      begun.doing = use(world, life, episode);
      await Promise.race([life.ended, untilUsed(begun.doing, episode)]);
    }
  }
  const struck = life.isOver();
  if (life.hasGivenUp()) throw new Error(`the product ended by itself: ${life.output()}`);
  await life.end('SIGKILL');
  await Promise.all([world.toBroker.set({ kind: 'clear' }), world.toDatabase.set({ kind: 'clear' })]);
  await begun.doing;
  const flying = await inFlight(world);
  for (const act of dead) await world.clients.perform(act);
  await wait(deadMs);
  return { crash, struck, recovery, inFlight: flying, violations: found };
}

/** How much more time a machine is given that takes long to start the product: milliseconds. */
export async function slowness(life: Life): Promise<number> {
  return PATIENCE_A_START * (((await life.ready) ?? life.startedAt) - life.startedAt);
}

/** What must be recorded once the product has recovered: all that the broker has now, and all that was asked for. */
export async function dueNow({ sandbox }: World): Promise<Due> {
  const ledger: readonly LedgerOrder[] = await sandbox.ledger();
  return { at: Date.now(), ledger };
}

/** Waits until nothing that was due is outstanding, or it has died. */
export async function recover(world: World, life: Life, due: Due): Promise<Recovery> {
  let waitedFor: string | null = null;
  const readyAt = await life.ready;
  if (readyAt === null && !life.isOver()) throw new Error(`the product did not become ready: ${life.output()}`);
  if (readyAt === null) return { ms: null, waitedFor };
  const trying = world.clients.tryAgain();
  const end = readyAt + PATIENCE_MS + (await slowness(life));
  for (;;) {
    const missing = violations(await lookFor(world, due), TIMELY);
    const ms = Date.now() - life.startedAt;
    if (life.isOver()) return { ms: null, waitedFor };
    if (missing.length === 0) {
      await trying;
      return { ms, waitedFor };
    }
    waitedFor = missing.map(({ subject, detail }) => `${subject}: ${detail}`).join('; ');
    if (Date.now() > end) return { ms, waitedFor };
    await wait(LOOK_EVERY_MS);
  }
}

/** Until all that is planned has been answered and passed on; in bad weather nobody waits for answers. */
async function untilUsed(doing: Promise<unknown>, { weather, databaseKilledMs }: Episode): Promise<void> {
  const isFair = weather === null && databaseKilledMs === null;
  await Promise.race([doing, wait(isFair ? ANSWERED_MS : BUSY_MS + GRACE_MS)]);
  await wait(GRACE_MS);
}

/** Does what is planned, each act at its time, for as long as the product lives. */
async function use(world: World, life: Life, episode: Episode): Promise<void> {
  const { alive, weather, databaseKilledMs } = episode;
  const inTime = async (ms: number, act: () => Promise<void>): Promise<void> => {
    await Promise.race([wait(ms), life.ended]);
    if (!life.isOver()) await act();
  };
  const doings = alive.map(({ at, act }) => inTime(at, () => world.clients.perform(act)));
  if (weather !== null) {
    const link = weather.link === 'broker' ? world.toBroker : world.toDatabase;
    doings.push(inTime(weather.fromMs, () => link.set(weather.weather)));
  }
  if (databaseKilledMs !== null) doings.push(inTime(databaseKilledMs, () => world.killDatabase()));
  await Promise.all(doings);
}
