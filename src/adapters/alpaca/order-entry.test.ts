import { type Socket, createServer } from 'node:net';
import { describe, expect, it } from 'vitest';
import { access, alpacaAt, alpacaOrder, ticketOf } from '../../../test/adapters/alpaca-setup.ts';
import {
  PAGE,
  type RawAnswer,
  deadPort,
  json,
  listenBelowEphemeral,
  refusal,
  serveRaw,
  text,
} from '../../../test/adapters/raw-server.ts';
import { serveTls } from '../../../test/adapters/tls-server.ts';
import { admitted } from '../../domain/risk-policy/samples.suite.ts';
import { ALPACA_TIMES, type AlpacaTimes } from './config.ts';

const CLIENT_ID = '018f2f6e-0000-7000-8000-000000000001';
const WHOLE = JSON.stringify(alpacaOrder());

async function submitTo(answer: RawAnswer, times: Partial<AlpacaTimes> = {}) {
  const server = await serveRaw(answer);
  const alpaca = alpacaAt(server.url, { times: { ...ALPACA_TIMES, ...times } });
  const outcome = await alpaca.broker.submit(access, admitted(ticketOf()), CLIENT_ID);
  return { outcome, received: server.received, lines: alpaca.lines };
}

describe('what becomes of an order that was sent', () => {
  const table: readonly [name: string, answer: RawAnswer, outcome: object][] = [
    ['200 with the order', (r) => json(r, 200, alpacaOrder()), { kind: 'acknowledged' }],
    ['200 with an unknown status', (r) => json(r, 200, alpacaOrder({ status: 'new_word' })), { kind: 'acknowledged' }],
    [
      '400 in the words of the broker',
      refusal(400, 40010000, 'request body format is invalid'),
      { kind: 'rejected', code: '40010000', reason: 'request body format is invalid' },
    ],
    [
      '403 in the words of the broker',
      refusal(403, 40310000, 'insufficient buying power'),
      { kind: 'rejected', code: '40310000', reason: 'insufficient buying power' },
    ],
    [
      '422 in the words of the broker',
      refusal(422, 42210000, 'sub-penny increment'),
      { kind: 'rejected', code: '42210000', reason: 'sub-penny increment' },
    ],
    [
      '422 with the code of another status',
      refusal(422, 40010001, 'qty must be > 0'),
      { kind: 'rejected', code: '40010001' },
    ],
    [
      '401 with a code',
      refusal(401, 40110000, 'request is not authorized'),
      { kind: 'unauthorized', reason: 'request is not authorized' },
    ],
    ['401 without a code', refusal(401, null, 'unauthorized.'), { kind: 'unauthorized', reason: 'unauthorized.' }],
    [
      '422, the client id is used (one code)',
      refusal(422, 40010001, 'client_order_id must be unique'),
      { kind: 'known_already' },
    ],
    [
      '422, the client id is used (other code)',
      refusal(422, 42210000, 'client_order_id must be unique'),
      { kind: 'known_already' },
    ],
    [
      '429 with Retry-After',
      refusal(429, 42910000, 'rate limit exceeded', { 'Retry-After': '7' }),
      { kind: 'not_sent', reason: 'rate limit exceeded', retryAfterMs: 7_000 },
    ],
    ['429 without words', text(429, 'text/html', PAGE), { kind: 'not_sent', retryAfterMs: 1_000 }],
    ['401 from something in between', text(401, 'text/html', PAGE), { kind: 'unknown' }],
    ['401 as JSON in the words of somebody else', refusal(401, null, 'Unauthorized'), { kind: 'unknown' }],
    ['403 with a code of somebody else', refusal(403, 403, 'Forbidden'), { kind: 'unknown' }],
    ['409 in the words of the broker', refusal(409, 40910000, 'conflict'), { kind: 'unknown' }],
    ['413 in the words of the broker', refusal(413, 41310000, 'too large'), { kind: 'unknown' }],
    ['413 from something in between', text(413, 'text/html', PAGE), { kind: 'unknown' }],
    ['200 with an error', refusal(200, 40310000, 'insufficient buying power'), { kind: 'unknown' }],
    ['204', (r) => r.writeHead(204).end(), { kind: 'unknown' }],
    ['403 from something in between', text(403, 'text/html', PAGE), { kind: 'unknown' }],
    ['403 as JSON without a code', refusal(403, null, 'forbidden'), { kind: 'unknown' }],
    ['422 as JSON of another kind', (r) => json(r, 422, { error: 'unprocessable' }), { kind: 'unknown' }],
    ['404 in the words of the broker', refusal(404, 40410000, 'endpoint not found'), { kind: 'unknown' }],
    ['404 from something in between', text(404, 'text/html', PAGE), { kind: 'unknown' }],
    ['408', refusal(408, 40810000, 'request timeout'), { kind: 'unknown' }],
    ['421, which asks for another connection', text(421, 'text/html', PAGE), { kind: 'unknown' }],
    ['500 in the words of the broker', refusal(500, 50010000, 'internal server error'), { kind: 'unknown' }],
    ['502 from something in between', text(502, 'text/html', PAGE), { kind: 'unknown' }],
    ['503 with Retry-After', refusal(503, 50310000, 'unavailable', { 'Retry-After': '1' }), { kind: 'unknown' }],
    ['504 in the words of the broker', refusal(504, 50410000, 'gateway timeout'), { kind: 'unknown' }],
    ['200 with a page', text(200, 'text/html', PAGE), { kind: 'unknown' }],
    ['200 without a body', text(200, 'application/json', ''), { kind: 'unknown' }],
    ['200 with JSON cut short', text(200, 'application/json', WHOLE.slice(0, WHOLE.length / 2)), { kind: 'unknown' }],
    ['200 with an order that lacks its id', (r) => json(r, 200, alpacaOrder({ id: null })), { kind: 'unknown' }],
    ['200 with a number for a decimal', (r) => json(r, 200, alpacaOrder({ qty: 10 })), { kind: 'unknown' }],
    ['200 with another order', (r) => json(r, 200, alpacaOrder({ client_order_id: 'other' })), { kind: 'unknown' }],
    ['a redirect', (r) => r.writeHead(307, { Location: '/elsewhere' }).end(), { kind: 'unknown' }],
    ['a reset instead of an answer', (r) => r.socket?.resetAndDestroy(), { kind: 'unknown' }],
    ['a connection closed instead of an answer', (r) => r.socket?.destroy(), { kind: 'unknown' }],
    [
      'a reset after the head',
      (r) => {
        r.writeHead(200, { 'Content-Length': '5000' });
        r.write(WHOLE);
        setTimeout(() => r.socket?.resetAndDestroy(), 20);
      },
      { kind: 'unknown' },
    ],
    [
      'a body shorter than announced',
      (r) => {
        r.writeHead(200, { 'Content-Length': '5000' });
        r.write(WHOLE);
        setTimeout(() => r.socket?.end(), 20);
      },
      { kind: 'unknown' },
    ],
    [
      'a refusal cut short',
      (r) => {
        r.writeHead(403, { 'Content-Length': '500' });
        r.write('{"code":40310000,"message":"no"}');
        setTimeout(() => r.socket?.end(), 20);
      },
      { kind: 'unknown' },
    ],
    ['garbage instead of HTTP', (r) => r.socket?.end('HELLO\r\n\r\n'), { kind: 'unknown' }],
  ];

  it.each(table)('%s', async (_name, answer, expected) => {
    const { outcome, received } = await submitTo(answer);
    expect(outcome).toMatchObject(expected);
    expect(received).toHaveLength(1);
  });

  it('no answer in time: unknown', async () => {
    const { outcome, received } = await submitTo(() => undefined, { change: 150 });
    expect(outcome).toMatchObject({ kind: 'unknown' });
    expect(received).toHaveLength(1);
  });

  it('an answer that begins in time and does not end in time: unknown', async () => {
    const { outcome } = await submitTo((r) => r.writeHead(200).write(WHOLE), { change: 150 });
    expect(outcome).toMatchObject({ kind: 'unknown' });
  });

  it('nobody listens: not sent', async () => {
    const alpaca = alpacaAt(`http://127.0.0.1:${await deadPort()}`);
    const outcome = await alpaca.broker.submit(access, admitted(ticketOf()), CLIENT_ID);
    expect(outcome).toMatchObject({ kind: 'not_sent', retryAfterMs: 1_000 });
    expect((outcome as { reason: string }).reason).toContain('ECONNREFUSED');
  });

  it('nobody listens on any address of the host: not sent', async () => {
    const alpaca = alpacaAt(`http://localhost:${await deadPort()}`);
    expect(await alpaca.broker.submit(access, admitted(ticketOf()), CLIENT_ID)).toMatchObject({ kind: 'not_sent' });
  });

  it('the host has no address: not sent', async () => {
    const alpaca = alpacaAt('http://no-such-host.invalid');
    expect(await alpaca.broker.submit(access, admitted(ticketOf()), CLIENT_ID)).toMatchObject({ kind: 'not_sent' });
  });

  it('a connection that breaks at once: unknown, unless it broke before it stood', async () => {
    const server = createServer((socket) => socket.resetAndDestroy());
    const port = await listenBelowEphemeral(server);
    const outcome = await alpacaAt(`http://127.0.0.1:${port}`).broker.submit(access, admitted(ticketOf()), CLIENT_ID);
    server.close();
    expect(['unknown', 'not_sent']).toContain(outcome.kind);
  });

  it.each([
    ['a server that does not speak TLS', (socket: Socket) => socket.once('data', () => socket.end('HTTP/1.1 200'))],
    ['a certificate that is not trusted', undefined],
  ])('%s: not sent', async (_name, meet) => {
    const server = await serveTls(meet);
    const outcome = await alpacaAt(server.url).broker.submit(access, admitted(ticketOf()), CLIENT_ID);
    expect(outcome).toMatchObject({ kind: 'not_sent', retryAfterMs: 1_000 });
    expect(server.read()).toBe('');
  });

  it('the connection was kept open and breaks under the next order: unknown, and not sent again', async () => {
    let answers = 0;
    const server = await serveRaw((r) => (answers++ === 0 ? json(r, 200, alpacaOrder()) : r.socket?.destroy()));
    const alpaca = alpacaAt(server.url);
    expect(await alpaca.broker.submit(access, admitted(ticketOf()), CLIENT_ID)).toMatchObject({ kind: 'acknowledged' });
    expect(await alpaca.broker.submit(access, admitted(ticketOf()), CLIENT_ID)).toMatchObject({ kind: 'unknown' });
    expect(server.received).toHaveLength(2);
  });

  it('a redirect is not followed, so the token goes nowhere else', async () => {
    const elsewhere = await serveRaw((r) => json(r, 200, alpacaOrder()));
    await submitTo((r) => r.writeHead(302, { Location: `${elsewhere.url}/v2/orders` }).end());
    expect(elsewhere.received).toHaveLength(0);
  });

  it('a body that is not understood is kept to the letter for a person to look at', async () => {
    const { lines } = await submitTo(text(200, 'text/html', PAGE));
    expect(lines).toMatchObject([{ level: 'alarm', facts: { clientOrderId: CLIENT_ID, raw: PAGE } }]);
  });

  it('an unknown status is reported', async () => {
    const { outcome, lines } = await submitTo((r) => json(r, 200, alpacaOrder({ status: 'new_word' })));
    expect(outcome).toMatchObject({ order: { status: 'open' } });
    expect(lines).toMatchObject([{ level: 'alarm', facts: { problem: 'unknown order status new_word' } }]);
  });
});
