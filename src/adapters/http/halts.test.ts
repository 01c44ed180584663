import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { haltAnswer, halts, releaseAnswer } from '../../../contracts/halts.ts';
import type { WantedHalt } from '../../../contracts/halts.ts';
import { createAggregates } from '../../application/aggregates.ts';
import type { Aggregates } from '../../application/aggregates.ts';
import { KILL_SWITCH_STREAM } from '../../domain/risk-policy/kill-switch/events.ts';
import type { HaltReport, HaltStage } from '../../domain/risk-policy/kill-switch/events.ts';
import type { KillSwitchCommand } from '../../domain/risk-policy/kill-switch/kill-switch.ts';
import { systemIds } from '../node/clock-and-ids.ts';
import type { Person } from './client.suite.ts';
import { openLive } from './live-reader.suite.ts';
import { openServer } from './server.suite.ts';
import type { ServerUnderTest } from './server.suite.ts';

let server: ServerUnderTest;
let aggregates: Aggregates;
let first: Person;
let second: Person;
let trader: Person;
let stranger: Person;
beforeAll(async () => {
  server = await openServer();
  aggregates = createAggregates({ store: server.store, ids: systemIds });
  [first, second] = [await server.trader(), await server.trader()];
  for (const { userId } of [first, second]) await command({ type: 'AppointOperator', userId, at: AT });
});
beforeEach(async () => {
  [trader, stranger] = [await server.trader(), await server.trader()];
});
afterAll(() => server.close());

const AT = '2026-03-02T15:00:00.000Z';
const cause = { correlationId: 'c', causationId: null, actor: { kind: 'system', id: 'test' } } as const;
const command = (wanted: KillSwitchCommand) => aggregates.killSwitch.handle(KILL_SWITCH_STREAM, wanted, cause);

const read = async (person: Person) =>
  halts.parse((await server.call('GET', '/api/v1/halts', { token: person.token })).json);
const post = (person: Person, wanted: WantedHalt) =>
  server.call('POST', '/api/v1/halts', { token: person.token, json: wanted });
const halted = async (person: Person, wanted: WantedHalt) => {
  const answer = await post(person, wanted);
  if (answer.status !== 200) throw new Error(answer.text);
  return haltAnswer.parse(answer.json);
};
const release = (person: Person, id: string) =>
  server.call('POST', `/api/v1/halts/${id}/release`, { token: person.token });
const released = async (person: Person, id: string) => releaseAnswer.parse((await release(person, id)).json).resumed;
const own = ({ accountId }: Person) => ({ kind: 'account', accountId }) as const;
const idsOf = async (person: Person) => (await read(person)).halts.map(({ id }) => id);

/** Ends what a test has begun that reaches beyond its trader. */
async function releaseWide(id: string): Promise<void> {
  expect(await released(first, id)).toBe(false);
  expect(await released(second, id)).toBe(true);
}

describe('a trader', () => {
  it('stops their own account, sees it, and releases it', async () => {
    const { halt, recorded } = await halted(trader, { scope: own(trader), reason: 'Enough for today.', flatten: true });
    expect(recorded).toBe(true);
    expect(halt).toMatchObject({
      scope: { kind: 'account', accountId: trader.accountId, symbol: null },
      level: 'halted',
      reason: { code: 'by_hand', text: 'Enough for today.' },
      by: { kind: 'you', name: null },
      cancelOrders: true,
      flatten: true,
      concernsMe: true,
      release: { needs: 'its_trader', clearsItself: false, approved: false, approvedBy: null, mayI: true },
      carriedOutAt: null,
      progress: null,
      everywhere: null,
    });
    expect(await read(trader)).toEqual({ halts: [halt], operator: false });
    expect(await halted(trader, { scope: own(trader) })).toMatchObject({ recorded: false, halt: { id: halt.id } });
    expect(await released(trader, halt.id)).toBe(true);
    expect(await released(trader, halt.id)).toBe(true);
    expect(await idsOf(trader)).toEqual([]);
  });

  it('stops and releases by ids in capitals, which are the same ids', async () => {
    const { accountId } = trader;
    const { halt } = await halted(trader, { scope: { kind: 'account', accountId: accountId.toUpperCase() } });
    expect(halt).toMatchObject({ scope: { kind: 'account', accountId } });
    expect(await released(trader, halt.id.toUpperCase())).toBe(true);
    const { halt: house } = await halted(first, { scope: { kind: 'account', accountId: accountId.toUpperCase() } });
    expect(await idsOf(trader)).toEqual([house.id]);
    expect(await released(second, house.id)).toBe(true);
  });

  it('stops one symbol, or by their own address the user that they are', async () => {
    const symbol = await halted(trader, { scope: { ...own(trader), symbol: 'AAPL' }, cancelOrders: false });
    expect(symbol.halt).toMatchObject({
      scope: { symbol: 'AAPL' },
      cancelOrders: false,
      reason: { text: 'No reason was given.' },
    });
    const user = await halted(trader, { scope: { kind: 'user', email: trader.email.toUpperCase() } });
    expect(user.halt).toMatchObject({ scope: { kind: 'user', userId: trader.userId } });
  });

  it('can not touch another: what is not their own does not exist', async () => {
    const { halt } = await halted(trader, { scope: own(trader) });
    const events = (await server.store.readStream(KILL_SWITCH_STREAM)).length;
    const nobody = '99999999-9999-4999-8999-999999999999';
    for (const scope of [
      own(trader),
      { kind: 'account', accountId: nobody } as const,
      { kind: 'user', email: trader.email } as const,
      { kind: 'user', email: 'nobody@example.com' } as const,
    ]) {
      const answer = await post(stranger, { scope });
      expect([answer.status, answer.json]).toMatchObject([404, { code: 'not_found' }]);
    }
    const theirs = await release(stranger, halt.id);
    expect(theirs.text).toBe((await release(stranger, nobody)).text);
    expect(await idsOf(stranger)).toEqual([]);
    await released(trader, halt.id);
    expect((await release(stranger, halt.id)).status).toBe(404);
    expect(await server.store.readStream(KILL_SWITCH_STREAM)).toHaveLength(events + 1);
  });

  it('can not stop or release what is wider', async () => {
    for (const scope of [
      { kind: 'everything' },
      { kind: 'broker', broker: 'alpaca' },
      { kind: 'symbol', symbol: 'AAPL' },
      { kind: 'strategy', strategyId: 's' },
    ] as const) {
      const answer = await post(trader, { scope });
      expect([answer.status, answer.json]).toMatchObject([403, { code: 'not_permitted' }]);
    }
    const { halt } = await halted(first, { scope: { kind: 'symbol', symbol: 'IBM' }, cancelOrders: false });
    expect(await idsOf(trader)).toEqual([halt.id]);
    expect((await read(trader)).halts[0]).toMatchObject({
      by: { kind: 'operator', name: null },
      release: { needs: 'two_operators', approvedBy: null, mayI: false },
      everywhere: null,
    });
    const answer = await release(trader, halt.id);
    expect([answer.status, answer.json]).toMatchObject([403, { code: 'not_permitted' }]);
    await releaseWide(halt.id);
  });

  it('sees how far it has come in their own account, and nothing of the others', async () => {
    const { halt } = await halted(first, { scope: { kind: 'broker', broker: 'alpaca' } });
    const report = (accountId: string, stage: HaltStage, changes: Partial<HaltReport> = {}) =>
      command({
        type: 'RecordHaltReport',
        haltId: halt.id,
        renewals: 0,
        accountId,
        stage,
        report: { orders: [], elsewhere: [], closing: [], left: null, ...changes },
        at: AT,
      });
    await command({ type: 'RecordHaltUnderWay', haltId: halt.id, renewals: 0, accounts: 2, at: AT });
    await report(stranger.accountId, 'done');
    await report(trader.accountId, 'cancelling', {
      orders: [systemIds.random()],
      elsewhere: ['B1', 'B2'],
      left: { orders: 1, unfinished: 1, positions: [{ symbol: 'AAPL', quantity: '-2.5' }] },
    });
    const [mine] = (await read(trader)).halts;
    expect(mine).toMatchObject({
      progress: {
        accountId: trader.accountId,
        stage: 'cancelling',
        cancelled: 3,
        elsewhere: 2,
        left: { orders: 1, positions: [{ symbol: 'AAPL', quantity: '-2.5' }] },
      },
      everywhere: null,
    });
    expect((await read(first)).halts.find(({ id }) => id === halt.id)).toMatchObject({
      progress: null,
      everywhere: {
        accounts: 2,
        stages: { cancelling: 1, done: 1 },
        notDone: [{ accountId: trader.accountId }],
      },
    });
    await releaseWide(halt.id);
  });

  it('has what is done already done again by asking once more, so often within a minute', async () => {
    const { halt } = await halted(trader, { scope: own(trader), flatten: true });
    const carriedOut = async (renewals: number): Promise<void> => {
      const common = { haltId: halt.id, renewals, at: AT } as const;
      const report = { orders: [], elsewhere: [], closing: [], left: null };
      await command({ type: 'RecordHaltReport', ...common, accountId: trader.accountId, stage: 'done', report });
      await command({ type: 'RecordHaltCarriedOut', ...common, accounts: 1 });
    };
    for (let n = 0; n < 20; n += 1) {
      await carriedOut(n);
      const again = await halted(trader, { scope: own(trader), flatten: true });
      expect(again).toMatchObject({ recorded: true, halt: { id: halt.id, carriedOutAt: null, progress: null } });
    }
    expect(await halted(trader, { scope: own(trader), flatten: true })).toMatchObject({ recorded: false });
    await carriedOut(20);
    expect((await post(trader, { scope: own(trader), flatten: true })).status).toBe(429);
    expect(await halted(trader, { scope: own(trader), level: 'reducing' })).toMatchObject({ recorded: true });
    expect(await released(trader, halt.id)).toBe(true);
  });

  it('may release only so often within a minute, and stop always', async () => {
    const { token } = trader;
    for (let n = 0; n < 21; n += 1) {
      const { halt } = await halted(trader, { scope: own(trader) });
      const answer = await server.call('POST', `/api/v1/halts/${halt.id}/release`, { token });
      expect(answer.status).toBe(n < 20 ? 200 : 429);
    }
    expect(await idsOf(trader)).toHaveLength(1);
    expect(await halted(trader, { scope: own(trader) })).toMatchObject({ recorded: false });
  });
});

describe('an operator', () => {
  it('stops everything, and two of them release it', async () => {
    const { halt } = await halted(first, { scope: { kind: 'everything' }, reason: 'A test.' });
    expect(halt).toMatchObject({ by: { kind: 'operator', name: first.email }, everywhere: { accounts: null } });
    expect(await idsOf(trader)).toEqual([halt.id]);
    expect(await released(second, halt.id)).toBe(false);
    expect((await read(first)).halts.find(({ id }) => id === halt.id)).toMatchObject({
      release: { approved: true, approvedBy: second.email, mayI: true },
    });
    const twice = await release(second, halt.id);
    expect([twice.status, twice.json]).toMatchObject([409, { code: 'second_operator_needed' }]);
    expect(await released(first, halt.id)).toBe(true);
    expect(await idsOf(trader)).toEqual([]);
  });

  it('stops a trader by account or by address, and one of them releases it', async () => {
    for (const scope of [own(trader), { kind: 'user', email: trader.email } as const]) {
      const { halt } = await halted(first, { scope });
      expect((await read(trader)).halts).toMatchObject([{ by: { kind: 'operator' }, release: { mayI: false } }]);
      expect((await release(trader, halt.id)).status).toBe(403);
      expect(await released(second, halt.id)).toBe(true);
    }
    const events = (await server.store.readStream(KILL_SWITCH_STREAM)).length;
    const nobody = '99999999-9999-4999-8999-999999999999';
    for (const scope of [
      { kind: 'user', email: 'nobody@example.com' },
      { kind: 'account', accountId: nobody },
      { kind: 'account', accountId: nobody, symbol: 'AAPL' },
    ] as const) {
      expect((await post(first, { scope })).status).toBe(404);
    }
    expect(await server.store.readStream(KILL_SWITCH_STREAM)).toHaveLength(events);
  });

  it('sees the halts of traders, and leaves their release to them', async () => {
    const { halt } = await halted(trader, { scope: own(trader) });
    expect((await read(first)).halts.find(({ id }) => id === halt.id)).toMatchObject({
      by: { kind: 'trader', name: trader.email },
      concernsMe: false,
      release: { needs: 'its_trader', mayI: false },
    });
    expect((await release(first, halt.id)).status).toBe(403);
  });

  it('is told that a strategy has no positions to close', async () => {
    const answer = await post(first, { scope: { kind: 'strategy', strategyId: 's' }, flatten: true });
    expect([answer.status, answer.json]).toMatchObject([400, { code: 'invalid_request' }]);
  });
});

describe('a position that is not the broker’s', () => {
  const differs = (person: Person, ours: string) =>
    server.deskOf(person.accountId).risk({
      type: 'ReportPositionMismatch',
      symbol: 'AAPL',
      ours,
      brokers: '5',
      at: AT,
    });

  it('is one of the halts of its trader and of operators, which ends with its cause', async () => {
    const reader = await openLive(server.port, trader.token);
    try {
      await reader.next('halts', (message) => message.halts.length === 0);
      await differs(trader, '0');
      await reader.next('halts', ({ halts: [seen] }) => seen?.reason.code === 'position_mismatch');
      const [mine] = (await read(trader)).halts;
      expect(mine).toMatchObject({
        scope: { kind: 'account', accountId: trader.accountId, symbol: 'AAPL' },
        level: 'halted',
        reason: { text: 'The record has a position of 0, the broker one of 5.' },
        by: { kind: 'watch', name: 'position_mismatch' },
        haltedAt: AT,
        concernsMe: true,
        release: { needs: 'its_cause', clearsItself: true, mayI: false },
      });
      expect(await idsOf(stranger)).toEqual([]);
      const seen = (await read(first)).halts.find(({ id }) => id === mine?.id);
      expect(seen).toMatchObject({ concernsMe: false, release: { mayI: false } });
      expect((await release(trader, mine?.id ?? '')).status).toBe(404);

      const before = reader.messages.length;
      const resolved = { type: 'ResolvePositionMismatch', symbol: 'AAPL', quantity: '0', at: AT } as const;
      await server.deskOf(trader.accountId).risk(resolved);
      await expect
        .poll(() => reader.messages.slice(before))
        .toContainEqual({ type: 'halts', halts: [], operator: false });
      expect(await idsOf(trader)).toEqual([]);
    } finally {
      reader.close();
    }
  });
});

describe('an open page', () => {
  it('is told at once when a halt that concerns it begins, moves on and ends', async () => {
    const [watching, other] = [await openLive(server.port, trader.token), await openLive(server.port, stranger.token)];
    try {
      expect(await watching.next('halts')).toEqual({ type: 'halts', halts: [], operator: false });
      const { halt } = await halted(trader, { scope: own(trader) });
      await watching.next('halts', ({ halts: [seen] }) => seen?.id === halt.id);
      await command({
        type: 'RecordHaltReport',
        haltId: halt.id,
        renewals: 0,
        accountId: trader.accountId,
        stage: 'cancelling',
        report: { orders: [], elsewhere: [], closing: [], left: null },
        at: AT,
      });
      await watching.next('halts', ({ halts: [seen] }) => seen?.progress?.stage === 'cancelling');
      const before = watching.messages.length;
      await released(trader, halt.id);
      await expect
        .poll(() => watching.messages.slice(before))
        .toContainEqual({ type: 'halts', halts: [], operator: false });
      expect(other.messages.filter((each) => each.type === 'halts' && each.halts.length > 0)).toEqual([]);
    } finally {
      watching.close();
      other.close();
    }
  });

  it('begins with what stands already', async () => {
    const { halt } = await halted(trader, { scope: own(trader) });
    const reader = await openLive(server.port, trader.token);
    try {
      expect(await reader.next('halts')).toMatchObject({ halts: [{ id: halt.id }] });
    } finally {
      reader.close();
    }
  });
});
