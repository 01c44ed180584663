import { createHash, createHmac, randomBytes } from 'node:crypto';
import type { Pool } from 'pg';
import type { Ids } from '../../../application/ports/clock-and-ids.ts';
import type { Sessions } from '../../../application/ports/identity.ts';
import { inTransaction } from '../transaction.ts';

/** A session stands for a week at most, and ends after twelve hours without use. */
const LIVE = `s.ended_at is null and s.started_at > clock_timestamp() - interval '7 days'
              and s.used_at > clock_timestamp() - interval '12 hours'`;

const digest = (token: string): Buffer => createHash('sha256').update(token).digest();

interface TokenRow {
  readonly sessionId: string;
  readonly userId: string;
  readonly live: boolean;
  readonly used: boolean;
  readonly withinGrace: boolean;
}

/**
 * Sessions in Postgres. A refresh token's successor is derived from it with `key` (at least 32 bytes), so that the same
 * successor can be handed out again when an answer was lost, though only digests are stored.
 */
export function createSessions(pool: Pool, ids: Ids, key: Buffer): Sessions {
  const successorOf = (token: string): string => createHmac('sha256', key).update(token).digest('base64url');

  return {
    async start(userId) {
      const sessionId = ids.random();
      const refreshToken = randomBytes(32).toString('base64url');
      await inTransaction(pool, async (tx) => {
        await tx.query('insert into sessions (session_id, user_id) values ($1, $2)', [sessionId, userId]);
        await tx.query('insert into refresh_tokens (digest, session_id) values ($1, $2)', [
          digest(refreshToken),
          sessionId,
        ]);
      });
      return { sessionId, refreshToken };
    },

    refresh: (refreshToken) =>
      inTransaction(pool, async (tx) => {
        const found = await tx.query<TokenRow>(
          `select s.session_id as "sessionId", s.user_id as "userId", ${LIVE} as live, t.used_at is not null as used,
                  t.used_at > clock_timestamp() - interval '10 seconds' as "withinGrace"
             from refresh_tokens t join sessions s using (session_id)
            where t.digest = $1 for update of t, s`,
          [digest(refreshToken)],
        );
        const row = found.rows[0];
        if (row === undefined || !row.live) return null;
        const successor = successorOf(refreshToken);
        if (row.used) {
          const next = await tx.query('select 1 from refresh_tokens where digest = $1 and used_at is null', [
            digest(successor),
          ]);
          if (!row.withinGrace || next.rowCount !== 1) {
            await tx.query('update sessions set ended_at = clock_timestamp() where session_id = $1', [row.sessionId]);
            return null;
          }
        } else {
          await tx.query('update refresh_tokens set used_at = clock_timestamp() where digest = $1', [
            digest(refreshToken),
          ]);
          await tx.query('insert into refresh_tokens (digest, session_id) values ($1, $2)', [
            digest(successor),
            row.sessionId,
          ]);
          await tx.query('update sessions set used_at = clock_timestamp() where session_id = $1', [row.sessionId]);
        }
        return { sessionId: row.sessionId, userId: row.userId, refreshToken: successor };
      }),

    async end(sessionId) {
      await pool.query('update sessions set ended_at = coalesce(ended_at, clock_timestamp()) where session_id = $1', [
        sessionId,
      ]);
    },

    async isLive(sessionId) {
      const found = await pool.query(`select 1 from sessions s where s.session_id = $1 and ${LIVE}`, [sessionId]);
      return found.rowCount === 1;
    },
  };
}
