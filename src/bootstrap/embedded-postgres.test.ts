import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { build } from 'esbuild';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { removeDataFolder, startEmbeddedPostgres } from './embedded-postgres.ts';
import { disownStrangersPid, findPostmaster, stopPostmaster } from './embedded-postgres/postmaster.ts';
import { StartupError } from './startup-error.ts';

async function query(url: string, statement: string): Promise<Record<string, unknown>[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(statement)).rows;
  } finally {
    await client.end();
  }
}

const scratch = mkdtempSync(join(tmpdir(), 'tradsy-embedded-'));
const program = resolve('.build', `embedded-postgres-${process.pid}.mjs`);

const children: ChildProcess[] = [];

/** Another process that uses the server of a folder until it is killed. */
async function startElsewhere(dataDir: string): Promise<{ readonly url: string; kill(): Promise<void> }> {
  const child = spawn(process.execPath, [program, dataDir], { stdio: ['ignore', 'pipe', 'inherit'] });
  children.push(child);
  const lines = createInterface({ input: child.stdout });
  const [url] = (await once(lines, 'line')) as [string];
  const kill = async () => {
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
  };
  return { url, kill };
}

const clusterOf = (dataDir: string) => join(dataDir, 'postgres', 'cluster');

function pidOfServer(dataDir: string): number {
  const postmaster = findPostmaster(clusterOf(dataDir));
  if (postmaster === undefined) throw new Error(`No server runs on ${dataDir}`);
  return postmaster.pid;
}

beforeAll(async () => {
  const contents = `
    import { startEmbeddedPostgres } from './embedded-postgres.ts';
    const postgres = await startEmbeddedPostgres({ dataDir: process.argv[2], mode: 'throwaway' });
    console.log(postgres.url);
    setInterval(() => undefined, 60_000);`;
  const stdin = { contents, resolveDir: import.meta.dirname };
  await build({ stdin, bundle: true, packages: 'external', platform: 'node', format: 'esm', outfile: program });
});

afterAll(async () => {
  for (const child of children) child.kill('SIGKILL');
  for (const name of ['durable', 'shared']) {
    const postmaster = findPostmaster(clusterOf(join(scratch, name)));
    if (postmaster) await stopPostmaster(postmaster.pid);
  }
  rmSync(program, { force: true });
  rmSync(scratch, { recursive: true, force: true });
});

describe('an embedded Postgres for people’s data', () => {
  const dataDir = join(scratch, 'durable');

  it('keeps what was committed from one start to the next, on a port that may differ', async () => {
    const first = await startEmbeddedPostgres({ dataDir });
    expect(first.adopted).toBe(false);
    await query(first.url, 'create table kept (n int)');
    await query(first.url, 'insert into kept values (7)');
    await first.stop();

    const second = await startEmbeddedPostgres({ dataDir });
    expect(await query(second.url, 'select n from kept')).toEqual([{ n: 7 }]);
    await second.stop();
  });

  it('writes commits to the disk, listens on the loopback interface alone, and asks for the password', async () => {
    const postgres = await startEmbeddedPostgres({ dataDir });
    const settings = await query(
      postgres.url,
      `select name, setting from pg_settings where name in
       ('fsync', 'full_page_writes', 'synchronous_commit', 'listen_addresses', 'unix_socket_directories') order by name`,
    );
    expect(settings.map(({ name, setting }) => `${String(name)}=${String(setting)}`)).toEqual([
      'fsync=on',
      'full_page_writes=on',
      'listen_addresses=127.0.0.1',
      'synchronous_commit=on',
      'unix_socket_directories=',
    ]);
    const url = new URL(postgres.url);
    expect(Number(url.port)).toBeLessThan(32_768);
    url.password = 'guess';
    await expect(query(url.href, 'select 1')).rejects.toThrow('password authentication failed');
    await postgres.stop();
  });
});

describe('a server that several processes use', () => {
  const dataDir = join(scratch, 'shared');
  const start = () => startEmbeddedPostgres({ dataDir, mode: 'throwaway' });

  it('is started once, however many come at the same time, and stopped by the last to leave', async () => {
    const uses = await Promise.all([start(), start(), start()]);
    const [first, ...others] = uses;
    expect(new Set(uses.map((use) => use.url)).size).toBe(1);

    await first?.stop();
    await first?.stop();
    await expect(query(first?.url ?? '', 'select 1')).resolves.toHaveLength(1);

    for (const use of others) await use.stop();
    await expect(query(first?.url ?? '', 'select 1')).rejects.toThrow('ECONNREFUSED');
  });

  it('goes on when its only process is killed, and is stopped by the next that uses it', async () => {
    const killed = await startElsewhere(dataDir);
    await query(killed.url, 'create table written_before_the_kill (n int)');
    await killed.kill();

    const next = await start();
    expect(next.adopted).toBe(true);
    expect(next.url).toBe(killed.url);
    await expect(query(next.url, 'select * from written_before_the_kill')).resolves.toEqual([]);
    await next.stop();
    expect(findPostmaster(clusterOf(dataDir))).toBeUndefined();
  });

  it('is not stopped by a process that came second', async () => {
    const product = await startElsewhere(dataDir);
    const tool = await start();
    expect(tool.adopted).toBe(true);
    await tool.stop();
    await expect(query(product.url, 'select 1')).resolves.toHaveLength(1);

    await product.kill();
    await (await start()).stop();
  });

  it('comes back after it was killed itself', async () => {
    const product = await startElsewhere(dataDir);
    process.kill(pidOfServer(dataDir), 'SIGKILL');
    await product.kill();

    const next = await start();
    await expect(query(next.url, 'select 1')).resolves.toHaveLength(1);
    await next.stop();
  });

  it('is started again at the same address when it ends while it is in use', async () => {
    const use = await start();
    const killed = pidOfServer(dataDir);
    process.kill(killed, 'SIGKILL');
    const answer = (): Promise<unknown> => query(use.url, 'select 1 as n').catch(() => undefined);
    await expect.poll(answer, { timeout: 20_000 }).toEqual([{ n: 1 }]);
    expect(pidOfServer(dataDir)).not.toBe(killed);
    await use.stop();
    expect(findPostmaster(clusterOf(dataDir))).toBeUndefined();
  });

  it('is refused for people’s data when it was started for tests', async () => {
    const throwaway = await start();
    await expect(startEmbeddedPostgres({ dataDir })).rejects.toThrow('does not keep data safe');
    await throwaway.stop();
  });
});

describe('the process id that a crash of the machine leaves behind', () => {
  const fields = (pid: number) => `${pid}\n/nowhere\n1\n5432\n\n127.0.0.1\n  1234 56\nready   \n`;
  const cluster = mkdtempSync(join(scratch, 'stale-'));
  const pidFile = join(cluster, 'postmaster.pid');

  it.runIf(process.platform === 'linux')('is no server when another program has that id by now', () => {
    writeFileSync(pidFile, fields(process.ppid));
    expect(findPostmaster(cluster)).toBeUndefined();
    disownStrangersPid(cluster, undefined);
    expect(readFileSync(pidFile, 'utf8')).toBe(fields(process.pid));
  });
});

describe('a data folder that can not be used', () => {
  it.each([
    ['below a file', join(scratch, 'file', 'below')],
    ['a file', join(scratch, 'file')],
  ])('is one clear line: %s', async (_, dataDir) => {
    writeFileSync(join(scratch, 'file'), '');
    const start = startEmbeddedPostgres({ dataDir });
    await expect(start).rejects.toBeInstanceOf(StartupError);
    await expect(start).rejects.toThrow(/^The data folder .* can not be used: .*\. Set TRADSY_DATA/);
  });

  it('is also one whose database was kept elsewhere, where it is gone', async () => {
    const dataDir = join(scratch, 'moved');
    mkdirSync(join(dataDir, 'postgres'), { recursive: true });
    writeFileSync(join(dataDir, 'postgres', 'location'), join(scratch, 'gone'));
    await expect(startEmbeddedPostgres({ dataDir })).rejects.toThrow('which is gone');
  });

  it('can be removed with all that is in it', async () => {
    const dataDir = join(scratch, 'removed');
    const elsewhere = join(scratch, 'elsewhere');
    mkdirSync(join(dataDir, 'postgres'), { recursive: true });
    mkdirSync(elsewhere);
    writeFileSync(join(dataDir, 'postgres', 'location'), elsewhere);
    await removeDataFolder(dataDir);
    expect(() => readFileSync(join(elsewhere, 'x'))).toThrow('ENOENT');
    expect(() => readFileSync(join(dataDir, 'x'))).toThrow('ENOENT');
  });
});
