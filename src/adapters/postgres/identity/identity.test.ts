import { randomBytes, randomUUID } from 'node:crypto';
import type { Pool } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTestStore } from '../../../../test/support/postgres-store.ts';
import type { TestStore } from '../../../../test/support/postgres-store.ts';
import { systemIds } from '../../node/clock-and-ids.ts';
import { createLinkAttempts } from './link-attempts.ts';
import { createSessions } from './sessions.ts';
import { createUsers } from './users.ts';

let opened: TestStore;
let pool: Pool;
beforeAll(async () => {
  opened = await openTestStore();
  ({ pool } = opened);
});
afterAll(() => opened.close());

async function newUser(email = `${randomUUID()}@example.com`): Promise<string> {
  const userId = randomUUID();
  await createUsers(pool).add({ userId, email, passwordHash: 'h' });
  return userId;
}

describe('users', () => {
  it('are found by their address in any case, and sign up once', async () => {
    const users = createUsers(pool);
    const email = `Some.One-${randomUUID()}@Example.com`;
    const userId = await newUser(email);
    expect(await users.byEmail(email.toUpperCase())).toEqual({ userId, email, passwordHash: 'h' });
    expect(await users.byId(userId)).toMatchObject({ email });
    const again = { userId: randomUUID(), email: email.toLowerCase(), passwordHash: 'h' };
    expect(await Promise.all([users.add(again), users.add(again)])).toEqual(['taken', 'taken']);
    expect(await users.byEmail('nobody@example.com')).toBeNull();
  });
});

describe('sessions', () => {
  const sessions = () => createSessions(pool, systemIds, randomBytes(32));

  it('live until they are ended', async () => {
    const all = sessions();
    const { sessionId, refreshToken } = await all.start(await newUser());
    expect(await all.isLive(sessionId)).toBe(true);
    await all.end(sessionId);
    expect(await all.isLive(sessionId)).toBe(false);
    expect(await all.refresh(refreshToken)).toBeNull();
    expect(await all.isLive(randomUUID())).toBe(false);
  });

  it('hand out one successor, however many ask at once', async () => {
    const all = sessions();
    const userId = await newUser();
    const { sessionId, refreshToken } = await all.start(userId);
    const next = await Promise.all(Array.from({ length: 20 }, () => all.refresh(refreshToken)));
    expect(new Set(next.map((each) => each?.refreshToken)).size).toBe(1);
    expect(next[0]).toMatchObject({ sessionId, userId });
    expect(next[0]?.refreshToken).not.toBe(refreshToken);
  });

  it('end when a token is used again after its successor was', async () => {
    const all = sessions();
    const { sessionId, refreshToken } = await all.start(await newUser());
    const second = await all.refresh(refreshToken);
    await all.refresh(second?.refreshToken ?? '');
    expect(await all.refresh(refreshToken)).toBeNull();
    expect(await all.isLive(sessionId)).toBe(false);
  });

  it('end when a token is used again after the time of grace', async () => {
    const all = sessions();
    const { sessionId, refreshToken } = await all.start(await newUser());
    await all.refresh(refreshToken);
    await pool.query(
      `update refresh_tokens set used_at = used_at - interval '11 seconds' where session_id = $1 and used_at is not null`,
      [sessionId],
    );
    expect(await all.refresh(refreshToken)).toBeNull();
    expect(await all.isLive(sessionId)).toBe(false);
  });

  it.each(['started_at', 'used_at'])('end of old age (%s)', async (column) => {
    const all = sessions();
    const { sessionId } = await all.start(await newUser());
    await pool.query(`update sessions set ${column} = ${column} - interval '8 days' where session_id = $1`, [
      sessionId,
    ]);
    expect(await all.isLive(sessionId)).toBe(false);
  });
});

describe('link attempts', () => {
  it('are good once, and know their browser', async () => {
    const attempts = createLinkAttempts(pool);
    const userId = await newUser();
    const { state, browserKey } = await attempts.begin({ userId, environment: 'paper' });
    const taken = await attempts.take(state);
    expect(taken).toMatchObject({ userId, environment: 'paper' });
    expect(taken?.belongsTo(browserKey)).toBe(true);
    expect(taken?.belongsTo('another')).toBe(false);
    expect(await attempts.take(state)).toBeNull();
    expect(await attempts.take('made up')).toBeNull();
  });
  it('run out', async () => {
    const attempts = createLinkAttempts(pool);
    const { state } = await attempts.begin({ userId: await newUser(), environment: 'paper' });
    await pool.query(`update link_attempts set begun_at = begun_at - interval '11 minutes'`);
    expect(await attempts.take(state)).toBeNull();
  });
});
