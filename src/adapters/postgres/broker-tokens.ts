/** The tokens of linked broker accounts, sealed: table `broker_tokens` (migration 0008). No view: nothing of it follows from events. */
import type { Pool } from 'pg';

import type { BrokerAccess, LinkedAccounts } from '../../application/ports/broker.ts';
import type { Secrets } from '../identity/secrets.ts';

interface TokenRow {
  readonly accountId: string;
  readonly linkId: string;
  readonly userId: string;
  readonly environment: BrokerAccess['environment'];
  readonly sealed: string;
}

/** What a sealed token is bound to: moved to another row, it does not open. */
const contextOf = (link: Pick<TokenRow, 'userId' | 'environment' | 'linkId'>): string =>
  JSON.stringify(['broker-token', link.userId, 'alpaca', link.environment, link.linkId]);

/** `accessFor` throws when a token was changed in the database or sealed with another key. */
export function createLinkedAccounts(pool: Pool, secrets: Secrets): LinkedAccounts {
  return {
    async accessFor(accountId) {
      const { rows } = await pool.query<TokenRow>({
        name: 'broker-token-read',
        text: `select account_id as "accountId", link_id as "linkId", user_id as "userId", environment, sealed
               from broker_tokens where account_id = $1`,
        values: [accountId],
      });
      const row = rows[0];
      if (row === undefined) return null;
      const { linkId, userId, environment, sealed } = row;
      return { linkId, userId, accountId, environment, token: secrets.open(sealed, contextOf(row)) };
    },
    async keepToken(link, token) {
      const { accountId, linkId, userId, environment } = link;
      await pool.query(
        `insert into broker_tokens (account_id, link_id, user_id, environment, sealed) values ($1, $2, $3, $4, $5)
         on conflict (account_id) do update set link_id = excluded.link_id, user_id = excluded.user_id,
           environment = excluded.environment, sealed = excluded.sealed, kept_at = excluded.kept_at`,
        [accountId, linkId, userId, environment, secrets.seal(token, contextOf(link))],
      );
    },
    async forgetToken({ accountId, linkId }) {
      await pool.query('delete from broker_tokens where account_id = $1 and link_id = $2', [accountId, linkId]);
    },
    async all() {
      const { rows } = await pool.query<Pick<TokenRow, 'linkId' | 'accountId' | 'userId'>>(
        `select link_id as "linkId", account_id as "accountId", user_id as "userId" from broker_tokens
         order by kept_at, account_id`,
      );
      return rows;
    },
  };
}
