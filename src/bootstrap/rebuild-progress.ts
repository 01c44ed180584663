/** Says how far a rebuild of the read models has come: at most one line a second. */
const EVERY_MS = 1_000;

export interface RebuildProgress {
  /** So many more events are applied. */
  add(events: number): void;
  /** What has been done until now, in one line. */
  line(): string;
}

/** `total`: the events of the log; null when the store does not count them. */
export function createRebuildProgress(total: number | null, say: (line: string) => void): RebuildProgress {
  const begun = performance.now();
  let done = 0;
  let saidAt = begun;
  const line = (): string => {
    const seconds = (performance.now() - begun) / 1000;
    const share = total === null || total === 0 ? '' : ` (${Math.min(100, Math.floor((done / total) * 100))} %)`;
    const rate = Math.round(done / Math.max(seconds, 0.001));
    return `${count(done)} events${share}, ${count(rate)} events/s, ${seconds.toFixed(1)} s`;
  };
  return {
    line,
    add(events) {
      done += events;
      if (performance.now() - saidAt < EVERY_MS) return;
      saidAt = performance.now();
      say(line());
    },
  };
}

const count = (number: number): string => number.toLocaleString('en-US');
