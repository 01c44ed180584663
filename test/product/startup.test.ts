/** What a person sees who starts it wrongly: one clear line, and exit code 1. And what is left of a start broken off. */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, expect, it } from 'vitest';
import { removeDataFolder } from '../../src/bootstrap/embedded-postgres.ts';
import { findPostmaster } from '../../src/bootstrap/embedded-postgres/postmaster.ts';
import { freePort } from '../../src/bootstrap/free-port.ts';

const folder = mkdtempSync(join(tmpdir(), 'tradsy-startup-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function launch(env: Readonly<Record<string, string>>): Promise<ChildProcess> {
  return spawn(process.execPath, ['dist/server/main.js'], {
    env: { PATH: process.env['PATH'] ?? '', PORT: `${await freePort()}`, TRADSY_DATA: join(folder, 'data'), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

async function start(env: Readonly<Record<string, string>>): Promise<{ code: number | null; complaint: string }> {
  const child = await launch(env);
  let complaint = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    complaint += text;
  });
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, complaint };
}

it('a port that is taken', async () => {
  const server = createServer().listen(await freePort(), '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const { code, complaint } = await start({ PORT: `${port}` });
  server.close();
  expect(code).toBe(1);
  expect(complaint).toBe(`tradsy: port ${port} on 127.0.0.1 is taken; set PORT to another one\n`);
});

it('a data folder that can not be used', async () => {
  writeFileSync(join(folder, 'file'), '');
  const { code, complaint } = await start({ TRADSY_DATA: join(folder, 'file', 'below') });
  expect(code).toBe(1);
  expect(complaint).toMatch(/^tradsy: The data folder .* can not be used: .*\n$/);
});

it('a database that can not be reached, without telling its password', async () => {
  const { code, complaint } = await start({
    DATABASE_URL: `postgres://someone:hidden@127.0.0.1:${await freePort()}/db`,
  });
  expect(code).toBe(1);
  expect(complaint).toMatch(/^tradsy: the database postgres:\/\/someone@127\.0\.0\.1:\d+\/db can not be used: .*\n$/);
  expect(complaint).not.toContain('hidden');
});

it('bars that can not be read', async () => {
  const { code, complaint } = await start({ SANDBOX_BARS: join(folder, 'nowhere') });
  expect(code).toBe(1);
  expect(complaint).toMatch(/^tradsy: .*nowhere.*\n$/);
});

it('settings that make no sense', async () => {
  expect(await start({ SANDBOX_SPEED: 'fast' })).toMatchObject({
    code: 1,
    complaint: expect.stringMatching(/^tradsy: .*SANDBOX_SPEED/),
  });
});

it.each<[string, (child: ChildProcess, cluster: string) => Promise<unknown>]>([
  ['after 300 ms', () => wait(300)],
  ['when it begins', (child) => once(child.stdout!, 'data')],
  [
    'when its database comes up',
    async (_, cluster) => {
      while (findPostmaster(cluster) === undefined) await wait(5);
    },
  ],
])('Ctrl-C during the start, %s: nothing is left running', async (_, moment) => {
  const data = mkdtempSync(join(tmpdir(), 'tradsy-startup-'));
  const cluster = join(data, 'postgres', 'cluster');
  const child = await launch({ TRADSY_DATA: data });
  const exited = once(child, 'exit');
  await moment(child, cluster);
  const asked = performance.now();
  child.kill('SIGINT');
  const [code, signal] = (await exited) as [number | null, string | null];
  expect(performance.now() - asked).toBeLessThan(5_000);
  expect(findPostmaster(cluster)).toBeUndefined();
  // So early that nothing was started yet, the signal itself ends the process.
  expect([code, signal]).toEqual(signal === null ? [0, null] : [null, 'SIGINT']);
  await removeDataFolder(data);
});
