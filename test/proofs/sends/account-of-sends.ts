/** What became of orders that were sent: by the order path's own record, by the broker's ledger, and by what was spoilt. */
import { readClientOrderId } from '../../../src/domain/order/client-order-id.ts';
import type { FaultyBroker } from './faulty-broker.ts';
import type { SendingDesk } from './sending-desk.ts';

export interface Send {
  readonly orderId: string;
  /** What was spoilt about its requests, in words; `nothing` when all went well. */
  readonly spoilt: string;
  /** What ended the doubt about it; `nothing` while that goes on. */
  readonly ended: string;
  /** How many orders the broker has under its id. */
  readonly atBroker: number;
  /** From the first claim to the end of all doubt; null when there was no end. */
  readonly doubtMs: number | null;
  readonly endedAt: number | null;
}

/** Whatever says that an order is not at the broker; the last only that it has not been seen there in time. */
const NOT_THERE: readonly string[] = ['OrderRejected', 'OrderNotSent', 'OrderNotReceived'];
const RESOLVED: readonly string[] = ['OrderAcknowledged', ...NOT_THERE];

const orderOf = (clientOrderId: string): string | null => readClientOrderId(clientOrderId)?.orderId ?? null;

export async function accountOfSends(desk: SendingDesk, broker: FaultyBroker): Promise<readonly Send[]> {
  /** A reset while the order was sent names no order, so an order without a request is one of those. */
  const spoilt = new Map<string, string[]>();
  for (const { client_order_id: id, faults } of await broker.requests()) {
    const orderId = id === null ? null : orderOf(id);
    if (orderId !== null) spoilt.set(orderId, [...(spoilt.get(orderId) ?? []), ...faults]);
  }
  const atBroker = new Map<string, number>();
  for (const { client_order_id: id } of await broker.ledger()) {
    const orderId = orderOf(id);
    if (orderId !== null) atBroker.set(orderId, (atBroker.get(orderId) ?? 0) + 1);
  }
  return Promise.all(
    desk.placed.map(async (orderId): Promise<Send> => {
      const story = await desk.storyOf(orderId);
      const claimed = story.find(({ type }) => type === 'SubmissionClaimed');
      const resolved = story.find(({ type }) => RESOLVED.includes(type));
      const faults = claimed === undefined ? [] : (spoilt.get(orderId) ?? ['reset_sending']);
      return {
        orderId,
        spoilt: faults.length === 0 ? 'nothing' : faults.join(' + '),
        ended: resolved?.type ?? 'nothing',
        atBroker: atBroker.get(orderId) ?? 0,
        doubtMs: resolved === undefined ? null : resolved.at - (claimed?.at ?? resolved.at),
        endedAt: resolved?.at ?? null,
      };
    }),
  );
}

export const secondOrders = (sends: readonly Send[]): number =>
  sends.reduce((sum, { atBroker }) => sum + Math.max(atBroker - 1, 0), 0);
export const falseRejections = (sends: readonly Send[]): readonly Send[] =>
  sends.filter(({ ended, atBroker }) => NOT_THERE.includes(ended) && atBroker > 0);
export const lostOrders = (sends: readonly Send[]): readonly Send[] =>
  sends.filter(({ ended, atBroker }) => !NOT_THERE.includes(ended) && atBroker === 0);
export const unresolved = (sends: readonly Send[]): readonly Send[] => sends.filter(({ doubtMs }) => doubtMs === null);

/** One line for each way in which requests were spoilt, the most frequent first; several at once in one. */
export function tableOf(sends: readonly Send[]): readonly string[] {
  const groups = new Map<string, Send[]>();
  for (const send of sends) {
    const name = send.spoilt.includes(' + ') ? 'several' : send.spoilt;
    groups.set(name, [...(groups.get(name) ?? []), send]);
  }
  const count = (group: readonly Send[], ended: string): number => group.filter((send) => send.ended === ended).length;
  const row = (cells: readonly (string | number)[]): string =>
    cells.map((cell, n) => (n === 0 ? String(cell).padEnd(18) : String(cell).padStart(14))).join('');
  return [
    row(['spoilt', 'orders', 'at the broker', 'acknowledged', 'rejected', 'not received', 'not sent', 'longest s']),
    ...[...groups]
      .toSorted(([, a], [, b]) => b.length - a.length)
      .map(([name, group]) =>
        row([
          name,
          group.length,
          group.reduce((sum, { atBroker }) => sum + atBroker, 0),
          count(group, 'OrderAcknowledged'),
          count(group, 'OrderRejected'),
          count(group, 'OrderNotReceived'),
          count(group, 'OrderNotSent'),
          (Math.max(...group.map(({ doubtMs }) => doubtMs ?? Infinity)) / 1_000).toFixed(1),
        ]),
      ),
  ];
}
