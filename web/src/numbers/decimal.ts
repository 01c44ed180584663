/** A decimal as a whole number of units of 10^-scale. */
interface Scaled {
  units: bigint;
  scale: number;
}

const DECIMAL = /^-?\d+(\.\d+)?$/;

/** Whether a text is a plain decimal: digits, perhaps a point and a leading minus; no exponent, no blanks. */
export const isDecimal = (text: string): boolean => DECIMAL.test(text);

function parse(text: string): Scaled {
  if (!isDecimal(text)) throw new RangeError(`not a decimal: ${text}`);
  const point = text.indexOf('.');
  const scale = point < 0 ? 0 : text.length - point - 1;
  return { units: BigInt(text.replace('.', '')), scale };
}

const tenTo = (power: number): bigint => 10n ** BigInt(power);

function render({ units, scale }: Scaled): string {
  const digits = (units < 0n ? -units : units).toString().padStart(scale + 1, '0');
  const sign = units < 0n ? '-' : '';
  return scale === 0 ? sign + digits : `${sign}${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
}

function aligned(a: string, b: string): [bigint, bigint, number] {
  const left = parse(a);
  const right = parse(b);
  const scale = Math.max(left.scale, right.scale);
  return [left.units * tenTo(scale - left.scale), right.units * tenTo(scale - right.scale), scale];
}

/** Quotient rounded half away from zero. */
function divideRounded(dividend: bigint, divisor: bigint): bigint {
  const negative = dividend < 0n !== divisor < 0n;
  const top = dividend < 0n ? -dividend : dividend;
  const bottom = divisor < 0n ? -divisor : divisor;
  const quotient = (2n * top + bottom) / (2n * bottom);
  return negative ? -quotient : quotient;
}

/** Exact sum. */
export function add(a: string, b: string): string {
  const [left, right, scale] = aligned(a, b);
  return render({ units: left + right, scale });
}

/** Exact difference `a - b`. */
export function subtract(a: string, b: string): string {
  const [left, right, scale] = aligned(a, b);
  return render({ units: left - right, scale });
}

/** Exact product. */
export function multiply(a: string, b: string): string {
  const left = parse(a);
  const right = parse(b);
  return render({ units: left.units * right.units, scale: left.scale + right.scale });
}

/** `a / b` rounded half away from zero to `places` digits after the point. Throws a RangeError when `b` is zero. */
export function divide(a: string, b: string, places: number): string {
  const [left, right] = aligned(a, b);
  if (right === 0n) throw new RangeError('division by zero');
  return render({ units: divideRounded(left * tenTo(places), right), scale: places });
}

/** Negative, zero or positive as `a` is less than, equal to or greater than `b`. */
export function compare(a: string, b: string): -1 | 0 | 1 {
  const [left, right] = aligned(a, b);
  return left < right ? -1 : left > right ? 1 : 0;
}

/** Exactly `places` digits after the point, half away from zero. */
export function round(text: string, places: number): string {
  const { units, scale } = parse(text);
  if (scale <= places) return render({ units: units * tenTo(places - scale), scale: places });
  return render({ units: divideRounded(units, tenTo(scale - places)), scale: places });
}

/** Whether `text` is a whole number of `step`s. */
export function isMultipleOf(text: string, step: string): boolean {
  const [value, unit] = aligned(text, step);
  return unit !== 0n && value % unit === 0n;
}

/** Drops zeros at the end of the fraction, and the point when nothing is left behind it. */
export const trimmed = (text: string): string => (text.includes('.') ? text.replace(/\.?0+$/, '') : text);

/** The decimal that a JSON number stands for, to nine places: the Broker API's numbers carry no more. */
export const fromNumber = (value: number): string => trimmed(value.toFixed(9));
