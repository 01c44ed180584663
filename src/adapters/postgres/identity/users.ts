import type { Pool } from 'pg';
import type { User, Users } from '../../../application/ports/identity.ts';

const COLUMNS = 'user_id as "userId", email, password_hash as "passwordHash"';

/** Users in Postgres. */
export function createUsers(pool: Pool): Users {
  return {
    async add({ userId, email, passwordHash }) {
      const added = await pool.query(
        `insert into users (user_id, email, email_key, password_hash) values ($1, $2, lower($2), $3)
         on conflict (email_key) do nothing`,
        [userId, email, passwordHash],
      );
      return added.rowCount === 1 ? 'added' : 'taken';
    },
    async byEmail(email) {
      const found = await pool.query<User>(`select ${COLUMNS} from users where email_key = lower($1)`, [email]);
      return found.rows[0] ?? null;
    },
    async byId(userId) {
      const found = await pool.query<User>(`select ${COLUMNS} from users where user_id = $1`, [userId]);
      return found.rows[0] ?? null;
    },
  };
}
