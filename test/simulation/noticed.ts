/**
 * What can not be known here and was noticed all the same: a bust or a correction whose message was lost shows in nothing but
 * the broker's position. Then trading in the symbol must have been stopped, with both positions on record.
 */
import type { RecordedEvent } from '../../src/application/ports/event-store.ts';
import type { BrokerLinked } from '../../src/domain/account/events.ts';
import { riskStream } from '../../src/domain/risk-policy/events.ts';
import type { PositionMismatchFound } from '../../src/domain/risk-policy/events.ts';
import { accountStream } from '../../src/domain/account/events.ts';
import type { AccountOpened } from '../../src/domain/account/events.ts';
import type { Violation } from '../chaos/check/evidence.ts';
import type { Venue } from './venue.ts';

export function isNoticed(
  { invariant, subject, detail }: Violation,
  events: readonly RecordedEvent[],
  venue: Venue,
): boolean {
  if (invariant !== 'I6') return false;
  const [symbol = '', ours = '', brokers = ''] =
    /^(\w+): (\S+) here, (\S+) at the broker$/.exec(detail)?.slice(1) ?? [];
  const brokerAccountId = linkedTo(subject, events);
  if (brokerAccountId === null || !venue.account(brokerAccountId).amended.has(symbol)) return false;
  const told = events.findLast(
    ({ stream, type, data }) =>
      stream === riskStream(subject) &&
      (type === 'PositionMismatchFound' || type === 'PositionMismatchResolved') &&
      (data as { readonly symbol: string }).symbol === symbol,
  );
  if (told?.type !== 'PositionMismatchFound') return false;
  const found = told.data as PositionMismatchFound['data'];
  return found.ours === ours && found.brokers === brokers;
}

function linkedTo(accountId: string, events: readonly RecordedEvent[]): string | null {
  const opened = events.find(
    ({ type, data }) => type === 'AccountOpened' && (data as AccountOpened['data']).accountId === accountId,
  );
  if (opened === undefined) return null;
  const stream = accountStream((opened.data as AccountOpened['data']).userId);
  const linked = events.find((event) => event.stream === stream && event.type === 'BrokerLinked');
  return linked === undefined ? null : (linked.data as BrokerLinked['data']).brokerAccountId;
}
