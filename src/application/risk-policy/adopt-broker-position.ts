/**
 * Taking the broker's position over in place of ours where both differ: a person's explicit act, of the position that the
 * person has seen.
 */
import { NO_QUANTITY, quantity } from '../../domain/kernel/decimal.ts';
import { accountStream } from '../../domain/account/events.ts';
import { riskStream } from '../../domain/risk-policy/events.ts';
import type { Aggregates } from '../aggregates.ts';
import type { Cause } from '../handle.ts';
import type { BrokerAccounts, LinkedAccounts } from '../ports/broker.ts';
import type { Position } from '../ports/event-store.ts';
import type { Log } from '../ports/log.ts';
import type { Venue } from '../ports/market-data.ts';
import { readPositions } from './read-positions.ts';

export interface AdoptBrokerPositionNeeds {
  readonly aggregates: Aggregates;
  readonly linked: Pick<LinkedAccounts, 'accessFor'>;
  readonly broker: BrokerAccounts;
  readonly venue: Venue;
  readonly log: Log;
}

export interface AdoptBrokerPositionRequest {
  readonly userId: string;
  readonly symbol: string;
  /** The broker's quantity as the person has seen it. */
  readonly quantity: string;
  readonly cause: Cause;
}

export type AdoptBrokerPosition = (request: AdoptBrokerPositionRequest) => Promise<
  /** `position` is null when it was adopted before. */
  | { readonly kind: 'done'; readonly position: Position | null }
  | {
      readonly kind: 'refused';
      /** `not_found`: both hold the same. `position_moved`: the broker holds another quantity by now. */
      readonly code: 'not_found' | 'position_moved' | 'broker_link_missing' | 'broker_unavailable';
    }
>;

export function createAdoptBrokerPosition(needs: AdoptBrokerPositionNeeds): AdoptBrokerPosition {
  const { aggregates, linked, log } = needs;
  return async ({ userId, symbol, quantity: seen, cause }) => {
    const refused = (code: 'not_found' | 'position_moved' | 'broker_link_missing' | 'broker_unavailable') =>
      ({ kind: 'refused', code }) as const;
    const owner = await aggregates.accounts.load(accountStream(userId));
    if (owner.status === 'none') return refused('not_found');
    const { accountId } = owner;
    const stream = riskStream(accountId);
    const { mismatches, adopted } = await aggregates.risk.load(stream);
    if (!mismatches.has(symbol) && !adopted.has(symbol)) return refused('not_found');
    const access = await linked.accessFor(accountId);
    if (access === null) return refused('broker_link_missing');
    const held = await readPositions(needs, access);
    if (held === null) return refused('broker_unavailable');
    const theirs = held.positions.find((position) => position.symbol === symbol);
    const brokers = theirs?.quantity ?? '0';
    if (quantity(brokers) !== quantity(seen)) return refused('position_moved');
    const command = {
      type: 'AdoptBrokerPosition',
      symbol,
      quantity: brokers,
      averagePrice: quantity(brokers) === NO_QUANTITY ? '0' : (theirs?.averagePrice ?? '0'),
      by: userId,
      at: held.at,
    } as const;
    const recorded = await aggregates.risk.handle(stream, command, cause);
    if (recorded.kind === 'refused') return refused('not_found');
    if (recorded.events.length > 0) log.warn("a broker's position was adopted", { accountId, symbol, brokers });
    return { kind: 'done', position: recorded.position };
  };
}
