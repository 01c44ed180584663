import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Json, clientOf, control, startBench, startOnFreePort, temporaryFolder } from './test-kit.ts';

const LIMIT = { symbol: 'SPY', qty: '2', side: 'buy', type: 'limit', limit_price: '10', time_in_force: 'gtc' };

describe('a restart', () => {
  const folder = temporaryFolder();
  const program = join(folder.path, 'sandbox.mjs');
  const children: ChildProcess[] = [];

  beforeAll(async () => {
    const entryPoints = [fileURLToPath(new URL('main.ts', import.meta.url))];
    const bundled = await build({
      entryPoints,
      bundle: true,
      platform: 'node',
      format: 'esm',
      outfile: program,
      banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
    });
    expect(bundled.errors).toEqual([]);
  });
  afterAll(() => {
    for (const child of children) child.kill('SIGKILL');
    folder.remove();
  });

  async function run(environment: Record<string, string>): Promise<{ child: ChildProcess; url: string }> {
    const child = fork(program, {
      env: { PATH: process.env['PATH'], ...environment },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    children.push(child);
    for await (const line of createInterface({ input: child.stdout! }))
      return { child, url: String((JSON.parse(line) as Json)['url']) };
    throw new Error('the sandbox ended before it was ready');
  }

  const port = (): string => String(20_000 + Math.floor(Math.random() * 12_000));

  it('after kill -9 finds orders, executions, positions, cash, tokens and the clock as they were', async () => {
    const data = join(folder.path, 'killed');
    const environment = { SANDBOX_DATA: data, SANDBOX_PORT: port(), SANDBOX_START: '2024-03-13T14:00:00Z' };
    const first = await run(environment);
    const client = clientOf(first.url, 'k', 's');
    const bought = await client.post('/v2/orders', {
      ...LIMIT,
      type: 'market',
      limit_price: null,
      time_in_force: 'day',
    });
    await client.untilOrder(bought.body['id'], 'filled');
    const resting = await client.post('/v2/orders', { ...LIMIT, client_order_id: 'resting' });
    await client.untilOrder(resting.body['id'], 'new');
    await control(first.url, 'clock', { set: '2024-03-13T15:00:00Z' });
    const before = { cash: (await client.get('/v2/account')).body['cash'], ledger: await control(first.url, 'ledger') };
    const exit = once(first.child, 'exit');
    first.child.kill('SIGKILL');
    await exit;
    appendFileSync(join(data, 'journal.jsonl'), '[["order",{"id":"torn');
    const second = await run({ ...environment, SANDBOX_PORT: port() });
    const again = clientOf(second.url, 'k', 's');
    expect({
      cash: (await again.get('/v2/account')).body['cash'],
      ledger: await control(second.url, 'ledger'),
    }).toEqual(before);
    expect((await again.get('/v2/positions/SPY')).body).toMatchObject({ qty: '2' });
    expect((await again.post('/v2/orders', { ...LIMIT, client_order_id: 'resting' })).status).toBe(422);
    expect(Date.parse(String((await control(second.url, 'clock'))['now']))).toBeGreaterThanOrEqual(
      Date.parse('2024-03-13T15:00:00Z'),
    );
    const ended = once(second.child, 'exit');
    second.child.disconnect();
    expect(await ended).toEqual([0, null]);
  }, 20_000);

  it('says in one line why it can not start', async () => {
    const bench = await startBench();
    const start = async (environment: Record<string, string>): Promise<{ code: unknown; lines: string[] }> => {
      const child = fork(program, {
        env: { PATH: process.env['PATH'], SANDBOX_DATA: join(folder.path, 'other'), ...environment },
        stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      });
      children.push(child);
      let text = '';
      child.stderr?.on('data', (chunk) => (text += String(chunk)));
      const [code] = (await once(child, 'close')) as unknown[];
      return { code, lines: text.trim().split('\n') };
    };
    expect(await start({ SANDBOX_PORT: String(bench.sandbox.port) })).toEqual({
      code: 1,
      lines: [expect.stringContaining('is taken') as string],
    });
    expect(await start({ SANDBOX_PORT: '0', SANDBOX_BARS: join(folder.path, 'missing') })).toEqual({
      code: 1,
      lines: [expect.stringContaining('SANDBOX_BARS') as string],
    });
    for (const data of ['/proc/nowhere', join(program, 'inside-a-file')]) {
      expect(await start({ SANDBOX_PORT: '0', SANDBOX_DATA: data })).toEqual({
        code: 1,
        lines: [expect.stringContaining('SANDBOX_DATA') as string],
      });
    }
    expect(await start({ SANDBOX_PORT: '0', SANDBOX_DATA: bench.config.dataFolder })).toEqual({
      code: 1,
      lines: [expect.stringContaining('in use by another sandbox') as string],
    });
    await bench.stop();
  }, 20_000);

  it('begins a new trading day when the old one is over, and in another world begins afresh', async () => {
    const bench = await startBench();
    await control(bench.sandbox.url, 'clock', { set: '2024-03-15T21:00:00Z' });
    await bench.sandbox.close();
    const resumed = await startOnFreePort(bench.config);
    expect((await clientOf(resumed.url, 'a', 'b').get('/v2/clock')).body).toMatchObject({
      timestamp: expect.stringContaining('2024-03-18T10:00:00') as string,
      is_open: true,
    });
    await resumed.close();
    const other = await startOnFreePort({ ...bench.config, start: Date.parse('2023-06-01T15:00:00Z') });
    expect((await control(other.url, 'clock'))['now']).toBe('2023-06-01T15:00:00Z');
    await other.close();
    await bench.stop().catch(() => undefined);
  });
});
