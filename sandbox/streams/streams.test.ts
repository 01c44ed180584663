import { once } from 'node:events';
import { decode } from '@msgpack/msgpack';
import { WebSocket } from 'ws';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Bench, type Json, clientOf, control, startBench } from '../test-kit.ts';

/** A client that keeps what it receives and can wait for something. */
function connect(url: string, headers: Record<string, string> = {}) {
  const socket = new WebSocket(url, { headers });
  const received: { message: Json; isBinary: boolean }[] = [];
  const waiting = new Set<() => void>();
  socket.on('message', (data: Buffer, isBinary) => {
    const isMsgpack = headers['Content-Type'] === 'application/msgpack';
    const value = (isMsgpack ? decode(data) : JSON.parse(data.toString())) as Json | Json[];
    for (const message of Array.isArray(value) ? value : [value]) received.push({ message, isBinary });
    for (const check of waiting) check();
  });
  return {
    socket,
    received,
    opened: once(socket, 'open'),
    closed: once(socket, 'close'),
    send: (message: unknown) => socket.send(JSON.stringify(message)),
    until: (isIt: (message: Json) => boolean): Promise<Json> =>
      new Promise((resolve, reject) => {
        const timeout = setTimeout(() => reject(new Error(`not among ${JSON.stringify(received)}`)), 5000);
        const check = (): void => {
          const found = received.find((each) => isIt(each.message));
          if (!found) return;
          clearTimeout(timeout);
          waiting.delete(check);
          resolve(found.message);
        };
        waiting.add(check);
        check();
      }),
  };
}

const data = (message: Json): Json => (message['data'] ?? {}) as Json;
const isEvent =
  (name: string) =>
  (message: Json): boolean =>
    message['stream'] === 'trade_updates' && data(message)['event'] === name;
const MARKET = { symbol: 'SPY', qty: '3', side: 'buy', type: 'market', time_in_force: 'day' };

describe('streams', () => {
  let bench: Bench;
  let ws: string;

  beforeAll(async () => {
    bench = await startBench();
    ws = bench.sandbox.url.replace('http', 'ws');
  });
  afterAll(() => bench.stop());

  async function follow(key: string) {
    const stream = connect(`${ws}/stream`);
    await stream.opened;
    stream.send({ action: 'authenticate', data: { key_id: key, secret_key: 's' } });
    await stream.until((message) => message['stream'] === 'authorization');
    stream.send({ action: 'listen', data: { streams: ['trade_updates'] } });
    await stream.until((message) => message['stream'] === 'listening');
    return stream;
  }

  it('follows the protocol of the trading stream, in binary frames, without a welcome', async () => {
    const stream = connect(`${ws}/stream`);
    await stream.opened;
    stream.send({ action: 'listen', data: { streams: ['trade_updates'] } });
    expect(await stream.until(() => true)).toEqual({
      stream: 'authorization',
      data: { status: 'unauthorized', action: 'listen' },
    });
    stream.send({ action: 'auth', key: 'newer', secret: 's' });
    await stream.until((message) => data(message)['status'] === 'authorized');
    stream.socket.send('{nonsense');
    expect(await stream.until((message) => message['action'] === 'error')).toMatchObject({
      data: { error_message: 'invalid message' },
    });
    stream.send({ action: 'listen', data: { streams: ['trade_updates', 'unknown'] } });
    expect(await stream.until((message) => message['stream'] === 'listening')).toEqual({
      stream: 'listening',
      data: { streams: ['trade_updates'] },
    });
    expect(stream.received.every((each) => each.isBinary)).toBe(true);
    stream.socket.close();
  });

  it('can be closed, with what is open, and opened again', async () => {
    const open = await follow('closing');
    await control(bench.sandbox.url, 'settings', { order_stream: 'closed' });
    await open.closed;
    const refused = new WebSocket(`${ws}/stream`);
    const [error] = (await once(refused, 'error')) as [Error];
    expect(error.message).toContain('503');
    await control(bench.sandbox.url, 'settings', { order_stream: 'open' });
    (await follow('closing')).socket.close();
  });

  it('refuses wrong secrets and closes', async () => {
    await clientOf(bench.sandbox.url, 'owner', 'right').get('/v2/account');
    const stream = connect(`${ws}/stream`);
    await stream.opened;
    stream.send({ action: 'authenticate', data: { key_id: 'owner', secret_key: 'wrong' } });
    expect(await stream.until(() => true)).toEqual({
      stream: 'authorization',
      data: { status: 'unauthorized', action: 'authenticate' },
    });
    await stream.closed;
  });

  it('tells the life of an order to its own account only', async () => {
    const [own, foreign] = [await follow('mine'), await follow('theirs')];
    const { body } = await clientOf(bench.sandbox.url, 'mine', 's').post('/v2/orders', MARKET);
    const update = data(await own.until(isEvent('fill')));
    expect(
      own.received
        .filter((each) => each.message['stream'] === 'trade_updates')
        .map((each) => data(each.message)['event']),
    ).toEqual(['pending_new', 'new', 'fill']);
    expect(update).toMatchObject({
      qty: '3',
      position_qty: '3',
      execution_id: expect.any(String) as string,
      order: { id: body['id'], status: 'filled', filled_qty: '3', legs: null },
    });
    expect(foreign.received.some((each) => each.message['stream'] === 'trade_updates')).toBe(false);
    own.socket.close();
    foreign.socket.close();
  });

  it('drops, doubles, reorders and cuts on demand', async () => {
    const stream = await follow('faulty');
    const client = clientOf(bench.sandbox.url, 'faulty', 's');
    const events = (): unknown[] =>
      stream.received
        .filter((each) => each.message['stream'] === 'trade_updates')
        .map((each) => data(each.message)['event']);
    await control(bench.sandbox.url, 'fault', { kind: 'drop_frames', match: { event: 'pending_new' } });
    await control(bench.sandbox.url, 'fault', { kind: 'reorder_frames', match: { event: 'new' } });
    await control(bench.sandbox.url, 'fault', { kind: 'duplicate_frames', match: { event: 'fill' } });
    await client.post('/v2/orders', MARKET);
    await stream.until(isEvent('new'));
    expect(events()).toEqual(['fill', 'fill', 'new']);
    await control(bench.sandbox.url, 'fault', { kind: 'close_stream' });
    await stream.closed;
  });

  it('drops a share of the frames', async () => {
    const stream = await follow('lossy');
    const client = clientOf(bench.sandbox.url, 'lossy', 's');
    await control(bench.sandbox.url, 'fault', { kind: 'drop_frames', probability: 0.5, match: { event: 'new' } });
    for (let i = 0; i < 12; i++) await client.post('/v2/orders', { ...MARKET, client_order_id: `lossy-${i}` });
    const told = (event: string): number => stream.received.filter((each) => isEvent(event)(each.message)).length;
    await expect.poll(() => told('fill')).toBe(12);
    expect(told('new')).toBeGreaterThan(0);
    expect(told('new')).toBeLessThan(12);
    await fetch(`${bench.sandbox.url}/control/fault`, { method: 'DELETE' });
    stream.socket.close();
  });

  it('speaks msgpack on the trading stream when asked', async () => {
    const stream = connect(`${ws}/stream`, { 'Content-Type': 'application/msgpack' });
    await stream.opened;
    stream.send({ action: 'authenticate', data: { key_id: 'packed', secret_key: 's' } });
    expect(await stream.until(() => true)).toMatchObject({ data: { status: 'authorized' } });
    stream.socket.close();
  });

  it.each(['application/json', 'application/msgpack'])('serves market data as %s', async (type) => {
    const stream = connect(`${ws}/v2/iex`, { 'Content-Type': type });
    await stream.until((message) => message['msg'] === 'connected');
    stream.send({ action: 'subscribe', trades: ['AAPL'] });
    expect(await stream.until((message) => message['T'] === 'error')).toMatchObject({ code: 401 });
    stream.send({ action: 'auth', key: 'viewer', secret: 's', paper: true });
    await stream.until((message) => message['msg'] === 'authenticated');
    stream.send({ action: 'subscribe', trades: ['AAPL'], quotes: null, bars: ['*'] });
    expect(await stream.until((message) => message['T'] === 'subscription')).toMatchObject({
      trades: ['AAPL'],
      quotes: [],
      bars: ['*'],
      corrections: ['AAPL'],
    });
    stream.send({ action: 'subscribe', quotes: ['AAPL'], dailyBars: ['AAPL'] });
    await stream.until((message) => message['T'] === 'subscription' && (message['quotes'] as unknown[]).length === 1);
    await control(bench.sandbox.url, 'clock', { advance_seconds: 61 });
    const trade = await stream.until((message) => message['T'] === 't');
    expect(trade['t'] instanceof Date).toBe(type === 'application/msgpack');
    expect(await stream.until((message) => message['T'] === 'q')).toMatchObject({ S: 'AAPL' });
    expect(await stream.until((message) => message['T'] === 'b' && message['S'] === 'MSFT')).toHaveProperty('vw');
    expect(await stream.until((message) => message['T'] === 'd')).toMatchObject({ S: 'AAPL' });
    stream.socket.close();
  });

  it('replays order events over SSE from an id on', async () => {
    const client = clientOf(bench.sandbox.url, 'sse', 's');
    const { body } = await client.post('/v2/orders', MARKET);
    await client.untilOrder(body['id'], 'filled');
    const read = async (query: string): Promise<Json[]> => {
      const answer = await fetch(`${bench.sandbox.url}/v2/events/trades?${query}`, {
        headers: { 'APCA-API-KEY-ID': 'sse', 'APCA-API-SECRET-KEY': 's' },
      });
      const lines = (await answer.text()).split('\n').filter((line) => line.startsWith('data: '));
      return lines.map((line) => JSON.parse(line.slice(6)) as Json);
    };
    const all = await read('until=2030-01-01T00:00:00Z');
    expect(all.map((each) => each['event'])).toEqual(['pending_new', 'new', 'fill']);
    const rest = await read(`since_id=${String(all[0]?.['event_id'])}&until=2030-01-01T00:00:00Z`);
    expect(rest.map((each) => each['event'])).toEqual(['new', 'fill']);
  });
});
