import { once } from 'node:events';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { freePort } from '../../../src/bootstrap/free-port.ts';
import { openDoor } from './door.ts';
import type { Door } from './door.ts';
import { NO_FAULTS } from './faults.ts';
import type { RequestFault } from './faults.ts';

const ORDER = { id: 'B1', client_order_id: 'mine', status: 'new' };
const WAITS_MS = 600;
/** For an answer that comes. */
const PATIENCE_MS = 10_000;

/** Takes every order, but those of nobody. */
let broker: Server;
let reached: string[];
let door: Door;
beforeEach(async () => {
  reached = [];
  broker = createServer((req, res) => {
    let body = '';
    req.on('data', (chunk: Buffer) => (body += chunk.toString()));
    req.on('end', () => {
      reached.push(`${req.method} ${req.url}`);
      const refused = body.includes('nobody');
      res.writeHead(refused ? 403 : 200, { 'content-type': 'application/json' });
      res.end(JSON.stringify(refused ? { code: 40310000, message: 'no' } : ORDER));
    });
  });
  const port = await freePort();
  broker.listen(port, '127.0.0.1');
  await once(broker, 'listening');
  door = await openDoor({
    sandboxUrl: `http://127.0.0.1:${port}`,
    nameOf: (id) => `named ${id}`,
    clientWaitsMs: WAITS_MS,
  });
});
afterEach(async () => {
  await door.close();
  broker.closeAllConnections();
  broker.close();
});

const withFault = (fault: Omit<RequestFault, 'name'>): void =>
  door.setFaults({
    ...NO_FAULTS,
    request: () => ({ name: 'the fault', ...fault }),
    read: () => ({ name: 'the fault', ...fault }),
  });

/** What a client sees: status and text, or how it fails. */
async function place(waitsMs = PATIENCE_MS, id = 'mine'): Promise<string> {
  try {
    const signal = AbortSignal.timeout(waitsMs);
    const body = JSON.stringify({ client_order_id: id });
    const answer = await fetch(`http://127.0.0.1:${door.port}/v2/orders`, { method: 'POST', body, signal });
    return `${answer.status} ${await answer.text()}`;
  } catch (error) {
    return (error as Error).name === 'TimeoutError' ? 'no answer' : 'broken off';
  }
}

const WHOLE = `200 ${JSON.stringify(ORDER)}`;

describe('the door before the broker', () => {
  it('lets everything through without faults', async () => {
    expect(await place()).toBe(WHOLE);
    expect(reached).toEqual(['POST /v2/orders']);
  });

  it.each([
    ['dropped before', { forward: 'never', answer: 'end of the connection' }, 'broken off', 0],
    ['reset before', { forward: 'never', answer: 'reset' }, 'broken off', 0],
    ['dropped after', { forward: 'now', answer: 'end of the connection' }, 'broken off', 1],
    ['cut', { forward: 'now', answer: 'cut' }, 'broken off', 1],
    ['truncated', { forward: 'now', answer: 'truncated' }, WHOLE.slice(0, 4 + Math.floor((WHOLE.length - 4) / 2)), 1],
    ['without a body', { forward: 'now', answer: { status: 200, type: 'none' } }, '200 ', 1],
    ['a page', { forward: 'never', answer: { status: 403, type: 'html' } }, /^403 <!doctype html>/, 0],
    ['turned away', { forward: 'never', answer: { status: 429, type: 'json' } }, /^429 {"code":42910000/, 0],
    ['not answered', { forward: 'never', answer: 'nothing' }, 'no answer', 0],
  ] as const)('may let an order be %s', async (_name, fault, seen, arrives) => {
    withFault(fault);
    expect(await place(seen === 'no answer' ? WAITS_MS : PATIENCE_MS)).toEqual(
      typeof seen === 'string' ? seen : expect.stringMatching(seen),
    );
    expect(reached).toHaveLength(arrives);
    expect(door.arrivals).toMatchObject([{ verb: 'place', clientOrderId: 'mine' }]);
    expect(door.counts.get('the fault')).toBe(1);
  });

  it('may let an order arrive after the client has given up', async () => {
    withFault({ forward: 'late', answer: 'nothing' });
    expect(await place(WAITS_MS - 200)).toBe('no answer');
    expect([reached.length, door.underWay()]).toEqual([0, 1]);
    await expect.poll(() => reached.length).toBe(1);
    await expect.poll(() => door.underWay()).toBe(0);
  });

  it('keeps what the broker itself refused, though nobody heard it', async () => {
    withFault({ forward: 'now', answer: 'end of the connection' });
    expect(await place(PATIENCE_MS, 'nobody')).toBe('broken off');
    expect([...door.refusals]).toEqual(['nobody']);
  });

  it('draws by the name that an order has in the plan, and by which try it is', async () => {
    const asked: unknown[] = [];
    door.setFaults({
      ...NO_FAULTS,
      request: (...about) => (asked.push(about), null),
      read: (...about) => (asked.push(about), null),
    });
    await place();
    await place();
    await fetch(`http://127.0.0.1:${door.port}/v2/orders/B1`, { method: 'DELETE' });
    await fetch(`http://127.0.0.1:${door.port}/v2/orders:by_client_order_id?client_order_id=mine`);
    expect(asked).toEqual([
      ['place', 'named mine', 1],
      ['place', 'named mine', 2],
      ['cancel', 'named mine', 1],
      ['order', 'named mine', 1],
    ]);
  });
});
