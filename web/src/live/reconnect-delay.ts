const FIRST_MS = 500;
const LONGEST_MS = 15_000;

/**
 * How long to wait before the next attempt, in milliseconds: doubles with every failure up to 15 s, and is spread over
 * its upper half by `chance` (0 to 1), so that pages do not all come back in the same instant.
 */
export function reconnectDelay(failures: number, chance: number): number {
  const whole = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(failures, 10));
  return Math.round(whole / 2 + (whole / 2) * chance);
}
