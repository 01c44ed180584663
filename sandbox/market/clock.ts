/** The market's own time: a position that moves `speed` market seconds per real second. */
export type MarketClock = {
  /** Market time in whole milliseconds since 1970. */
  now(): number;
  /** Where the clock was last put by hand, by a start or by a jump. */
  placedAt(): number;
  place(position: number): void;
  speed(): number;
  setSpeed(speed: number): void;
  paused(): boolean;
  setPaused(paused: boolean): void;
};

/** @param real the real time in milliseconds, never running backwards */
export function marketClock(
  start: { position: number; speed: number; paused: boolean },
  real: () => number,
): MarketClock {
  let { speed, paused } = start;
  let anchor = { market: start.position, real: real() };
  let placed = start.position;

  const now = (): number => Math.floor(paused ? anchor.market : anchor.market + (real() - anchor.real) * speed);
  const holdPosition = (): void => {
    anchor = { market: now(), real: real() };
  };
  return {
    now,
    placedAt: () => placed,
    place(position) {
      anchor = { market: position, real: real() };
      placed = position;
    },
    speed: () => speed,
    setSpeed(next) {
      holdPosition();
      speed = next;
    },
    paused: () => paused,
    setPaused(next) {
      holdPosition();
      paused = next;
    },
  };
}
