/** Says how far a rebuild of the read models has come: at most one line a second. */
const EVERY_MS = 1_000;

export interface RebuildProgress {
  /** So many more events are applied. */
  add(events: number): void;
  /** What has been done, in a few words. */
  summary(): string;
}

/** `total`: the events of the log; null where the store can not tell. */
export function createRebuildProgress(total: number | null, say: (line: string) => void): RebuildProgress {
  const begun = performance.now();
  let done = 0;
  let saidAt = begun;
  const pace = (): string => {
    const seconds = (performance.now() - begun) / 1000;
    return `${count(done / seconds)} events/s, ${seconds.toFixed(1)} s`;
  };
  return {
    summary: () => `${count(done)} events, ${pace()}`,
    add(events) {
      done += events;
      if (performance.now() - saidAt < EVERY_MS) return;
      saidAt = performance.now();
      const share = total === null ? '' : ` of ${count(total)}`;
      const percent = total === null ? '' : ` (${Math.min(100, Math.floor((done / total) * 100))} %)`;
      say(`${count(done)}${share} events${percent}, ${pace()}`);
    },
  };
}

const count = (number: number): string => Math.round(number).toLocaleString('en-US');
