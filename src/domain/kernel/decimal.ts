/**
 * Exact decimals: integers in units of 1e-18, branded so that a price can not be added to a quantity. A price or
 * quantity has at most 9 decimals, so the product of the two is exact. At every border they are decimal text.
 */
declare const brand: unique symbol;
type Scaled<Kind extends string> = bigint & { readonly [brand]: Kind };

/** Dollars. */
export type Money = Scaled<'money'>;
/** Dollars a share. */
export type Price = Scaled<'price'>;
/** Shares; negative for a short position. */
export type Quantity = Scaled<'quantity'>;
export type Decimal = Money | Price | Quantity;

const ONE = 10n ** 18n;
const TEXT = /^(-?)(\d{1,40})(?:\.(\d{1,18}))?$/;

/** Reads decimal text; throws RangeError on anything else, since callers hold validated or stored text. */
function parse(text: string): bigint {
  const match = TEXT.exec(text);
  if (match === null) throw new RangeError(`not a decimal: ${text}`);
  const [, sign, whole = '0', fraction = ''] = match;
  const units = BigInt(whole) * ONE + BigInt(fraction.padEnd(18, '0'));
  return sign === '-' ? -units : units;
}

/** The price that the text names. Throws RangeError on text that is not a decimal. */
export const price = (text: string): Price => parse(text) as Price;
/** The quantity that the text names. Throws RangeError on text that is not a decimal. */
export const quantity = (text: string): Quantity => parse(text) as Quantity;
/** The amount that the text names. Throws RangeError on text that is not a decimal. */
export const money = (text: string): Money => parse(text) as Money;

export const NO_MONEY = 0n as Money;
export const NO_QUANTITY = 0n as Quantity;

/** Decimal text without superfluous zeros: `1.50` reads `1.5`. */
export function toText(value: Decimal): string {
  const digits = (value < 0n ? -value : value).toString().padStart(19, '0');
  const fraction = digits.slice(-18).replace(/0+$/, '');
  const text = digits.slice(0, -18) + (fraction === '' ? '' : `.${fraction}`);
  return value < 0n ? `-${text}` : text;
}

export const plus = <T extends Decimal>(a: T, b: NoInfer<T>): T => (a + b) as T;
export const minus = <T extends Decimal>(a: T, b: NoInfer<T>): T => plus(a, negated(b));
export const negated = <T extends Decimal>(a: T): T => opposite(a) as T;
export const absolute = <T extends Decimal>(a: T): T => (a < 0n ? negated(a) : a);
export const smaller = <T extends Decimal>(a: T, b: T): T => (a < b ? a : b);
export const larger = <T extends Decimal>(a: T, b: T): T => (a > b ? a : b);

/** What `shares` cost at `each`: exact for up to 9 decimals on both sides. */
export const value = (each: Price, shares: Quantity): Money => divide(each * shares, ONE) as Money;

/** The price a share of `amount` over `shares`, rounded half to even at 1e-18. `shares` must not be 0. */
export const perShare = (amount: Money, shares: Quantity): Price => divide(amount * ONE, shares) as Price;

/** `percent` per cent of an amount or price, rounded half to even at 1e-18. */
export const percentOf = <T extends Decimal>(percent: string, of: T): T => divide(parse(percent) * of, 100n * ONE) as T;

/** So many times an amount, rounded half to even at 1e-18. */
export const multiple = <T extends Decimal>(times: string, of: T): T => divide(parse(times) * of, ONE) as T;

/** How far `a` lies from `b`, in per cent of `b`, as text with at most two decimals (rounded half to even). */
export function percentApart(a: Price, b: Price): string {
  const hundredths = divide((a > b ? a - b : b - a) * 10_000n, b);
  return toText((hundredths * (ONE / 100n)) as Money);
}

/** Money as people write it: two decimals, rounded half to even. */
export function toCents(amount: Money): string {
  const cents = divide(amount, ONE / 100n);
  const digits = (cents < 0n ? -cents : cents).toString().padStart(3, '0');
  return `${cents < 0n ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2)}`;
}

const opposite = (units: bigint): bigint => -units;

/** Integer division, rounding half to even. */
function divide(numerator: bigint, denominator: bigint): bigint {
  const quotient = numerator / denominator;
  const remainder = numerator % denominator;
  const twice = 2n * (remainder < 0n ? -remainder : remainder);
  const whole = denominator < 0n ? -denominator : denominator;
  const away = numerator < 0n === denominator < 0n ? 1n : -1n;
  if (twice > whole || (twice === whole && quotient % 2n !== 0n)) return quotient + away;
  return quotient;
}
