import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Pool } from 'pg';
import type { LinkAttempts } from '../../../application/ports/identity.ts';

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

interface AttemptRow {
  readonly userId: string;
  readonly environment: 'paper' | 'live';
  readonly browserKeyDigest: Buffer;
}

/** Attempts at linking in Postgres: taking one deletes it, so that it is good once. */
export function createLinkAttempts(pool: Pool): LinkAttempts {
  return {
    async begin({ userId, environment }) {
      const state = randomBytes(32).toString('base64url');
      const browserKey = randomBytes(32).toString('base64url');
      await pool.query(`delete from link_attempts where begun_at < clock_timestamp() - interval '10 minutes'`);
      await pool.query(
        'insert into link_attempts (state_digest, browser_key_digest, user_id, environment) values ($1, $2, $3, $4)',
        [digest(state), digest(browserKey), userId, environment],
      );
      return { state, browserKey };
    },
    async take(state) {
      const taken = await pool.query<AttemptRow>(
        `delete from link_attempts where state_digest = $1 and begun_at > clock_timestamp() - interval '10 minutes'
         returning user_id as "userId", environment, browser_key_digest as "browserKeyDigest"`,
        [digest(state)],
      );
      const row = taken.rows[0];
      if (row === undefined) return null;
      return {
        userId: row.userId,
        environment: row.environment,
        belongsTo: (browserKey) => timingSafeEqual(row.browserKeyDigest, digest(browserKey)),
      };
    },
  };
}
