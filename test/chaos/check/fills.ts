/** I3 no missed fill, I4 no double fill, I6 positions. */
import { plus, quantity, NO_QUANTITY, toText } from '../../../src/domain/kernel/decimal.ts';
import { has } from '../../../src/domain/kernel/dictionary.ts';
import { netQuantity } from '../../../src/domain/kernel/lots.ts';
import type { Execution } from '../../../src/domain/order/events.ts';
import type { FillBooked } from '../../../src/domain/risk-policy/events.ts';
import type { Evidence, LedgerOrder, Violation } from './evidence.ts';
import { groupBy } from './group-by.ts';
import type { AccountRecord, Record } from './record.ts';

/** One execution, by the broker order and how much of it was filled afterwards. */
interface Traded {
  readonly key: string;
  readonly quantity: string;
  readonly price: string;
}

interface TradedThere extends Traded {
  /** Undone since: who learns of that first need not learn of the execution, and never books it. */
  readonly busted: boolean;
}

const normal = (decimal: string): string => toText(quantity(decimal));

const keyOf = (brokerOrderId: string, cumulative: string): string => `${brokerOrderId}:${normal(cumulative)}`;

/** The ledger's executions, in the order in which they happened. */
function tradedThere(ledger: readonly LedgerOrder[]): Map<string, TradedThere> {
  const found = new Map<string, TradedThere>();
  for (const { id, executions } of ledger) {
    let filled = NO_QUANTITY;
    for (const { qty, price, busted = false } of executions) {
      filled = plus(filled, quantity(qty));
      const key = keyOf(id, toText(filled));
      found.set(key, { key, quantity: normal(qty), price: normal(price), busted });
    }
  }
  return found;
}

interface Recorded extends Traded {
  readonly orderId: string;
  readonly accountId: string;
  readonly execution: Execution;
}

const tradedHere = ({ orders }: Record): readonly Recorded[] =>
  [...orders.values()].flatMap(({ orderId, state }) =>
    state.executions.map((execution) => ({
      key: keyOf(execution.brokerOrderId, execution.cumulativeQuantity),
      quantity: normal(execution.quantity),
      price: normal(execution.price),
      orderId,
      accountId: state.ticket.accountId,
      execution,
    })),
  );

const bookings = ({ riskEvents }: AccountRecord): readonly FillBooked['data'][] =>
  riskEvents.flatMap(({ type, data }) => (type === 'FillBooked' ? [data as FillBooked['data']] : []));

/** Without what a correction has called it: the execution as the broker first made it. */
const bookingKey = ({ executionKey }: FillBooked['data']): string => {
  const [brokerOrderId = '', cumulative = ''] = (executionKey.split(/[/#]/)[0] ?? '').split(':');
  return keyOf(brokerOrderId, cumulative);
};

/** What the account held when it was linked counts as opening position, and the executions that led to it are not booked. */
function isOpening({ execution, orderId }: Recorded, account: AccountRecord | undefined): boolean {
  if (account === undefined) return false;
  const { openedAt, answers } = account.risk;
  return openedAt !== null && !has(answers, orderId) && Date.parse(execution.executedAt) <= Date.parse(openedAt);
}

/** Every execution that the broker has made is recorded on its order and booked on its account. */
export function missedFills({ due }: Evidence, record: Record): readonly Violation[] {
  const here = new Map(tradedHere(record).map((each) => [each.key, each]));
  const booked = new Set([...record.accounts.values()].flatMap(bookings).map(bookingKey));
  const list: Violation[] = [];
  for (const { key, quantity: shares, price, busted } of tradedThere(due.ledger).values()) {
    const own = here.get(key);
    const what = `${shares} at ${price} (${key})`;
    if (busted && (own === undefined || !booked.has(key))) continue;
    if (own === undefined) list.push({ invariant: 'I3', subject: key, detail: `${what} is not recorded` });
    else if (own.quantity !== shares || own.price !== price)
      list.push({
        invariant: 'I3',
        subject: own.orderId,
        detail: `${what} is recorded as ${own.quantity} at ${own.price}`,
      });
    else if (!booked.has(key) && !isOpening(own, record.accounts.get(own.accountId)))
      list.push({ invariant: 'I3', subject: own.orderId, detail: `${what} is not booked on the account` });
  }
  return list;
}

/** No execution is recorded or booked twice, and none that the broker has not made. */
export function doubleFills({ ledger }: Evidence, record: Record): readonly Violation[] {
  const there = tradedThere(ledger);
  const here = tradedHere(record);
  const list: Violation[] = [];
  for (const [key, same] of groupBy(here, (each) => each.key)) {
    const [first] = same;
    if (first === undefined) continue;
    const { orderId } = first;
    if (same.length > 1)
      list.push({ invariant: 'I4', subject: orderId, detail: `${key} is recorded ${same.length} times` });
    if (!there.has(key))
      list.push({
        invariant: 'I4',
        subject: orderId,
        detail: `${key} is recorded, and the broker has no such execution`,
      });
  }
  const known = new Set(here.map(({ key }) => key));
  const booked = [...record.accounts.values()].flatMap(bookings);
  for (const [, same] of groupBy(booked, ({ executionKey }) => executionKey)) {
    const key = same[0] === undefined ? '' : bookingKey(same[0]);
    const subject = same[0]?.orderId ?? key;
    if (same.length > 1) list.push({ invariant: 'I4', subject, detail: `${key} is booked ${same.length} times` });
    if (!known.has(key)) list.push({ invariant: 'I4', subject, detail: `${key} is booked, and recorded on no order` });
  }
  return list;
}

/** What the account holds here is what it holds at the broker, exactly. */
export function wrongPositions({ quiet }: Evidence, { accounts }: Record): readonly Violation[] {
  if (quiet === null) return [];
  const list: Violation[] = [];
  for (const { accountId, brokerAccountId, risk } of accounts.values()) {
    // Linking it was begun, and has not come to its end.
    if (brokerAccountId === null) continue;
    const there = new Map(
      quiet.holdings
        .filter((holding) => holding.brokerAccountId === brokerAccountId)
        .map((holding) => [holding.symbol, normal(holding.quantity)]),
    );
    const here = new Map([...risk.holdings].map(([symbol, lots]) => [symbol, toText(netQuantity(lots))]));
    for (const symbol of new Set([...there.keys(), ...here.keys()])) {
      const [ours, theirs] = [here.get(symbol) ?? '0', there.get(symbol) ?? '0'];
      if (ours !== theirs)
        list.push({ invariant: 'I6', subject: accountId, detail: `${symbol}: ${ours} here, ${theirs} at the broker` });
    }
  }
  return list;
}
