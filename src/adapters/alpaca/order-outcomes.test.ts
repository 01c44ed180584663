/** Whatever is answered, by whomever: only what proves something is taken for proof. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { access, alpacaAt, alpacaOrder, ticketOf } from '../../../test/adapters/alpaca-setup.ts';
import { PAGE, serveRaw } from '../../../test/adapters/raw-server.ts';
import type { BrokerAccess } from '../../application/ports/broker.ts';
import { admitted, changeAdmitted } from '../../domain/risk-policy/samples.suite.ts';
import { ALPACA_TIMES } from './config.ts';

const CLIENT_ID = '018f2f6e-0000-7000-8000-000000000001';
const BROKER_ID = 'b0000000-0000-4000-8000-000000000001';
const TERMS = { quantity: '5', limitPrice: '151', stopPrice: null, timeInForce: 'gtc' } as const;
const WHOLE = JSON.stringify(alpacaOrder());

const STATUSES = [
  [200, 201, 202, 203, 204, 207, 226, 300, 301, 302, 303, 304, 307, 308, 400, 401, 402, 403, 404, 405, 406, 407, 408],
  [409, 410, 411, 412, 413, 414, 415, 416, 417, 418, 421, 422, 423, 424, 425, 426, 428, 429, 431, 451, 499, 500, 501],
  [502, 503, 504, 505, 507, 508, 511, 520, 521, 522, 523, 524, 525, 529, 530, 599],
].flat();

const message = fc.oneof(
  fc.constantFrom('insufficient buying power', 'unauthorized.', 'Unauthorized', 'client_order_id must be unique', ''),
  fc.constantFrom(null, 1, undefined),
  fc.string(),
);
const code = fc.oneof(
  fc.constantFrom(40010000, 40010001, 40110000, 40310000, 40410000, 42210000, 42910000, 50010000, 10_000_000),
  fc.constantFrom(null, undefined, '40310000', 403, 4031000, 403100000, 40310000.5, -40310000, 0),
);
const cut = (text: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  fc.tuple(text, fc.double({ min: 0, max: 1, noNaN: true })).map(([all, part]) => all.slice(0, all.length * part));
const error = fc.record({ code, message }).map((body) => JSON.stringify(body));
const body = fc.oneof(
  { arbitrary: error, weight: 4 },
  fc.constantFrom('', PAGE, WHOLE, 'null', '[]', '"text"', '{}', '{"error":"forbidden"}'),
  cut(error),
  cut(fc.constant(WHOLE)),
  fc.json(),
);
const answer = fc.record({
  status: fc.oneof(fc.constantFrom(200, 204, 400, 401, 403, 404, 422, 429), fc.constantFrom(...STATUSES)),
  body,
  type: fc.constantFrom('application/json', 'text/html', 'text/plain', ''),
});
type Answer = typeof answer extends fc.Arbitrary<infer Value> ? Value : never;

/** What the broker's own documentation promises of its errors, written down once more and on its own. */
function ownWords(text: string): { readonly hasCode: boolean; readonly message: string } | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return null;
  const { code: number = null, message: words } = value as Record<string, unknown>;
  if (typeof words !== 'string') return null;
  if (number === null) return { hasCode: false, message: words };
  const isOwn = typeof number === 'number' && Number.isInteger(number) && /^\d{8}$/.test(String(number));
  return isOwn ? { hasCode: true, message: words } : null;
}

const isTheOrder = (text: string): boolean => text === WHOLE;
const hasNoBody = (status: number): boolean => [204, 205, 304].includes(status);
const isRefusedToken = (status: number, own: ReturnType<typeof ownWords>): boolean =>
  status === 401 && own !== null && (own.hasCode || own.message === 'unauthorized.');

function submitOf({ status, body: sent }: Answer): string {
  const text = hasNoBody(status) ? '' : sent;
  const own = ownWords(text);
  if (status === 429) return 'not_sent';
  if (status < 300) return isTheOrder(text) ? 'acknowledged' : 'unknown';
  if (isRefusedToken(status, own)) return 'unauthorized';
  if (status === 422 && own?.message.includes('client_order_id must be unique') === true) return 'known_already';
  return [400, 403, 422].includes(status) && own?.hasCode === true ? 'rejected' : 'unknown';
}

function changeOf({ status, body: sent }: Answer, isDone: (text: string) => boolean): string {
  const text = hasNoBody(status) ? '' : sent;
  const own = ownWords(text);
  if (status < 300) return isDone(text) ? 'accepted' : 'unknown';
  if (isRefusedToken(status, own)) return 'unauthorized';
  return [400, 403, 404, 422].includes(status) && own?.hasCode === true ? 'refused' : 'unknown';
}

describe('whatever the answer,', () => {
  async function open() {
    let next: Answer = { status: 200, body: '', type: '' };
    const server = await serveRaw((response) => {
      response.writeHead(next.status, next.type === '' ? {} : { 'Content-Type': next.type });
      response.end(hasNoBody(next.status) ? undefined : next.body);
    });
    // It is asked on and on, however it answers.
    const times = { ...ALPACA_TIMES, breaker: { ...ALPACA_TIMES.breaker, failures: Infinity } };
    const { broker } = alpacaAt(server.url, { times });
    /** Each asks for an account of its own, so that none waits because another one was told to. */
    function answering(given: Answer): BrokerAccess {
      next = given;
      return { ...access, accountId: crypto.randomUUID() };
    }
    return { broker, answering };
  }

  it('an order is rejected only by the broker’s own code, and sent only when the broker shows it', async () => {
    const { broker, answering } = await open();
    const submit = fc.asyncProperty(answer, async (given) => {
      const { kind } = await broker.submit(answering(given), admitted(ticketOf()), CLIENT_ID);
      expect(kind).toBe(submitOf(given));
    });
    await fc.assert(submit, { numRuns: 600 });
  });

  it('a change or a cancel is refused only by the broker’s own code', async () => {
    const { broker, answering } = await open();
    const change = fc.asyncProperty(answer, async (given) => {
      const own = answering(given);
      const replaced = await broker.replace(own, BROKER_ID, changeAdmitted(ticketOf(), 1, TERMS), CLIENT_ID);
      expect(replaced.kind).toBe(changeOf(given, isTheOrder));
      const cancelled = await broker.cancel(own, BROKER_ID);
      expect(cancelled.kind).toBe(changeOf(given, () => given.status === 204));
    });
    await fc.assert(change, { numRuns: 300 });
  });
});
