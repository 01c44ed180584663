/** When a broker that takes no more requests wants to hear of us again. */

const LONGEST_MS = 60_000;
const SHORTEST_MS = 1_000;

/**
 * How long a 429 asks for, in milliseconds: by `Retry-After` (seconds or a date), else until `X-RateLimit-Reset` (Alpaca:
 * Unix seconds), by the answer's own clock where it tells one. Alpaca counts in minutes, so never longer than one.
 */
export function pauseOf(headers: Headers, now: number): number {
  const date = Date.parse(headers.get('Date') ?? '');
  const answeredAt = Number.isNaN(date) ? now : date;
  const after = headers.get('Retry-After') ?? '';
  const reset = headers.get('X-RateLimit-Reset') ?? '';
  let asked = NaN;
  if (isNumber(after)) asked = Number(after) * 1_000;
  else if (after !== '') asked = Date.parse(after) - answeredAt;
  else if (isNumber(reset)) asked = Number(reset) * 1_000 - answeredAt;
  return Number.isNaN(asked) ? SHORTEST_MS : Math.min(Math.max(asked, SHORTEST_MS), LONGEST_MS);
}

const isNumber = (text: string): boolean => /^\d+(\.\d+)?$/.test(text);
