import type { Listing } from './source.ts';

/** A listing with what the synthetic market needs: the price it hovers around, its daily volatility and usual daily volume. */
export type SyntheticListing = Listing & {
  readonly price: number;
  readonly volatility: number;
  readonly volume: number;
};

type Row = readonly [string, string, Listing['exchange'], number, number, number];

const ROWS: readonly Row[] = [
  ['AAPL', 'Apple Inc. Common Stock', 'NASDAQ', 210, 0.014, 52_000_000],
  ['MSFT', 'Microsoft Corporation Common Stock', 'NASDAQ', 420, 0.013, 21_000_000],
  ['AMZN', 'Amazon.com, Inc. Common Stock', 'NASDAQ', 190, 0.017, 38_000_000],
  ['GOOGL', 'Alphabet Inc. Class A Common Stock', 'NASDAQ', 170, 0.015, 26_000_000],
  ['META', 'Meta Platforms, Inc. Class A Common Stock', 'NASDAQ', 510, 0.019, 14_000_000],
  ['NVDA', 'NVIDIA Corporation Common Stock', 'NASDAQ', 125, 0.024, 210_000_000],
  ['TSLA', 'Tesla, Inc. Common Stock', 'NASDAQ', 240, 0.029, 92_000_000],
  ['AMD', 'Advanced Micro Devices, Inc. Common Stock', 'NASDAQ', 155, 0.024, 46_000_000],
  ['INTC', 'Intel Corporation Common Stock', 'NASDAQ', 31, 0.02, 54_000_000],
  ['NFLX', 'Netflix, Inc. Common Stock', 'NASDAQ', 660, 0.018, 4_200_000],
  ['CSCO', 'Cisco Systems, Inc. Common Stock', 'NASDAQ', 49, 0.011, 19_000_000],
  ['ADBE', 'Adobe Inc. Common Stock', 'NASDAQ', 530, 0.017, 3_100_000],
  ['QCOM', 'QUALCOMM Incorporated Common Stock', 'NASDAQ', 172, 0.019, 8_300_000],
  ['IBM', 'International Business Machines Corporation Common Stock', 'NYSE', 185, 0.011, 4_400_000],
  ['ORCL', 'Oracle Corporation Common Stock', 'NYSE', 138, 0.015, 8_900_000],
  ['JPM', 'JPMorgan Chase & Co. Common Stock', 'NYSE', 205, 0.011, 9_300_000],
  ['BAC', 'Bank of America Corporation Common Stock', 'NYSE', 40, 0.013, 36_000_000],
  ['GS', 'The Goldman Sachs Group, Inc. Common Stock', 'NYSE', 480, 0.013, 2_100_000],
  ['V', 'Visa Inc. Class A Common Stock', 'NYSE', 270, 0.01, 6_200_000],
  ['KO', 'The Coca-Cola Company Common Stock', 'NYSE', 63, 0.008, 13_000_000],
  ['PEP', 'PepsiCo, Inc. Common Stock', 'NASDAQ', 168, 0.009, 5_200_000],
  ['WMT', 'Walmart Inc. Common Stock', 'NYSE', 68, 0.01, 16_000_000],
  ['COST', 'Costco Wholesale Corporation Common Stock', 'NASDAQ', 840, 0.011, 1_900_000],
  ['MCD', "McDonald's Corporation Common Stock", 'NYSE', 262, 0.009, 3_600_000],
  ['DIS', 'The Walt Disney Company Common Stock', 'NYSE', 98, 0.014, 10_500_000],
  ['BA', 'The Boeing Company Common Stock', 'NYSE', 180, 0.018, 6_700_000],
  ['CAT', 'Caterpillar Inc. Common Stock', 'NYSE', 335, 0.014, 2_800_000],
  ['XOM', 'Exxon Mobil Corporation Common Stock', 'NYSE', 115, 0.012, 15_500_000],
  ['CVX', 'Chevron Corporation Common Stock', 'NYSE', 156, 0.012, 8_100_000],
  ['JNJ', 'Johnson & Johnson Common Stock', 'NYSE', 150, 0.008, 7_400_000],
  ['PFE', 'Pfizer Inc. Common Stock', 'NYSE', 28.5, 0.012, 35_000_000],
  ['UNH', 'UnitedHealth Group Incorporated Common Stock', 'NYSE', 520, 0.013, 3_300_000],
  ['T', 'AT&T Inc. Common Stock', 'NYSE', 19, 0.011, 33_000_000],
  ['F', 'Ford Motor Company Common Stock', 'NYSE', 12.2, 0.018, 51_000_000],
  ['GE', 'GE Aerospace Common Stock', 'NYSE', 163, 0.014, 5_600_000],
  ['SPY', 'SPDR S&P 500 ETF Trust', 'ARCA', 545, 0.009, 55_000_000],
  ['QQQ', 'Invesco QQQ Trust, Series 1', 'NASDAQ', 475, 0.012, 38_000_000],
  ['IWM', 'iShares Russell 2000 ETF', 'ARCA', 205, 0.013, 29_000_000],
  ['DIA', 'SPDR Dow Jones Industrial Average ETF Trust', 'ARCA', 395, 0.008, 3_400_000],
  ['GLD', 'SPDR Gold Shares', 'ARCA', 215, 0.008, 6_900_000],
];

/** The securities of the synthetic market. The companies are real, the prices are invented. */
export const SYNTHETIC_LISTINGS: readonly SyntheticListing[] = ROWS.map(
  ([symbol, name, exchange, price, volatility, volume]) => ({
    symbol,
    name: `${name} (synthetic)`,
    exchange,
    price,
    volatility,
    volume,
  }),
);

/** The listing under which replayed bars of a symbol are shown. */
export function replayListing(symbol: string): Listing {
  const known = ROWS.find((row) => row[0] === symbol);
  return { symbol, name: known?.[1] ?? symbol, exchange: known?.[2] ?? 'NYSE' };
}
