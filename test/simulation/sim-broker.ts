/**
 * The whole `Broker` port over the venue, as one process has it: requests that get lost on the way there or back, answers
 * that nobody understands, and the same care as the adapter takes to say what is known and what is not.
 */
import type {
  Broker,
  BrokerAccess,
  Failure,
  LastLook,
  LookUp,
  OrderEntry,
  OrderRecords,
} from '../../src/application/ports/broker.ts';
import { dollarsText, sharesText } from './amounts.ts';
import type { Arrival } from '../chaos/check/evidence.ts';
import { REQUEST_FAULTS } from './faults.ts';
import type { Faults } from './faults.ts';
import type { ProcessLife } from './life.ts';
import type { Random } from './random.ts';
import type { Streams } from './streams.ts';
import type { Venue } from './venue.ts';
import type { VenueAccount, VenueOrder } from './venue-order.ts';
import { isOpen, toBrokerOrder } from './venue-order.ts';

export interface BrokerParts {
  readonly venue: Venue;
  readonly streams: Streams;
  readonly faults: Faults;
  readonly random: Random;
  /** The account that a token opens; null for one that is not taken any more. */
  accountOf(token: string): VenueAccount | null;
  /** Told of each request to place or to change an order that comes to the broker's door. */
  /** The world's time, in milliseconds. */
  readonly now: () => number;
  readonly onArrival: (arrival: Omit<Arrival, 'at'>) => void;
  /** Told of each as it leaves the process. */
  readonly onDeparture: (clientOrderId: string) => void;
  /** Told of each that the broker refuses in its own words. */
  readonly onRefusal: (clientOrderId: string) => void;
}

/** The adapter's time limit for one request. */
const TIME_LIMIT_MS = 10_000;

const UNAUTHORIZED: Failure = { kind: 'unauthorized', reason: 'the token is not taken' };
const unknown = (reason: string): Failure => ({ kind: 'unknown', reason });

export function createSimBroker(life: ProcessLife, parts: BrokerParts): Broker {
  return {
    ...entry(life, parts),
    ...records(life, parts),
    ...accounts(life, parts),
    follow: parts.streams.followerOf(life),
  };
}

const NEVER = new AbortController().signal;
const NOT_FOUND = { kind: 'refused', reason: 'order not found' } as const;

type Outcome<Request extends keyof OrderEntry> = Awaited<ReturnType<OrderEntry[Request]>>;

/** A request that would change something, and what comes of it when it arrives. */
interface Change<T> {
  readonly verb: Arrival['verb'] | 'cancel';
  readonly clientOrderId: string;
  act(account: VenueAccount): T;
  readonly lastLook: LastLook | undefined;
  /** What it means that nothing left, or that it was sent away at the door. */
  never(reason: string, retryAfterMs: number): T | Failure;
}

const trip = (random: Random): number => (random.chance(0.05) ? random.between(50, 1_500) : random.between(2, 25));

function entry(
  life: ProcessLife,
  { venue, faults, random, accountOf, now, onArrival, onRefusal, onDeparture }: BrokerParts,
): OrderEntry {
  async function change<T>(access: BrokerAccess, request: Change<T>): Promise<T | Failure> {
    const { verb, clientOrderId, act, never, lastLook } = request;
    const fault = life.ended ? null : faults.ofChange();
    const arrived = (turnedAway: boolean): void => {
      if (verb !== 'cancel') onArrival({ verb, clientOrderId, turnedAway, leftAt });
    };
    const deliver = (): T | Failure => {
      const account = accountOf(access.token);
      arrived(account === null);
      if (account === null) onRefusal(clientOrderId);
      return account === null ? UNAUTHORIZED : act(account);
    };
    let leftAt = now();
    // The connection stands, and nothing is left to wait for.
    await life.clock.sleep(random.between(0, 3), NEVER);
    if (lastLook !== undefined && !(await lastLook())) return never('a last look held it back', 1_000);
    leftAt = now();
    if (verb !== 'cancel' && !life.ended) onDeparture(clientOrderId);
    if (fault === null) return life.ask(trip(random), deliver, trip(random));
    const { arrives, answer } = REQUEST_FAULTS[fault];
    if (arrives) {
      const delay =
        fault === 'late' ? random.between(5_000, 15_000) : fault === 'very_late' ? random.between(30_000, 80_000) : 0;
      void life.ask(delay + trip(random), deliver, 0);
    }
    const after = (milliseconds: number, outcome: T | Failure) => life.read(milliseconds, () => outcome);
    switch (answer) {
      case 'never_connected':
        return after(trip(random), never('no connection', 1_000));
      case 'come_back_later':
        return life.ask(
          trip(random),
          () => {
            arrived(true);
            return never('too many requests', random.between(200, 3_000));
          },
          trip(random),
        );
      case 'none':
        return after(TIME_LIMIT_MS, unknown('the time allowed for the request is over'));
      case 'lost':
        return after(3 * trip(random), unknown('the connection was reset'));
      case 'error':
        return after(3 * trip(random), unknown('HTTP 504'));
      case 'page':
        return after(3 * trip(random), unknown('HTTP 403: a page'));
      case 'cut_short':
        return after(3 * trip(random), unknown('the answer was cut short'));
    }
  }

  return {
    async ready(_access, withinMs, signal) {
      const fault = faults.ofTurn();
      if (fault === null) return life.read(random.between(0, 2), () => ({ kind: 'ready' }));
      const wait = random.between(50, 4_000);
      await life.clock.sleep(Math.min(wait, withinMs), signal);
      if (wait <= withinMs && fault === 'late') return { kind: 'ready' };
      return { kind: 'held', reason: 'no turn', retryAfterMs: random.between(100, 2_000) };
    },
    cancelAll: (access, symbol) =>
      change<Outcome<'cancelAll'>>(access, {
        verb: 'cancel',
        clientOrderId: 'all',
        lastLook: undefined,
        act(account) {
          const open = account.orders.filter((order) => isOpen(order) && (symbol === null || order.symbol === symbol));
          const asked = open.map((order) => ({ id: order.id, taken: venue.cancel(order).kind === 'taken' }));
          const named = (taken: boolean) => asked.filter((each) => each.taken === taken).map(({ id }) => id);
          return { kind: 'asked', accepted: named(true), refused: named(false) };
        },
        never: unknown,
      }),
    submit: (access, { ticket }, clientOrderId, lastLook) =>
      change<Outcome<'submit'>>(access, {
        verb: 'place',
        clientOrderId,
        lastLook,
        act(account) {
          const placed = venue.place(account, { ...ticket, clientOrderId, terms: termsOf(ticket) });
          if (placed.kind === 'placed') return { kind: 'acknowledged', order: toBrokerOrder(placed.order) };
          if (placed.kind === 'id_taken') return { kind: 'known_already' };
          onRefusal(clientOrderId);
          return placed;
        },
        never: (reason, retryAfterMs) => ({ kind: 'not_sent', reason, retryAfterMs }),
      }),
    replace: (access, brokerOrderId, { terms }, clientOrderId, lastLook) =>
      change<Outcome<'replace'>>(access, {
        verb: 'change',
        clientOrderId,
        lastLook,
        act(account) {
          const order = account.byId.get(brokerOrderId);
          if (order === undefined) return NOT_FOUND;
          const asked = venue.replace(order, terms, clientOrderId);
          return asked.kind === 'taken' ? { kind: 'accepted', order: toBrokerOrder(asked.value) } : asked;
        },
        never: unknown,
      }),
    cancel: (access, brokerOrderId) =>
      change<Outcome<'cancel'>>(access, {
        verb: 'cancel',
        clientOrderId: brokerOrderId,
        lastLook: undefined,
        act(account) {
          const order = account.byId.get(brokerOrderId);
          if (order === undefined) return NOT_FOUND;
          const asked = venue.cancel(order);
          return asked.kind === 'taken' ? { kind: 'accepted' } : asked;
        },
        never: unknown,
      }),
  };
}

const termsOf = ({ quantity, limitPrice, stopPrice, timeInForce }: VenueOrder['terms']): VenueOrder['terms'] => ({
  quantity,
  limitPrice,
  stopPrice,
  timeInForce,
});

/** A look-up, which may fail like any other request. */
function lookUp<Answer>(
  life: ProcessLife,
  { faults, random, accountOf }: BrokerParts,
  access: BrokerAccess,
  look: (account: VenueAccount) => Answer,
): Promise<Answer | Failure> {
  const fault = life.ended ? null : faults.ofRead();
  if (fault === 'lost') return life.read(random.chance(0.5) ? TIME_LIMIT_MS : 20, () => unknown('no answer'));
  if (fault !== null) return life.read(3 * trip(random), () => unknown(fault));
  const answer = (): Answer | Failure => {
    const account = accountOf(access.token);
    return account === null ? UNAUTHORIZED : look(account);
  };
  return life.ask(trip(random), answer, trip(random));
}

function records(life: ProcessLife, parts: BrokerParts): OrderRecords {
  const { venue } = parts;
  const found = <T>(value: T | undefined): LookUp<T> =>
    value === undefined ? { kind: 'not_found' } : { kind: 'found', value };
  const listed = <Row>(value: readonly Row[]) => ({ kind: 'found', value, unread: 0 }) as const;
  /** Exits stand inside of their order. */
  const withExits = (account: VenueAccount, wanted: (order: VenueOrder) => boolean) =>
    account.orders.filter((order) => order.parent === null && venue.isShown(order) && wanted(order)).map(toBrokerOrder);
  return {
    byClientOrderId: (access, clientOrderId) =>
      lookUp(life, parts, access, (account) => {
        const named = account.orders.filter((order) => order.clientOrderId === clientOrderId && venue.isShown(order));
        return found(named.map(toBrokerOrder).at(-1));
      }),
    byId: (access, brokerOrderId) =>
      lookUp(life, parts, access, (account) => {
        const order = account.byId.get(brokerOrderId);
        return found(order === undefined ? undefined : toBrokerOrder(order));
      }),
    executionsOf: (access, brokerOrderId) =>
      lookUp(life, parts, access, (account) => {
        const order = account.byId.get(brokerOrderId);
        return found(order === undefined ? undefined : venue.executionsOf(order));
      }),
    submittedAfter: (access, moment) =>
      lookUp(life, parts, access, (account) =>
        listed(withExits(account, (order) => order.receivedAt > Date.parse(moment))),
      ),
    executionsAfter: (access, moment) =>
      lookUp(life, parts, access, (account) =>
        listed(
          account.orders
            .flatMap((order) => venue.executionsOf(order))
            .filter(({ executedAt }) => Date.parse(executedAt) > Date.parse(moment))
            .toSorted((a, b) => (a.executedAt < b.executedAt ? -1 : 1)),
        ),
      ),
    unfinished: (access) =>
      lookUp(life, parts, access, (account) =>
        listed(account.orders.filter((order) => isOpen(order) && venue.isShown(order)).map(toBrokerOrder)),
      ),
  };
}

function accounts(life: ProcessLife, parts: BrokerParts): Pick<Broker, 'account' | 'positions'> {
  return {
    account: (access) =>
      lookUp(life, parts, access, ({ id }) => ({
        kind: 'found',
        value: {
          brokerAccountId: id,
          brokerAccountNumber: `N${id}`,
          mayTrade: true,
          cash: '100000',
          equity: '100000',
          buyingPower: '1000000',
          shortingEnabled: true,
        },
      })),
    positions: (access) =>
      lookUp(life, parts, access, ({ positions }) => ({
        kind: 'found',
        value: [...positions]
          .filter(([, held]) => held.shares !== 0)
          .map(([symbol, held]) => ({
            symbol,
            quantity: sharesText(held.shares),
            averagePrice: dollarsText(Math.round(held.cost / held.shares)),
          })),
      })),
  };
}
