/** The tokens of linked broker accounts, sealed: table `broker_tokens` (migration 0008). No view: nothing of it follows from events. */
import type { Pool } from 'pg';

import type { BrokerAccess, BrokerTokens } from '../../application/ports/broker.ts';
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

/** `of` throws when a token was changed in the database or sealed with another key. */
export function createBrokerTokens(pool: Pool, secrets: Secrets): BrokerTokens {
  return {
    async of(accountId) {
      const { rows } = await pool.query<TokenRow>({
        name: 'broker-tokens-read',
        text: `select account_id as "accountId", link_id as "linkId", user_id as "userId", environment, sealed
               from broker_tokens where account_id = $1 order by kept_at desc`,
        values: [accountId],
      });
      return rows.map((row) => {
        const { linkId, userId, environment, sealed } = row;
        return { linkId, userId, accountId, environment, token: secrets.open(sealed, contextOf(row)) };
      });
    },
    async keep(link, token) {
      const { accountId, linkId, userId, environment } = link;
      await pool.query(
        `insert into broker_tokens (link_id, account_id, user_id, environment, sealed) values ($1, $2, $3, $4, $5)`,
        [linkId, accountId, userId, environment, secrets.seal(token, contextOf(link))],
      );
    },
    async forget(linkId) {
      await pool.query('delete from broker_tokens where link_id = $1', [linkId]);
    },
    async all() {
      const { rows } = await pool.query<Pick<TokenRow, 'linkId' | 'accountId' | 'userId'>>(
        `select link_id as "linkId", account_id as "accountId", user_id as "userId" from broker_tokens
         order by kept_at, link_id`,
      );
      return rows;
    },
  };
}
