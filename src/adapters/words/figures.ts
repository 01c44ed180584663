/** Numbers as people write them. */
import { money, price, quantity, toCents, toText } from '../../domain/kernel/decimal.ts';

const grouped = (digits: string): string => digits.replace(/\B(?=(\d{3})+$)/g, ',');

/** Decimal text with commas between the thousands: `20,000.5`. */
function figure(text: string): string {
  const [whole = '', fraction] = text.split('.');
  const digits = whole.startsWith('-') ? `-${grouped(whole.slice(1))}` : grouped(whole);
  return fraction === undefined ? digits : `${digits}.${fraction}`;
}

/** An amount to the cent: `$60,000.00`. */
export const dollars = (amount: string): string => `$${figure(toCents(money(amount)))}`;

/** A price with all its decimals, two at least: `$187.25`, `$0.1234`. */
export function at(text: string): string {
  const [whole = '', fraction = ''] = toText(price(text)).split('.');
  return `$${figure(`${whole}.${fraction.padEnd(2, '0')}`)}`;
}

export const count = (text: string): string => figure(toText(quantity(text)));

export const shares = (text: string): string => (count(text) === '1' ? '1 share' : `${count(text)} shares`);

export const sentence = (text: string): string => (/[.!?]$/.test(text) ? text : `${text}.`);
