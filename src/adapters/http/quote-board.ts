/** The newest prices of every symbol that somebody looks at, asked for once for all of them. */
import type { Log } from '../../application/ports/log.ts';
import type { MarketData, MarketSnapshot } from '../../application/ports/market-data.ts';

export interface QuoteBoard {
  readonly snapshotOf: (symbol: string) => MarketSnapshot | undefined;
  /** As `snapshotOf`, but none that a source which has stopped answering left behind. */
  readonly freshSnapshotOf: (symbol: string) => MarketSnapshot | undefined;
  /** Asks now instead of at the next turn, when a symbol is wanted that is not on the board. */
  hurry(): void;
  close(): void;
}

export interface QuoteBoardNeeds {
  readonly marketData: Pick<MarketData, 'snapshots'>;
  readonly log: Log;
  /** The symbols that are looked at now. With none, nothing is asked. */
  readonly wanted: () => ReadonlySet<string>;
  /** Told of the symbols whose snapshot is new, with what it was before. */
  readonly onChange: (changes: ReadonlyMap<string, Change>) => void;
}

export interface Change {
  readonly before: MarketSnapshot | undefined;
  readonly now: MarketSnapshot;
}

const EVERY_MS = 1_000;
const FRESH_MS = 2 * EVERY_MS;
const SYMBOLS_A_REQUEST = 200;

export function createQuoteBoard({ marketData, log, wanted, onChange }: QuoteBoardNeeds): QuoteBoard {
  let board: ReadonlyMap<string, MarketSnapshot> = new Map();
  let filledAt = -Infinity;
  let underWay: Promise<void> | null = null;
  let failing = false;
  let closed = false;

  async function ask(symbols: readonly string[]): Promise<void> {
    const parts: string[][] = [];
    for (let at = 0; at < symbols.length; at += SYMBOLS_A_REQUEST)
      parts.push(symbols.slice(at, at + SYMBOLS_A_REQUEST));
    const answers = await Promise.all(parts.map((part) => marketData.snapshots(part)));
    if (closed) return;
    const next = new Map(answers.flatMap((answer) => [...answer]));
    const changes = new Map<string, Change>();
    for (const [symbol, now] of next) {
      const before = board.get(symbol);
      if (before === undefined || JSON.stringify(before) !== JSON.stringify(now)) changes.set(symbol, { before, now });
    }
    board = next;
    filledAt = performance.now();
    if (changes.size > 0) onChange(changes);
  }

  function turn(): Promise<void> {
    const symbols = [...wanted()];
    if (closed || symbols.length === 0) {
      // What nobody looks at grows old, and must not be shown to the next one who does.
      board = new Map();
      return Promise.resolve();
    }
    underWay ??= ask(symbols)
      .then(
        () => {
          failing = false;
        },
        (error: unknown) => {
          if (!failing) log.warn('quotes can not be read', { error: String(error) });
          failing = true;
        },
      )
      .finally(() => {
        underWay = null;
      });
    return underWay;
  }

  const timer = setInterval(() => void turn(), EVERY_MS);

  return {
    snapshotOf: (symbol) => board.get(symbol),
    freshSnapshotOf: (symbol) => (performance.now() - filledAt < FRESH_MS ? board.get(symbol) : undefined),
    hurry() {
      const unknown = (): boolean => [...wanted()].some((symbol) => !board.has(symbol));
      if (!unknown()) return;
      // A request that is under way does not know of the symbol yet.
      void (underWay ?? Promise.resolve()).then(() => (unknown() ? turn() : undefined));
    },
    close() {
      closed = true;
      clearInterval(timer);
    },
  };
}
