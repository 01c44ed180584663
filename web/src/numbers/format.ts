import { divide, fromNumber, multiply, round, subtract, trimmed } from './decimal.ts';

const MINUS = '\u2212';

const asText = (value: string | number): string => (typeof value === 'number' ? fromNumber(value) : value);
const isZero = (text: string): boolean => !/[1-9]/.test(text);

/** Commas between thousands and a true minus sign: `-1234.5` -> `−1,234.5`. */
function grouped(text: string): string {
  const negative = text.startsWith('-') && !isZero(text);
  const [whole = '', fraction] = text.replace('-', '').split('.');
  const groups = whole.replace(/\B(?=(\d{3})+$)/g, ',');
  return `${negative ? MINUS : ''}${groups}${fraction === undefined ? '' : `.${fraction}`}`;
}

/** A price in USD per share: two digits after the point, up to four where the price has them. */
export function formatPrice(value: string | number): string {
  const text = trimmed(round(asText(value), 4));
  const places = (text.split('.')[1] ?? '').length;
  return grouped(round(text, Math.max(2, places)));
}

/** USD to the cent: `$1,234.50`, `−$3.00`. */
export function formatMoney(value: string | number): string {
  const text = grouped(round(asText(value), 2));
  return text.startsWith(MINUS) ? `${MINUS}$${text.slice(1)}` : `$${text}`;
}

/** As `formatMoney`, with `+` before a gain; zero has no sign. */
export function formatSignedMoney(value: string | number): string {
  const text = formatMoney(value);
  return direction(round(asText(value), 2)) === 'up' ? `+${text}` : text;
}

/** A price's difference with its sign: `+0.35`, `−1.20`. */
export function formatSignedPrice(value: string | number): string {
  const text = formatPrice(value);
  return direction(value) === 'up' ? `+${text}` : text;
}

/** Shares: as many digits as there are. */
export const formatQuantity = (value: string | number): string => grouped(trimmed(asText(value)));

/** Volume in short: `950`, `12.3K`, `4.56M`. */
export function formatVolume(volume: number): string {
  if (volume >= 1e9) return `${(volume / 1e9).toFixed(2)}B`;
  if (volume >= 1e6) return `${(volume / 1e6).toFixed(2)}M`;
  if (volume >= 1e4) return `${(volume / 1e3).toFixed(1)}K`;
  return formatQuantity(Math.round(volume));
}

/** The change from one price to another in percent, signed, two digits; null when there is nothing to divide by. */
export function formatPercentChange(from: string, to: string): string | null {
  if (isZero(from)) return null;
  const percent = divide(multiply(subtract(to, from), '100'), from, 2);
  return `${direction(percent) === 'up' ? '+' : ''}${grouped(percent)}%`;
}

/** Which way a signed figure points. */
export function direction(value: string | number): 'up' | 'down' | 'flat' {
  const text = asText(value);
  if (isZero(text)) return 'flat';
  return text.startsWith('-') ? 'down' : 'up';
}
