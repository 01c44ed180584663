/** The programs of the audit, over a product that ran. */
import { spawnSync } from 'node:child_process';
import {
  appendFileSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Pool } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { put, samples } from '../../src/application/ports/event-store-samples.suite.ts';
import { createPostgresEventStore, type PostgresEventStore } from '../../src/adapters/postgres/event-store.ts';
import { migrate } from '../../src/adapters/postgres/migrate.ts';
import { createPool } from '../../src/adapters/postgres/pool.ts';
import {
  removeDataFolder,
  startEmbeddedPostgres,
  type EmbeddedPostgres,
} from '../../src/bootstrap/embedded-postgres.ts';
import { startProduct } from '../support/running-product.ts';

const folder = mkdtempSync(join(tmpdir(), 'tradsy-audit-'));
const audit = join(folder, 'kept elsewhere');
const exported = join(folder, 'log.jsonl');
let database: EmbeddedPostgres;
let owner: Pool;
let store: PostgresEventStore;
let settings: Record<string, string>;

/** Starts the product on what is stored, and stops it in order: then a head covers all of it. */
async function runProduct(): Promise<void> {
  const product = await startProduct({ ...settings, SANDBOX_SEED: '1' });
  await product.kill('SIGTERM');
}

beforeAll(async () => {
  database = await startEmbeddedPostgres({ dataDir: folder });
  await migrate(database.url);
  owner = createPool(database.url, { role: 'owner' });
  store = createPostgresEventStore(owner);
  settings = { TRADSY_DATA: folder, TRADSY_AUDIT: audit };
  await put(store, 'note-1', samples(30, 'note-1'));
  await put(store, 'note-2', samples(10, 'note-2'));
  await runProduct();
});
afterAll(async () => {
  await store.close();
  await owner.end();
  await database.stop();
  await removeDataFolder(folder);
});

function run(program: 'export' | 'verify', args: readonly string[] = [], env = settings) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [`dist/server/audit-${program}.js`, ...args], {
    env: { PATH: process.env['PATH'] ?? '', ...env },
    encoding: 'utf8',
  });
  return { status, stdout, stderr };
}

describe('a log that was kept', () => {
  it('has heads and a public key outside of the database', () => {
    expect(readdirSync(audit).sort()).toEqual(['heads.jsonl', 'public-key.pem']);
  });

  it('verifies where it lives', () => {
    const { status, stdout } = run('verify');
    expect(stdout).toMatch(/^ok: 40 events, 2 streams, 1 heads, last signed at 2\S+Z\n$/);
    expect(status).toBe(0);
  });

  it('is exported into a file that verifies without a database', () => {
    expect(run('export', ['--out', exported])).toMatchObject({ status: 0, stdout: '' });
    expect(run('export', ['--out', exported])).toMatchObject({ status: 1, stderr: expect.stringMatching(/--force/) });
    expect(run('export', ['--out', exported, '--force']).status).toBe(0);
    expect(readdirSync(folder)).not.toContain('log.jsonl.part');
    const elsewhere = { TRADSY_DATA: join(folder, 'nowhere'), DATABASE_URL: 'postgres://127.0.0.1:1/none' };
    const alone = run('verify', ['--file', exported], elsewhere);
    expect(alone).toMatchObject({ status: 0, stdout: expect.stringMatching(/^ok: 40 events/) });
    expect(alone.stderr).toMatch(/WARNING: no public key is at hand, so the file's own are taken: [0-9a-f]{64}/);
    const trusting = ['--key', join(audit, 'public-key.pem'), '--heads', join(audit, 'heads.jsonl')];
    const trusted = run('verify', ['--file', exported, ...trusting], elsewhere);
    expect(trusted).toMatchObject({ status: 0, stderr: expect.not.stringMatching(/WARNING/) });
  });

  it('is exported to standard output as it is into a file', () => {
    const lines = (text: string): string[] => text.split('\n').slice(1, -2);
    expect(lines(run('export', ['--out', '-']).stdout)).toEqual(lines(readFileSync(exported, 'utf8')));
  });

  it('is signed again when more was added, by a key that may be another one', async () => {
    await put(store, 'note-1', samples(2, 'note-1'));
    expect(run('verify').stdout).toMatch(/^ok: 42 events, .*; 2 events came after the last head, since 2\S+Z\n$/);
    settings = { ...settings, TRADSY_SECRET: 'another secret, of more than 32 characters' };
    await runProduct();
    expect(readdirSync(audit)).toHaveLength(3);
    expect(run('verify').stdout).toMatch(/^ok: 42 events, 2 streams, 2 heads/);
    const onlyNew = run('verify', ['--key', join(audit, 'public-key.pem')]);
    expect(onlyNew).toMatchObject({ status: 1, stdout: expect.stringMatching(/^failed: head 1, .* not trusted/) });
  });
});

describe('a log that was tampered with', () => {
  it('fails where it lives, and names the place', async () => {
    await owner.query('alter table events disable trigger events_append_only');
    await owner.query(`update events set data = '{"index":99}' where stream = 'note-1' and revision = 4`);
    const { status, stdout } = run('verify');
    expect(stdout).toMatch(/^failed: revision 4 of note-1, event \S+, position \S+: its hash does not fit/);
    expect(status).toBe(1);
    expect(run('verify', ['--file', exported]).status).toBe(0);
  });

  it('fails in its file, and names the line', () => {
    const changed = join(folder, 'changed.jsonl');
    writeFileSync(changed, readFileSync(exported, 'utf8').replace('{"index":20}', '{"index":21}'));
    const { status, stdout } = run('verify', ['--file', changed]);
    expect(stdout).toMatch(/^failed: line 23: revision 20 of note-1, event \S+, position \S+: its hash does not fit/);
    expect(status).toBe(1);
  });

  it('fails when a head was changed', () => {
    const heads = join(folder, 'heads.jsonl');
    copyFileSync(join(audit, 'heads.jsonl'), heads);
    appendFileSync(heads, '{}\n');
    const { status, stdout } = run('verify', ['--heads', heads]);
    expect({ status, stdout }).toEqual({
      status: 1,
      stdout: `failed: ${heads}: line 3 is not a head as it was written\n`,
    });
  });
});

describe('a wrong request gets one clear line', () => {
  it.each<['export' | 'verify', readonly string[], RegExp]>([
    ['verify', ['--nothing'], /^tradsy: Unknown option '--nothing'\n$/],
    ['verify', ['--file', '/nowhere/log.jsonl'], /tradsy: \/nowhere\/log.jsonl can not be read: ENOENT.*\n$/],
    ['verify', ['--heads', '/nowhere/heads.jsonl'], /tradsy: \/nowhere\/heads.jsonl holds no heads\n$/],
    ['verify', ['--key', '/nowhere/key.pem'], /^tradsy: \/nowhere\/key.pem can not be read: ENOENT.*\n$/],
    ['verify', ['--key', 'package.json'], /^tradsy: package.json: not an Ed25519 public key in PEM form\n$/],
    ['export', [], /^tradsy: name the file to write: --out FILE, or --out -\n$/],
    ['export', ['--out', '/nowhere/log.jsonl'], /^tradsy: \/nowhere\/log.jsonl.part can not be written: ENOENT.*\n$/],
  ])('audit-%s.js %j', (program, args, words) => {
    const { status, stdout, stderr } = run(program, args);
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    expect(stderr).toMatch(words);
  });

  it('audit-export.js without the secret that signs, and no key or secret is made', () => {
    const fresh = join(folder, 'fresh');
    mkdirSync(fresh);
    const keys = (): readonly string[] => readdirSync(audit).map((name) => readFileSync(join(audit, name), 'utf8'));
    const before = keys();
    const elsewhere = { DATABASE_URL: database.url, TRADSY_AUDIT: audit, TRADSY_DATA: fresh };
    const none = run('export', ['--out', '-'], elsewhere);
    expect(none).toMatchObject({ status: 1, stdout: '' });
    expect(none.stderr).toMatch(/^tradsy: there is no secret to sign with: .*\n$/);
    const other = run('export', ['--out', '-'], { ...elsewhere, TRADSY_SECRET: 'x'.repeat(32) });
    expect(other).toMatchObject({ status: 1, stdout: '' });
    expect(other.stderr).toMatch(/^tradsy: the secret is not the one of the public key in .*kept elsewhere: .*\n$/);
    expect(readdirSync(fresh)).toEqual([]);
    expect(keys()).toEqual(before);
  });

  it.each(['export', 'verify'] as const)('audit-%s.js where there has never been a log', (program) => {
    const { status, stderr } = run(program, program === 'export' ? ['--out', '-'] : [], {
      TRADSY_DATA: join(folder, 'new'),
    });
    expect(status).toBe(1);
    expect(stderr).toMatch(/^tradsy: there is no log in .*new: set TRADSY_DATA, or DATABASE_URL\n$/);
  });
});
