import type { SandboxConfig } from './config.ts';
import type { Exchange } from './exchange.ts';
import { phaseAt, tradingDay } from './market/calendar.ts';
import type { BarSource } from './market/source.ts';
import { HOUR, MINUTE, fromNewYork, newYorkDay } from './market/time.ts';
import type { UsableDays } from './market/usable-days.ts';
import type { Engine } from './matching/engine.ts';
import { type SavedClock, readClock, saveClock } from './state/clock-file.ts';

const SAVE_EVERY = 2000;
/** Market time after the close that still passes by itself before the clock jumps on. */
const AFTERMATH = MINUTE;

/** What distinguishes one replay from another: a clock saved in another world is not resumed. */
export function worldOf(config: SandboxConfig, source: BarSource): string {
  const symbols = source.listings.map((listing) => listing.symbol).join(',');
  return JSON.stringify([source.kind, symbols, source.kind === 'synthetic' ? config.seed : 0, config.start]);
}

/**
 * Where the clock begins. A saved clock of the same world goes on where it was, or, when no regular session with data is
 * under way there, at 10:00 of the next usable day. A fresh one begins at the asked start, else at 10:00 of the best day.
 */
export function startPosition(config: SandboxConfig, days: UsableDays, world: string): number {
  const saved = readClock(config.dataFolder);
  if (saved && saved.world === world) return resumed(saved, days);
  return config.start ?? fromNewYork(days.best(), 10 * HOUR);
}

function resumed(saved: SavedClock, days: UsableDays): number {
  const day = newYorkDay(saved.position);
  if (phaseAt(saved.position) === 'regular' && days.has(day)) return saved.position;
  const today = fromNewYork(day, 10 * HOUR);
  if (saved.position < today && days.has(day)) return today;
  const next = days.next(day);
  return next === null ? saved.position : fromNewYork(next, 10 * HOUR);
}

/** Lets market time pass: advances the engine, jumps over the night, keeps the clock's position on disk. */
export function createTimekeeper(exchange: Exchange, engine: Engine, folder: string, world: string) {
  const { clock, days } = exchange;
  let savedAt = -Infinity;

  /**
   * Written a little ahead of the truth, so that after a kill the clock never runs backwards.
   */
  function save(isExact: boolean): void {
    const ahead = isExact || clock.paused() ? 0 : SAVE_EVERY * clock.speed();
    saveClock(folder, { position: clock.now() + ahead, world });
    savedAt = exchange.real();
  }

  /** A night is skipped when the clock ran into it; one that was set into the evening runs until the evening ends. */
  function nightEnd(now: number): number | null {
    const day = tradingDay(newYorkDay(clock.placedAt()));
    if (!day || clock.paused()) return null;
    const ranPast = clock.placedAt() < day.close ? now >= day.close + AFTERMATH : now >= day.postClose;
    if (!ranPast || clock.placedAt() >= day.postClose) return null;
    const next = days.next(day.day);
    const open = next === null ? null : (tradingDay(next)?.open ?? null);
    return open !== null && open > now ? open : null;
  }

  return {
    tick(): void {
      const open = nightEnd(clock.now());
      if (open !== null) {
        engine.advanceTo(open);
        clock.place(open);
        save(false);
      } else {
        engine.advance();
        if (exchange.real() - savedAt >= SAVE_EVERY / 2) save(false);
      }
    },
    /** Puts the clock somewhere: forward through everything between, backward without. */
    moveTo(at: number): void {
      if (at >= exchange.time()) engine.advanceTo(at);
      clock.place(at);
      if (at < exchange.time()) engine.resetTo(at);
      save(false);
    },
    save,
    isExhausted: (): boolean => days.next(newYorkDay(clock.now()) - 1) === null,
  };
}

export type Timekeeper = ReturnType<typeof createTimekeeper>;
