/** The part of the market that the traders of a world use. Its prices are set by the plan and moved by it. */

/** Held from the beginning, and sold. */
export const SOLD = ['KO', 'WMT', 'DIS', 'XOM', 'JNJ', 'PEP'] as const;
/** Bought, and never sold but by the exits of brackets: orders of both sides in one symbol would be refused as wash trades. */
export const BOUGHT = ['PFE', 'T', 'F', 'BAC', 'INTC', 'CSCO'] as const;

export const PRICES: Readonly<Record<(typeof SOLD)[number] | (typeof BOUGHT)[number], number>> = {
  KO: 63,
  WMT: 68,
  DIS: 98,
  XOM: 115,
  JNJ: 150,
  PEP: 168,
  PFE: 28,
  T: 19,
  F: 12,
  BAC: 40,
  INTC: 31,
  CSCO: 49,
};

export type Symbol = keyof typeof PRICES;

/** Shares of each of its symbols that a trader holds in the beginning. */
export const HELD = 150;

/** What each trader trades. */
export const symbolsOf = (trader: number) => ({
  sold: [SOLD[trader % SOLD.length], SOLD[(trader + 1) % SOLD.length]] as [Symbol, Symbol],
  bought: BOUGHT[trader % BOUGHT.length] as Symbol,
  bracketed: BOUGHT[(trader + 3) % BOUGHT.length] as Symbol,
});

/** A price so many per cent from where the plan began, in cents. */
export const priced = (symbol: Symbol, percent: number): string => (PRICES[symbol] * (1 + percent / 100)).toFixed(2);
