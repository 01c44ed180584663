/**
 * The story of an order, read from the event store itself. The table `story_events` (migration 0010) only says where in
 * the account's risk stream the order's events stand; what it does not say yet is read from the stream's end, so that
 * a story is complete however far the view has come.
 */
import type { Pool } from 'pg';

import type { OrderOutcome, OrderStory, StoryEvent } from '../../../../contracts/story.ts';
import type { EventStore, RecordedEvent } from '../../../application/ports/event-store.ts';
import type { OrderEvent, OrderTicket } from '../../../domain/order/events.ts';
import { orderStream } from '../../../domain/order/events.ts';
import type { OrderState, OrderStatus } from '../../../domain/order/state.ts';
import { evolveOrder, NO_ORDER } from '../../../domain/order/state.ts';
import type { OrderDenied, RiskEvent } from '../../../domain/risk-policy/events.ts';
import { riskStream } from '../../../domain/risk-policy/events.ts';
import { explained } from '../../words/breaches.ts';
import type { StoryFact } from '../../words/sentences.ts';
import { eventSentence, orderSummary } from '../../words/sentences.ts';
import type { View } from '../projections/view.ts';
import { canBeStored } from './names.ts';

// --- Projection ---

/** Which of the events of an account's risk stream concern one order. */
const OF_AN_ORDER = {
  OrderAdmitted: true,
  OrderDenied: true,
  ReplacementAdmitted: true,
  ReplacementDenied: true,
  FillBooked: true,
  ReservationReleased: true,
  ReservationAdjusted: true,
  RepeatedExecutionTripped: true,
  FillReversed: true,
  OverfillFound: true,
  OverfillCleared: true,
  OpeningPositionsRecorded: false,
  RepeatedExecutionCleared: false,
  RiskProfileChosen: false,
  LimitsTightened: false,
  PositionMismatchFound: false,
  PositionMismatchResolved: false,
  BrokerPositionAdopted: false,
} as const satisfies Record<RiskEvent['type'], boolean>;

type OrderFact = {
  [Type in RiskEvent['type']]: (typeof OF_AN_ORDER)[Type] extends true ? Extract<RiskEvent, { type: Type }> : never;
}[RiskEvent['type']];

const concernsOrder = (event: { readonly type: string }): event is OrderFact =>
  event.type in OF_AN_ORDER && OF_AN_ORDER[event.type as RiskEvent['type']];

export const storyView: View = {
  name: 'story',
  version: 2,
  tables: ['story_events'],
  types: Object.keys(OF_AN_ORDER).filter((type) => concernsOrder({ type })),
  async apply(tx, events) {
    await tx.query({
      name: 'story-add',
      text: `insert into story_events (stream, revision, order_id)
             select * from unnest($1::text[], $2::integer[], $3::text[]) on conflict do nothing`,
      values: [events.map(({ stream }) => stream), events.map(({ revision }) => revision), events.map(orderOf)],
    });
  },
};

/** The order that a risk event concerns; null for one that concerns none. */
function orderOf(recorded: RecordedEvent): string | null {
  const event = recorded as unknown as RiskEvent;
  if (!concernsOrder(event)) return null;
  return 'ticket' in event.data ? event.data.ticket.orderId : event.data.orderId;
}

// --- Query ---

/** Null when the account has no such order. */
export type ReadStory = (accountId: string, orderId: string) => Promise<OrderStory | null>;

/** Revisions not farther apart than this are read in one go. */
const GAP = 20;

export function createReadStory(pool: Pool, store: Pick<EventStore, 'readStream'>): ReadStory {
  async function ownEvents(accountId: string, orderId: string): Promise<readonly RecordedEvent[]> {
    const events = await store.readStream(orderStream(orderId));
    return events.length === 0 || firstTicket(events)?.accountId === accountId ? events : [];
  }

  async function riskEvents(accountId: string, orderId: string): Promise<readonly RecordedEvent[]> {
    const stream = riskStream(accountId);
    const { rows } = await pool.query<{ readonly revision: number; readonly known: number }>(
      `select s.revision, k.known
         from (select coalesce(max(revision), -1) as known from story_events where stream = $1) k
         left join story_events s on s.order_id = $2 and s.stream = $1 and s.revision <= k.known
        order by s.revision`,
      [stream, orderId],
    );
    const known = rows[0]?.known ?? -1;
    const parts = await Promise.all([
      ...ranges(rows.map(({ revision }) => revision).filter((revision) => revision !== null)).map(([from, to]) =>
        store.readStream(stream, { from, limit: to - from + 1 }),
      ),
      store.readStream(stream, { from: known + 1 }),
    ]);
    return parts.flat().filter((event) => orderOf(event) === orderId);
  }

  return async (accountId, orderId) => {
    if (!canBeStored(orderId)) return null;
    const [own, risk] = await Promise.all([ownEvents(accountId, orderId), riskEvents(accountId, orderId)]);
    const events = [...own, ...risk].toSorted((a, b) => (a.position < b.position ? -1 : 1));
    const asked = firstTicket(events);
    return asked === null ? null : tell(asked, events);
  };
}

/** Ascending revisions as ranges, both ends included. */
function ranges(revisions: readonly number[]): readonly (readonly [number, number])[] {
  const found: [number, number][] = [];
  for (const revision of revisions) {
    const last = found.at(-1);
    if (last !== undefined && revision - last[1] <= GAP) last[1] = revision;
    else found.push([revision, revision]);
  }
  return found;
}

/** The order as it was first asked for, or seen at the broker. */
function firstTicket(events: readonly RecordedEvent[]): OrderTicket | null {
  for (const { data } of events) {
    if (typeof data === 'object' && data !== null && 'ticket' in data) return data.ticket as OrderTicket;
  }
  return null;
}

// --- Telling ---

function tell(asked: OrderTicket, events: readonly RecordedEvent[]): OrderStory {
  const { orderId, accountId, symbol } = asked;
  const denial = events.find(({ type }) => type === 'OrderDenied')?.data as OrderDenied['data'] | undefined;
  const order = events
    .filter(({ stream }) => stream === orderStream(orderId))
    .reduce<OrderState>((state, event) => evolveOrder(state, event as unknown as OrderEvent), NO_ORDER);
  return {
    orderId,
    accountId,
    symbol,
    outcome: denial !== undefined ? 'denied' : order.status === 'none' ? 'placing' : OUTCOMES[order.status],
    summary: orderSummary(asked),
    breaches: (denial?.breaches ?? []).map(explained),
    events: events.map(toStoryEvent),
  };
}

const OUTCOMES: Readonly<Record<OrderStatus, OrderOutcome>> = {
  placed: 'placing',
  claimed: 'placing',
  unconfirmed: 'unconfirmed',
  working: 'working',
  filled: 'filled',
  cancelled: 'cancelled',
  expired: 'expired',
  rejected: 'rejected',
  not_sent: 'not_sent',
  not_received: 'not_received',
};

const toStoryEvent = (event: RecordedEvent): StoryEvent => ({
  id: event.id,
  stream: event.stream,
  revision: event.revision,
  type: event.type,
  at: event.recordedAt,
  actor: { kind: event.metadata.actor.kind, id: event.metadata.actor.id },
  correlationId: event.metadata.correlationId,
  causationId: event.metadata.causationId,
  sentence: eventSentence(event as unknown as StoryFact),
  data: event.data as StoryEvent['data'],
});
