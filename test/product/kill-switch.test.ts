/** The kill switch at the command line, on a product that runs and on the data folder of one that does not. */
import { randomUUID } from 'node:crypto';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { session } from '../../contracts/auth.ts';
import { halts } from '../../contracts/halts.ts';
import { openLive } from '../../src/adapters/http/live-reader.suite.ts';
import { becomeTrader } from '../../src/bootstrap/demo/visitor.ts';
import type { Visitor } from '../../src/bootstrap/demo/visitor.ts';
import { removeDataFolder } from '../../src/bootstrap/embedded-postgres.ts';
import { readLedger } from '../support/order-records.ts';
import { runProgram } from '../support/run-program.ts';
import type { RunningProgram } from '../support/running-product.ts';
import { startProduct } from '../support/running-product.ts';

const folder = mkdtempSync(join(tmpdir(), 'tradsy-kill-'));
const settings = { TRADSY_DATA: folder };
const operators = [`${randomUUID()}@example.com`, `${randomUUID()}@example.com`] as const;
let product: RunningProgram;
let trader: Visitor;
beforeAll(async () => {
  product = await startProduct(settings);
  for (const email of operators) await signUp(email);
  trader = await becomeTrader(product.url);
});
afterAll(async () => {
  await product.kill('SIGTERM');
  await removeDataFolder(folder);
});

async function signUp(email: string): Promise<void> {
  const answer = await fetch(`${product.url}/api/v1/auth/signup`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email, password: 'a long walk by the river' }),
  });
  session.parse(await answer.json());
}

const kill = (...args: string[]) => runProgram('kill', settings, args);
const manage = (...args: string[]) => runProgram('operators', settings, args);
const linesOf = (said: string): unknown[] =>
  said
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as unknown);
const halted = z.looseObject({ haltId: z.string(), recorded: z.boolean() });

/** Throws the switch, and gives the halt's id. */
async function throwSwitch(...args: string[]): Promise<string> {
  const { code, said, complaint } = await kill(...args, '--reason', 'A test.', '--json');
  expect([code, complaint]).toMatchObject([0, expect.any(String) as string]);
  const [first, last] = linesOf(said);
  expect(last).toMatchObject({ outcome: 'carried_out' });
  return halted.parse(first).haltId;
}

/** Each order of this run differs in its quantity, so that none is taken for another one sent twice. */
const MARKET = { instrument: 'AAPL', side: 'buy', type: 'market', qty: '1', currentAsk: '0', currentBid: '0' };
async function place(fields: Readonly<Record<string, string>>): Promise<string> {
  const answer = await trader.place({ ...MARKET, ...fields }, randomUUID());
  if (!('orderId' in answer)) throw new Error(answer.errmsg);
  return answer.orderId;
}
const outcome = async (orderId: string, wanted: string): Promise<void> => {
  await expect.poll(async () => (await trader.story(orderId)).outcome, { timeout: 20_000 }).toBe(wanted);
};
const positions = () =>
  trader
    .call('GET', 'positions?locale=en')
    .then((answer) => z.looseObject({ d: z.array(z.unknown()) }).parse(answer).d);

describe('the command line', () => {
  it(
    'halts everything, closes what is open, tells open pages, and stands after kill -9',
    { timeout: 90_000 },
    async () => {
      const filled = await place({});
      await outcome(filled, 'filled');
      const { bid } = await trader.quote('AAPL');
      const resting = await place({ type: 'limit', limitPrice: (bid * 0.8).toFixed(2) });
      await outcome(resting, 'working');
      const live = await openLive(Number(new URL(product.url).port), trader.accessToken);
      await live.next('halts');

      const haltId = await throwSwitch('everything', '--flatten');
      await live.next('halts', ({ halts: [seen] }) => seen?.id === haltId && seen.carriedOutAt !== null);
      live.close();
      await outcome(resting, 'cancelled');
      await expect.poll(positions, { timeout: 10_000 }).toEqual([]);
      expect((await trader.story(resting)).events).toContainEqual(
        expect.objectContaining({ type: 'CancelRequested', sentence: 'The kill switch asked to cancel.' }),
      );

      await product.kill('SIGKILL');
      product = await startProduct({ ...settings, PORT: new URL(product.url).port });
      const before = (await readLedger(product.url)).length;
      const answer = await trader.place({ ...MARKET, qty: '4' }, randomUUID());
      if ('orderId' in answer) await outcome(answer.orderId, 'not_sent');
      expect(await readLedger(product.url)).toHaveLength(before);
      const shown = await fetch(`${product.url}/api/v1/halts`, {
        headers: { authorization: `Bearer ${trader.accessToken}` },
      });
      expect(halts.parse(await shown.json())).toMatchObject({ halts: [{ id: haltId }], operator: false });
      expect((await kill('list')).said).toContain(`${haltId}  everything  halted`);
      const again = linesOf((await kill('everything', '--flatten', '--reason', 'Once more.', '--json')).said);
      expect(again[0]).toMatchObject({ haltId, recorded: true, renewed: true });
      expect(again.at(-1)).toMatchObject({ haltId, outcome: 'carried_out' });
    },
  );

  it('releases it by two different operators, and by nobody else', { timeout: 60_000 }, async () => {
    const [first, second] = operators;
    const { halts: standing } = z
      .object({ halts: z.array(z.looseObject({ haltId: z.string() })) })
      .parse(linesOf((await kill('list', '--json')).said)[0]);
    const release = (email: string) => kill('release', standing[0]?.haltId ?? '', '--operator', email);
    expect(await release(first)).toMatchObject({
      code: 1,
      complaint: expect.stringContaining('only an operator') as string,
    });
    expect(await manage('add', 'nobody@example.com')).toMatchObject({ code: 1 });
    for (const email of operators) expect(await manage('add', email)).toMatchObject({ code: 0 });
    expect((await manage('list')).said).toContain(second);
    expect(await manage('add', first)).toMatchObject({ said: `${first} is an operator, as before.\n` });
    expect(await release(first)).toMatchObject({ code: 0, said: expect.stringContaining('Approved') as string });
    expect(await release(first)).toMatchObject({
      code: 1,
      complaint: expect.stringContaining('another one') as string,
    });
    expect(await release(second)).toMatchObject({ code: 0, said: 'Released.\n' });
    expect(await release(second)).toMatchObject({ code: 0, said: 'Released.\n' });
    expect((await kill('list')).said).toBe('Nothing is halted.\n');
    await outcome(await place({ qty: '2' }), 'filled');
  });

  it('halts an account, a user or a symbol, and refuses what nobody knows', { timeout: 60_000 }, async () => {
    const account = await throwSwitch('account', trader.accountId, '--reducing', '--no-cancel');
    const again = await kill('account', trader.accountId, '--reducing', '--no-cancel', '--reason', 'Twice', '--json');
    expect(linesOf(again.said)[0]).toMatchObject({ haltId: account, recorded: false });
    await throwSwitch('symbol', 'msft');
    await throwSwitch('user', operators[0]);
    for (const args of [
      ['account', randomUUID()],
      ['user', 'nobody@example.com'],
    ]) {
      expect(await kill(...args, '--reason', 'A test.')).toMatchObject({ code: 1, said: '' });
    }
    expect(await kill('release', account, '--operator', operators[1])).toMatchObject({ code: 0, said: 'Released.\n' });
  });
});

describe('on the folder of a product that does not run', () => {
  it('the halt stands from the product’s start on, and is carried out then', { timeout: 90_000 }, async () => {
    const { bid } = await trader.quote('AAPL');
    const resting = await place({ qty: '3', type: 'limit', limitPrice: (bid * 0.8).toFixed(2) });
    await outcome(resting, 'working');
    await product.kill('SIGTERM');
    const thrown = await kill('broker', '--reason', 'A test.', '--json');
    expect(thrown.code).toBe(1);
    const [first, last] = linesOf(thrown.said);
    expect(last).toMatchObject({ outcome: 'not_at_work' });
    product = await startProduct({ ...settings, PORT: new URL(product.url).port });
    await outcome(resting, 'cancelled');
    const { haltId } = halted.parse(first);
    await expect.poll(async () => (await kill('list')).said, { timeout: 10_000 }).toMatch(/carried out in 1 account/);
    expect((await kill('list')).said).toContain(haltId);
  });

  it('and where there is no record there is nothing to halt', async () => {
    const empty = mkdtempSync(join(tmpdir(), 'tradsy-kill-none-'));
    const ended = await runProgram('kill', { TRADSY_DATA: empty }, ['everything', '--reason', 'A test.']);
    expect(ended).toMatchObject({ code: 1, said: '' });
    expect(ended.complaint).toContain('there is no record');
    await removeDataFolder(empty);
  });
});
