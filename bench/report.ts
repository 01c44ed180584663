/** What a benchmark found: a value, what it is compared with, and how many times as much it is. */
export interface Figure {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly baseline: number;
  readonly ratio: number;
}

export const figure = (name: string, value: number, unit: string, baseline: number): Figure => ({
  name,
  value: rounded(value),
  unit,
  baseline: rounded(baseline),
  ratio: rounded(value / baseline),
});

const rounded = (value: number): number => Number(value.toPrecision(4));

/** One object a line, or a table for people. */
export function print(figures: readonly Figure[], asJson: boolean): void {
  for (const each of figures) {
    if (asJson) console.log(JSON.stringify(each));
    else {
      const compared = `baseline ${each.baseline} ${each.unit}, ratio ${each.ratio}`;
      console.log(`${each.name.padEnd(36)} ${`${each.value} ${each.unit}`.padEnd(20)} ${compared}`);
    }
  }
}

/** The value below which a share of the samples lies. */
export function quantile(samples: readonly number[], share: number): number {
  const sorted = [...samples].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
}

/** Does `work` for every item, so many at a time; gives how long each took and all of them together, in milliseconds. */
export async function timed<T>(
  items: readonly T[],
  atOnce: number,
  work: (item: T) => Promise<void>,
): Promise<{ readonly each: readonly number[]; readonly all: number }> {
  const each: number[] = [];
  const waiting = items.values();
  const begun = performance.now();
  const worker = async (): Promise<void> => {
    // One iterator for all workers: each takes the next item that nobody has taken.
    for (const item of waiting) {
      const start = performance.now();
      await work(item);
      each.push(performance.now() - start);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  return { each, all: performance.now() - begun };
}
