/** An exact decimal: an integer count of 10^-18. Products of a 9-digit quantity and a 6-digit price stay exact. */
export type Dec = bigint;

const DIGITS = 18;
const ONE = 10n ** BigInt(DIGITS);
const MICROS = 10n ** 12n;
const PATTERN = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,3}))?$/;

/** Reads a decimal text such as `"12.50"`, `"-3"` or `"1e-7"`. Gives null for anything else, for more than 15 integer digits and for more than 18 decimals. */
export function parseDec(text: string): Dec | null {
  const parts = PATTERN.exec(text);
  if (!parts || text.length > 60) return null;
  const whole = parts[2] ?? '';
  const fraction = parts[3] ?? '';
  if (whole === '' && fraction === '') return null;
  const digits = whole + fraction;
  const shift = DIGITS - fraction.length + Number(parts[4] ?? '0');
  if (shift < -DIGITS - 60 || shift > 60) return null;
  let value = BigInt(digits);
  if (shift >= 0) value *= 10n ** BigInt(shift);
  else {
    const divisor = 10n ** BigInt(-shift);
    if (value % divisor !== 0n) return null;
    value /= divisor;
  }
  if (value >= 10n ** 15n * ONE) return null;
  return parts[1] === '-' ? -value : value;
}

/** Like {@link parseDec} for texts known to be right; throws on a bad one. */
export function dec(text: string): Dec {
  const value = parseDec(text);
  if (value === null) throw new Error(`not a decimal: ${text}`);
  return value;
}

/** The shortest decimal text; with `places`, rounded half away from zero to at most so many decimals. */
export function text(value: Dec, places = DIGITS): string {
  const rounded = roundTo(value, places);
  const negative = rounded < 0n;
  const absolute = negative ? -rounded : rounded;
  const whole = absolute / ONE;
  const fraction = (absolute % ONE).toString().padStart(DIGITS, '0').replace(/0+$/, '');
  return `${negative ? '-' : ''}${whole}${fraction === '' ? '' : `.${fraction}`}`;
}

/** Rounds half away from zero to `places` decimals. */
export function roundTo(value: Dec, places: number): Dec {
  if (places >= DIGITS) return value;
  const unit = 10n ** BigInt(DIGITS - places);
  return divideRounded(value, unit) * unit;
}

/** Rounds towards zero to `places` decimals. */
export function truncateTo(value: Dec, places: number): Dec {
  const unit = 10n ** BigInt(DIGITS - places);
  return (value / unit) * unit;
}

function divideRounded(numerator: bigint, denominator: bigint): bigint {
  const negative = numerator < 0n !== denominator < 0n;
  const n = numerator < 0n ? -numerator : numerator;
  const d = denominator < 0n ? -denominator : denominator;
  const quotient = (2n * n + d) / (2n * d);
  return negative ? -quotient : quotient;
}

/** a x b, rounded at 18 decimals. */
export function times(a: Dec, b: Dec): Dec {
  return divideRounded(a * b, ONE);
}

/** a / b, rounded at 18 decimals; b must not be zero. */
export function over(a: Dec, b: Dec): Dec {
  return divideRounded(a * ONE, b);
}

/** The number of decimals actually used. */
export function decimalsOf(value: Dec): number {
  const shown = text(value);
  const dot = shown.indexOf('.');
  return dot < 0 ? 0 : shown.length - dot - 1;
}

export function isWhole(value: Dec): boolean {
  return value % ONE === 0n;
}

export function fromInt(value: number): Dec {
  return BigInt(value) * ONE;
}

/** A price in integer millionths of a dollar, the unit of bars and price paths. */
export function fromMicros(micros: number): Dec {
  return BigInt(micros) * MICROS;
}

/** Millionths of a dollar, rounded down (order prices have at most four decimals, so nothing is lost). */
export function toMicros(value: Dec): number {
  return Number(value / MICROS);
}

/** For answers that are JSON numbers by contract (market data, portfolio history); never for arithmetic on money. */
export function toNumber(value: Dec): number {
  return Number(text(value));
}

export function min(a: Dec, b: Dec): Dec {
  return a < b ? a : b;
}

export function max(a: Dec, b: Dec): Dec {
  return a > b ? a : b;
}

export function abs(a: Dec): Dec {
  return a < 0n ? -a : a;
}
