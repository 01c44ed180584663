/**
 * What every user has accepted and linked, and how many trades of the plan are used: tables `accounts` and
 * `account_trades` (migration 0007).
 */
import type { ClientBase, Pool } from 'pg';

import type { BrokerLink } from '../../../../contracts/onboarding.ts';
import type { RecordedEvent } from '../../../application/ports/event-store.ts';
import type { BrokerLink as DomainLink, OpenAccount } from '../../../domain/account/account.ts';
import { missingForTrading } from '../../../domain/account/account.ts';
import type { AccountEvent } from '../../../domain/account/events.ts';
import { accountStream } from '../../../domain/account/events.ts';
import type { FillBooked, OrderAdmitted, ReservationReleased } from '../../../domain/risk-policy/events.ts';
import type { View } from '../projections.ts';
import { canBeStored } from './names.ts';

// --- Projection ---

const ACCOUNT_EVENTS = {
  AccountOpened: true,
  DocumentAccepted: true,
  BrokerLinked: true,
  BrokerUnlinked: true,
  BrokerLinkRevoked: true,
} satisfies Record<AccountEvent['type'], true>;

export const accountsView: View = {
  name: 'accounts',
  version: 1,
  tables: ['accounts', 'account_trades'],
  types: [...Object.keys(ACCOUNT_EVENTS), 'OrderAdmitted', 'FillBooked', 'ReservationReleased'],
  async apply(tx, event) {
    if (event.type in ACCOUNT_EVENTS) return applyAccount(tx, event);
    switch (event.type) {
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
      case 'ReservationReleased': {
        const text = 'update account_trades set reserved = false where order_id = $1';
        await tx.query({ name: 'trades-release', text, values: [(event.data as ReservationReleased['data']).orderId] });
        return;
      }
    }
  },
};

async function applyAccount(tx: ClientBase, recorded: RecordedEvent): Promise<void> {
  const event = recorded as unknown as AccountEvent;
  const userId = recorded.stream.slice(accountStream('').length);
  if (event.type === 'AccountOpened') {
    await tx.query(
      `insert into accounts (user_id, account_id, revision) values ($1, $2, $3) on conflict (user_id) do nothing`,
      [userId, event.data.accountId, recorded.revision],
    );
    return;
  }
  const [assignments, values] = changes(event);
  await tx.query(`update accounts set revision = $2, ${assignments} where user_id = $1 and revision < $2`, [
    userId,
    recorded.revision,
    ...values,
  ]);
}

const LINK = `link_id = $3, link_status = $4, link_broker = $5, link_environment = $6, link_account_id = $7,
              link_account_number = $8, linked_at = $9`;

/** What an event changes in the row: assignments from $3 on, and their values. */
function changes(event: Exclude<AccountEvent, { type: 'AccountOpened' }>): [string, readonly (string | null)[]] {
  switch (event.type) {
    case 'DocumentAccepted': {
      const { document, version, acceptedAt } = event.data;
      const assignments = {
        disclaimer: 'disclaimer_version = $3, disclaimer_accepted_at = $4',
        terms: 'terms_version = $3, terms_accepted_at = $4',
      };
      return [assignments[document], [version, acceptedAt]];
    }
    case 'BrokerLinked': {
      const { linkId, broker, environment, brokerAccountId, brokerAccountNumber, linkedAt } = event.data;
      return [LINK, [linkId, 'active', broker, environment, brokerAccountId, brokerAccountNumber, linkedAt]];
    }
    case 'BrokerUnlinked':
      return [LINK, [null, null, null, null, null, null, null]];
    case 'BrokerLinkRevoked':
      return ['link_status = $3', ['revoked']];
  }
}

// --- Queries ---

export interface OnboardingFigures {
  readonly accountId: string;
  /** The versions last accepted, which may not be the current ones. */
  readonly accepted: OpenAccount['accepted'];
  readonly brokerLink: BrokerLink | null;
  readonly missing: ReturnType<typeof missingForTrading>;
  /** Executed orders, and those on their way that may yet execute. */
  readonly tradesUsed: number;
}

export interface AccountQueries {
  /** Null for a user without an account. */
  onboardingFigures(userId: string): Promise<OnboardingFigures | null>;
  /** The user whose account it is. */
  ownerOf(accountId: string): Promise<string | null>;
}

interface AccountRow {
  readonly user_id: string;
  readonly account_id: string;
  readonly disclaimer_version: string | null;
  readonly disclaimer_accepted_at: Date | null;
  readonly terms_version: string | null;
  readonly terms_accepted_at: Date | null;
  readonly link_id: string | null;
  readonly link_status: DomainLink['status'];
  readonly link_broker: DomainLink['broker'];
  readonly link_environment: DomainLink['environment'];
  readonly link_account_id: string;
  readonly link_account_number: string;
  readonly linked_at: Date;
  readonly trades_used: number;
}

export function createAccountQueries(pool: Pool): AccountQueries {
  return {
    async onboardingFigures(userId) {
      const { rows } = await pool.query<AccountRow>(
        `select a.*, (select count(*)::integer from account_trades t
                       where t.account_id = a.account_id and (t.executed or t.reserved)) as trades_used
           from accounts a where a.user_id = $1`,
        [userId],
      );
      return rows[0] === undefined ? null : toFigures(rows[0]);
    },
    async ownerOf(accountId) {
      if (!canBeStored(accountId)) return null;
      const { rows } = await pool.query<{ readonly user_id: string }>(
        'select user_id from accounts where account_id = $1',
        [accountId],
      );
      return rows[0]?.user_id ?? null;
    },
  };
}

function toFigures(row: AccountRow): OnboardingFigures {
  const { user_id: userId, account_id: accountId } = row;
  const disclaimer = accepted(row.disclaimer_version, row.disclaimer_accepted_at);
  const terms = accepted(row.terms_version, row.terms_accepted_at);
  const link = linkOf(row);
  const brokerAccountId = link?.brokerAccountId ?? null;
  const account: OpenAccount = {
    status: 'open',
    userId,
    accountId,
    accepted: { disclaimer, terms },
    link,
    brokerAccountId,
  };
  return {
    accountId,
    accepted: account.accepted,
    brokerLink: link === null ? null : toBrokerLink(link),
    missing: missingForTrading(account),
    tradesUsed: row.trades_used,
  };
}

const accepted = (version: string | null, at: Date | null): OpenAccount['accepted']['terms'] =>
  version === null || at === null ? null : { version, at: at.toISOString() };

function linkOf(row: AccountRow): DomainLink | null {
  if (row.link_id === null) return null;
  return {
    linkId: row.link_id,
    broker: row.link_broker,
    environment: row.link_environment,
    brokerAccountId: row.link_account_id,
    brokerAccountNumber: row.link_account_number,
    linkedAt: row.linked_at.toISOString(),
    status: row.link_status,
  };
}

const toBrokerLink = ({ broker, environment, brokerAccountNumber, linkedAt, status }: DomainLink): BrokerLink => ({
  broker,
  environment,
  brokerAccount: brokerAccountNumber,
  linkedAt,
  status,
});
