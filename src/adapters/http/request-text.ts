/** From the bytes of a request to plain values, and no further: strict where a lenient parser would guess. */
import type { Refusal } from './refusal.ts';
import { refuse } from './refusal.ts';

export type Read<T> = { readonly kind: 'read'; readonly value: T } | Refusal;

const read = <T>(value: T): Read<T> => ({ kind: 'read', value });
const unreadable = (detail: string): Refusal => refuse('invalid_request', { detail });

const MOST_PAIRS = 100;
const UTF8 = new TextDecoder('utf-8', { fatal: true });

/** Half of a surrogate pair is no character, and Postgres text holds no NUL. */
const UNSTORABLE = /\0|\p{Surrogate}/u;

export function decode(bytes: Buffer): Read<string> {
  try {
    return read(UTF8.decode(bytes));
  } catch {
    return unreadable('The request body is not UTF-8.');
  }
}

/**
 * Reads `a=1&b=2`, as forms and query strings have it. Every name at most once; a name without a value counts as
 * left out, since forms send all their fields.
 */
export function readPairs(text: string, where: 'form' | 'query string'): Read<Readonly<Record<string, string>>> {
  const parts = text.split('&').filter((part) => part !== '');
  if (parts.length > MOST_PAIRS) return unreadable(`The ${where} has more than ${MOST_PAIRS} fields.`);
  const pairs = new Map<string, string>();
  for (const part of parts) {
    const [name, ...rest] = part.split('=');
    try {
      const key = unescaped(name ?? '');
      if (pairs.has(key)) return unreadable(`The ${where} has a field twice.`);
      pairs.set(key, unescaped(rest.join('=')));
    } catch {
      return unreadable(`The ${where} is not encoded properly.`);
    }
  }
  const entries = [...pairs].filter(([, value]) => value !== '');
  return storable(Object.fromEntries(entries));
}

const unescaped = (text: string): string => decodeURIComponent(text.replaceAll('+', ' '));

/** Reads a JSON text; nothing at all reads as an empty object. */
export function readJson(text: string): Read<unknown> {
  if (text === '') return read({});
  try {
    return storable(JSON.parse(text) as unknown);
  } catch {
    return unreadable('The request body is not JSON.');
  }
}

/** Refuses text that can not be stored, and names that would reach behind the fields of an object. */
export function storable<T>(value: T): Read<T> {
  const waiting: unknown[] = [value];
  while (waiting.length > 0) {
    const next = waiting.pop();
    if (typeof next === 'string' && UNSTORABLE.test(next)) {
      return unreadable('The request has characters that are not text.');
    }
    if (typeof next !== 'object' || next === null) continue;
    if (Object.hasOwn(next, '__proto__')) return unreadable('The request has a field with a reserved name.');
    for (const [key, inner] of Object.entries(next)) waiting.push(key, inner);
  }
  return read(value);
}
