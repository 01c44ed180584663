/** How many trades of the plan each account has used: tables `accounts` and `account_trades` (migration 0007). */
import type { Pool } from 'pg';

import type { AccountOpened } from '../../../domain/account/events.ts';
import { accountStream } from '../../../domain/account/events.ts';
import type {
  FillBooked,
  OrderAdmitted,
  ReservationAdjusted,
  ReservationReleased,
} from '../../../domain/risk-policy/events.ts';
import type { View } from '../projections.ts';

// --- Projection ---

export const accountsView: View = {
  name: 'accounts',
  version: 1,
  tables: ['accounts', 'account_trades'],
  types: ['AccountOpened', 'OrderAdmitted', 'FillBooked', 'ReservationAdjusted', 'ReservationReleased'],
  async apply(tx, event) {
    switch (event.type) {
      case 'AccountOpened': {
        const userId = event.stream.slice(accountStream('').length);
        const { accountId } = event.data as AccountOpened['data'];
        await tx.query('insert into accounts (user_id, account_id) values ($1, $2) on conflict do nothing', [
          userId,
          accountId,
        ]);
        return;
      }
      case 'OrderAdmitted': {
        const { orderId, accountId } = (event.data as OrderAdmitted['data']).ticket;
        await tx.query({
          name: 'trades-admit',
          text: `insert into account_trades (order_id, account_id, executed, reserved) values ($1, $2, false, true)
                 on conflict do nothing`,
          values: [orderId, accountId],
        });
        return;
      }
      case 'FillBooked': {
        const text = 'update account_trades set executed = true where order_id = $1 and not executed';
        await tx.query({ name: 'trades-execute', text, values: [(event.data as FillBooked['data']).orderId] });
        return;
      }
      case 'ReservationAdjusted': {
        const text = 'update account_trades set reserved = true where order_id = $1 and not reserved';
        await tx.query({ name: 'trades-reserve', text, values: [(event.data as ReservationAdjusted['data']).orderId] });
        return;
      }
      case 'ReservationReleased': {
        const text = 'update account_trades set reserved = false where order_id = $1';
        await tx.query({ name: 'trades-release', text, values: [(event.data as ReservationReleased['data']).orderId] });
        return;
      }
    }
  },
};

// --- Queries ---

export interface AccountQueries {
  /** Executed orders, and those on their way that may yet execute. Null for a user without an account. */
  onboardingFigures(userId: string): Promise<{ readonly tradesUsed: number } | null>;
}

export function createAccountQueries(pool: Pool): AccountQueries {
  return {
    async onboardingFigures(userId) {
      const { rows } = await pool.query<{ readonly tradesUsed: number }>(
        `select (select count(*)::integer from account_trades t
                  where t.account_id = a.account_id and (t.executed or t.reserved)) as "tradesUsed"
           from accounts a where a.user_id = $1`,
        [userId],
      );
      return rows[0] ?? null;
    },
  };
}
