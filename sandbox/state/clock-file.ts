import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Where the market clock stood, and in which world (`world` names the bars and the asked start). */
export type SavedClock = { readonly position: number; readonly world: string };

/** Reads the saved clock; null when there is none or it is unreadable. */
export function readClock(folder: string): SavedClock | null {
  try {
    const saved = JSON.parse(readFileSync(join(folder, 'clock.json'), 'utf8')) as SavedClock;
    return typeof saved.position === 'number' && typeof saved.world === 'string' ? saved : null;
  } catch {
    return null;
  }
}

/** Replaces the saved clock in one step. */
export function saveClock(folder: string, clock: SavedClock): void {
  const path = join(folder, 'clock.json');
  writeFileSync(`${path}.new`, JSON.stringify(clock));
  renameSync(`${path}.new`, path);
}
