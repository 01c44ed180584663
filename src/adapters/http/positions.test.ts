import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { brokerPosition, ok } from '../../../contracts/broker-api.ts';
import { problem } from '../../../contracts/problem.ts';
import { z } from 'zod';
import type { Person } from './client.suite.ts';
import { openLive } from './live-reader.suite.ts';
import { openServer } from './server.suite.ts';
import type { ServerUnderTest } from './server.suite.ts';

let server: ServerUnderTest;
beforeAll(async () => {
  server = await openServer();
});
afterAll(() => server.close());

const SINCE = '2026-03-02T15:00:00.000Z';

/** A trader of whose AAPL the broker has five shares, and we none. */
async function differing(): Promise<Person> {
  const person = await server.trader();
  server.held.set(person.accountId, [{ symbol: 'AAPL', quantity: '5', averagePrice: '98.5' }]);
  const found = { symbol: 'AAPL', ours: '0', brokers: '5', at: SINCE };
  await server.deskOf(person.accountId).risk({ type: 'ReportPositionMismatch', ...found });
  await server.settled();
  return person;
}

async function positionsOf({ accountId, token }: Person) {
  const answer = await server.call('GET', `/broker/v1/accounts/${accountId}/positions`, { token });
  return ok(z.array(brokerPosition)).parse(answer.json).d;
}
const adopt = ({ token }: Person, quantity: string, symbol = 'AAPL') =>
  server.call('POST', `/api/v1/positions/${symbol}/adopt`, { token, json: { quantity } });

describe('a position that is not the broker’s', () => {
  it('is shown with what both have, and orders in it are denied', async () => {
    const person = await differing();
    expect(await positionsOf(person)).toMatchObject([
      { instrument: 'AAPL', qty: 0, mismatch: { ours: '0', brokers: '5', since: SINCE } },
    ]);
    const form = { instrument: 'AAPL', side: 'buy', type: 'market', qty: '1' };
    const path = `/broker/v1/accounts/${person.accountId}/orders`;
    const denied = await server.call('POST', path, { token: person.token, form });
    expect(denied.json).toMatchObject({
      s: 'error',
      refusal: { code: 'denied', breaches: [{ rule: 'position_mismatch', limit: '0', actual: '5' }] },
    });
  });

  it('is taken over when its owner says so, once, and everybody who looks is told', async () => {
    const person = await differing();
    const live = await openLive(server.port, person.token);
    await live.next('snapshot');
    expect((await adopt(person, '5')).status).toBe(204);
    expect(await positionsOf(person)).toMatchObject([
      { instrument: 'AAPL', qty: 5, side: 'buy', avgPrice: 98.5, mismatch: null },
    ]);
    await live.next('positions', ({ positions }) => positions[0]?.mismatch === null && positions[0].qty === 5);
    live.close();
    const events = (await server.store.readAll('', 100_000)).length;
    expect((await adopt(person, '5')).status).toBe(204);
    expect(await server.store.readAll('', 100_000)).toHaveLength(events);
  });

  it('is not taken over as it was when the broker has moved on, and not where there is none', async () => {
    const person = await differing();
    server.held.set(person.accountId, [{ symbol: 'AAPL', quantity: '6', averagePrice: '98.5' }]);
    const codeOf = async (quantity: string, symbol?: string) => {
      const answer = await adopt(person, quantity, symbol);
      return [answer.status, problem.parse(answer.json).code];
    };
    expect(await codeOf('5')).toEqual([409, 'position_moved']);
    expect(await codeOf('0', 'SPY')).toEqual([404, 'not_found']);
    expect(await codeOf('five')).toEqual([400, 'invalid_request']);
    await server.call('DELETE', '/api/v1/broker-links/alpaca', { token: person.token });
    expect(await codeOf('6')).toEqual([409, 'broker_link_missing']);
  });
});
