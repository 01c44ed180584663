/** The limits in words: what each is called, in what it is counted, and what a change of it says. */
import type { RiskLimits, RiskOverview, TightenLimits } from '../../../contracts/risk.ts';
import { compare, isDecimal, isMultipleOf } from '../numbers/decimal.ts';
import { formatMoney, formatQuantity } from '../numbers/format.ts';

export type LimitName = keyof RiskOverview['own'];
type Unit = 'USD' | 'shares' | 'orders' | 'switch';

export interface LimitWords {
  readonly name: LimitName;
  readonly label: string;
  readonly unit: Unit;
  /** What it does, for one who meets it the first time. */
  readonly meaning: string;
}

/** What a trader can make tighter, in the order of the page. */
export const LIMITS: readonly LimitWords[] = [
  {
    name: 'largestOrderValue',
    label: 'Largest order',
    unit: 'USD',
    meaning: 'No order may be worth more.',
  },
  {
    name: 'largestOrderQuantity',
    label: 'Largest quantity',
    unit: 'shares',
    meaning: 'No order may be for more shares.',
  },
  {
    name: 'largestPositionValue',
    label: 'Largest position',
    unit: 'USD',
    meaning: 'In one symbol, with orders on their way.',
  },
  {
    name: 'largestExposure',
    label: 'All positions',
    unit: 'USD',
    meaning: 'Everything held and on its way together.',
  },
  {
    name: 'mostOpenOrders',
    label: 'Open orders',
    unit: 'orders',
    meaning: 'At the broker or on their way to it.',
  },
  {
    name: 'dailyLoss',
    label: 'Loss in a day',
    unit: 'USD',
    meaning: 'Beyond it, positions can only be made smaller.',
  },
  {
    name: 'mostOrdersInTenSeconds',
    label: 'Orders in 10 seconds',
    unit: 'orders',
    meaning: 'Cancels are never counted.',
  },
  {
    name: 'shortSelling',
    label: 'Short selling',
    unit: 'switch',
    meaning: 'Whether more may be sold than is held.',
  },
  {
    name: 'protectionRequired',
    label: 'Exits required',
    unit: 'switch',
    meaning: 'An order that opens a position must bring a stop loss and a take profit.',
  },
];

/** What a switch is turned to when it is made tighter, and how that is said. */
export const SWITCHES = {
  shortSelling: {
    tight: false,
    action: 'Forbid…',
    consequence: 'No order may sell short any more.',
    done: 'Short selling is forbidden',
  },
  protectionRequired: {
    tight: true,
    action: 'Require…',
    consequence: 'Every order that opens a position must bring both exits.',
    done: 'Exits are required',
  },
} as const satisfies Partial<Record<LimitName, object>>;

export const isSwitch = (name: LimitName): name is keyof typeof SWITCHES => name in SWITCHES;

const SWITCH_WORDS: Record<keyof typeof SWITCHES, (on: boolean) => string> = {
  shortSelling: (on) => (on ? 'Allowed' : 'Forbidden'),
  protectionRequired: (on) => (on ? 'Yes' : 'No'),
};

/** The value of a limit as people read it; `No limit` where there is none. */
export function limitText({ name, unit }: LimitWords, limits: RiskLimits): string {
  const value = limits[name];
  if (value === null) return 'No limit';
  if (typeof value === 'boolean') return isSwitch(name) ? SWITCH_WORDS[name](value) : '–';
  return unit === 'USD' ? formatMoney(value) : formatQuantity(value);
}

/** `$1,000.00`, `20`: a figure as it was typed, once it is one. */
export const figureText = ({ unit }: LimitWords, figure: string): string =>
  unit === 'USD' ? formatMoney(figure) : formatQuantity(figure);

const CENT = '0.01';

/** What is wrong with a figure that was typed; null when the server may be asked. */
export function figureError(limit: LimitWords, typed: string, limits: RiskLimits): string | null {
  const now = limits[limit.name];
  if (!isDecimal(typed) || compare(typed, '0') <= 0) return 'Enter a number greater than 0';
  // There is no way back, so nothing is asked for that the page would show as another amount.
  if (limit.unit === 'USD' && !isMultipleOf(typed, CENT)) return 'Enter whole cents, such as 0.25';
  if (limit.unit === 'orders' && typed.includes('.')) return 'Enter a whole number';
  if (now === null || typeof now === 'boolean' || compare(typed, String(now)) < 0) return null;
  return `Enter less than ${limitText(limit, limits)}`;
}

/** Whether the trader can make it tighter still. */
export const canTighten = ({ name }: LimitWords, limits: RiskLimits): boolean =>
  !isSwitch(name) || limits[name] !== SWITCHES[name].tight;

export const PROFILE_WORDS = {
  cautious: 'Cautious',
  balanced: 'Balanced',
  bold: 'Bold',
  new: 'New to it',
  some: 'Some years',
  experienced: 'Experienced',
} as const;

/** The change that makes one limit what was typed; counts are numbers, everything else is text. */
export const changeOf = ({ name, unit }: LimitWords, typed: string): TightenLimits =>
  isSwitch(name) ? { [name]: SWITCHES[name].tight } : { [name]: unit === 'orders' ? Number(typed) : typed };

/** A limit of the server's answers by its field, as the page calls it. */
export const labelOf = (field: string): string =>
  LIMITS.find(({ name }) => name === field)?.label ?? HOUSE[field] ?? field;

/** Limits that belong to a profile and can not be made tighter one by one. */
const HOUSE: Readonly<Record<string, string>> = {
  collarAggressivePercent: 'Price beyond the market',
  collarPassivePercent: 'Price away from the market',
  collarStopPercent: 'Stop away from the market',
  quoteAgeSeconds: 'Age of the quote',
  duplicateWithinSeconds: 'Same order again',
  mostOrdersInAMinute: 'Orders in a minute',
  mostRepetitionsInAMinute: 'Orders of one kind in a minute',
  stopLossPercent: 'Stop loss proposed',
  takeProfitPercent: 'Take profit proposed',
};

/** The limits of the profile that have a value, with it. */
export function houseRules(limits: RiskLimits): readonly { readonly label: string; readonly text: string }[] {
  const rule = (name: keyof typeof HOUSE, value: string | number | null, words: (figure: string) => string) =>
    value === null ? [] : [{ label: HOUSE[name] ?? name, text: words(formatQuantity(value)) }];
  return [
    ...rule('collarAggressivePercent', limits.collarAggressivePercent, (figure) => `At most ${figure}%`),
    ...rule('collarPassivePercent', limits.collarPassivePercent, (figure) => `At most ${figure}%`),
    ...rule('collarStopPercent', limits.collarStopPercent, (figure) => `At most ${figure}%`),
    ...rule('quoteAgeSeconds', limits.quoteAgeSeconds, (figure) => `At most ${figure} s`),
    ...rule('duplicateWithinSeconds', limits.duplicateWithinSeconds, (figure) => `Asked about for ${figure} s`),
    ...rule('mostOrdersInAMinute', limits.mostOrdersInAMinute, (figure) => `At most ${figure}`),
    ...rule('mostRepetitionsInAMinute', limits.mostRepetitionsInAMinute, (figure) => `At most ${figure}`),
    ...rule('stopLossPercent', limits.stopLossPercent, (figure) => `${figure}% from the entry`),
    ...rule('takeProfitPercent', limits.takeProfitPercent, (figure) => `${figure}% from the entry`),
  ];
}
