/** I10 replay, I11 integrity of the log. */
import type { BrokerOrder } from '../../../contracts/broker-api.ts';
import { quantity, toText } from '../../../src/domain/kernel/decimal.ts';
import { find } from '../../../src/domain/kernel/dictionary.ts';
import { netQuantity } from '../../../src/domain/kernel/lots.ts';
import type { OrderStatus } from '../../../src/domain/order/state.ts';
import type { Evidence, Shown, Violation } from './evidence.ts';
import { recordOf, textOf } from './record.ts';
import type { Record } from './record.ts';

/** Folding the log again gives the same, the read models are what the log gives, and the interface shows them. */
export function replayFaults({ events, quiet }: Evidence, record: Record): readonly Violation[] {
  const list: Violation[] = [];
  const add = (subject: string, detail: string): void => void list.push({ invariant: 'I10', subject, detail });
  if (textOf(recordOf(events)) !== textOf(record)) add('the whole log', 'folding it twice gives two records');
  for (const { table, differences, examples } of quiet?.readModels ?? []) {
    const [first] = examples;
    if (differences > 0)
      add(table, `${differences} rows differ from what the log gives; only ${first?.side}: ${first?.row}`);
  }
  for (const shown of quiet?.shown ?? [])
    for (const detail of shownOtherwise(shown, record)) add(shown.accountId, detail);
  return list;
}

/** What the interface calls each status; an exit whose order is not filled is `inactive` there. */
const SHOWN_AS: Readonly<globalThis.Record<OrderStatus, readonly BrokerOrder['status'][]>> = {
  placed: ['placing'],
  claimed: ['placing'],
  unconfirmed: ['placing'],
  working: ['working', 'inactive'],
  filled: ['filled'],
  cancelled: ['cancelled'],
  expired: ['cancelled'],
  rejected: ['rejected'],
  not_sent: ['rejected'],
  not_received: ['rejected'],
};

function* shownOtherwise(shown: Shown, { orders, accounts }: Record): Generator<string> {
  const visible = new Map(shown.orders.map((order) => [order.id, order]));
  for (const { orderId, state } of orders.values()) {
    if (state.ticket.accountId !== shown.accountId) continue;
    const order = visible.get(orderId);
    if (order === undefined) yield `order ${orderId} is not shown`;
    else if (!SHOWN_AS[state.status].includes(order.status))
      yield `order ${orderId} is ${state.status} and shown as ${order.status}`;
    else if (order.filledQty !== Number(toText(state.filled)))
      yield `of order ${orderId} ${toText(state.filled)} are filled, and ${order.filledQty} shown`;
  }
  const answers = accounts.get(shown.accountId)?.risk.answers;
  for (const id of visible.keys()) {
    // What was denied is shown too, and has no stream of its own.
    const isDenied = answers !== undefined && find(answers, id)?.kind === 'denied';
    if (!isDenied && orders.get(id)?.state.ticket.accountId !== shown.accountId)
      yield `order ${id} is shown, and is not the account's`;
  }
  const held = accounts.get(shown.accountId)?.risk.holdings ?? new Map<string, never>();
  const shownPositions = new Map(
    shown.positions.map(({ instrument, side, qty }) => [instrument, side === 'buy' ? `${qty}` : `-${qty}`]),
  );
  for (const symbol of new Set([...held.keys(), ...shownPositions.keys()])) {
    const ours = toText(netQuantity(held.get(symbol) ?? []));
    const theirs = toText(quantity(shownPositions.get(symbol) ?? '0'));
    if (ours !== theirs) yield `${symbol}: ${ours} are held, and ${theirs} shown`;
  }
}

/** Revisions without holes, chains and signed heads that fit. */
export function logFaults({ events, quiet }: Evidence): readonly Violation[] {
  const list: Violation[] = [];
  const next = new Map<string, number>();
  for (const { stream, revision } of events) {
    const wanted = next.get(stream) ?? 0;
    if (revision !== wanted)
      list.push({ invariant: 'I11', subject: stream, detail: `revision ${revision} stands where ${wanted} belongs` });
    next.set(stream, revision + 1);
  }
  const fault = quiet?.logFault ?? null;
  if (fault !== null) list.push({ invariant: 'I11', subject: 'the log', detail: fault });
  return list;
}
