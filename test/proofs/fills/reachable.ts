/** Which events can come to an order in which state, if the broker does everything right and our record may have gaps. */
import type { OrderEvent } from '../../../src/domain/order/events.ts';
import type { OrderStatus } from '../../../src/domain/order/state.ts';

type From = 'none' | OrderStatus;

const ALL: readonly OrderStatus[] = [
  'placed',
  'claimed',
  'unconfirmed',
  'working',
  'filled',
  'cancelled',
  'expired',
  'rejected',
  'not_sent',
  'not_received',
];
/** Those that the broker has had, as far as our side knows. */
const THERE: readonly From[] = ['working', 'filled', 'cancelled', 'expired'];
/** Of an order whose change was rejected, what it was before may have been executed. */
const THERE_OR_REJECTED: readonly From[] = [...THERE, 'rejected'];

export const REACHABLE: Readonly<Record<OrderEvent['type'], readonly From[]>> = {
  OrderPlaced: ['none'],
  OrderObserved: ['none'],
  // Here the record is whole and the gate open; a restored backup and a lost stream have proofs of their own.
  OrderRecovered: [],
  SubmissionDelayed: [],
  BracketLinked: THERE_OR_REJECTED,
  SubmissionClaimed: ['placed'],
  SubmissionFailed: ['claimed'],
  SubmissionUnconfirmed: ['claimed'],
  // Also of an order that had ended here, and appears at the broker all the same.
  OrderAcknowledged: ['placed', 'claimed', 'unconfirmed', 'not_received', 'not_sent', 'cancelled', 'rejected'],
  OrderRejected: ['claimed', 'unconfirmed', 'working'],
  OrderNotSent: ['placed'],
  OrderNotReceived: ['unconfirmed'],
  OrderPartiallyFilled: THERE_OR_REJECTED,
  OrderFilled: ['working', 'filled'],
  OrderCompleted: ['working'],
  CancelRequested: ['claimed', 'unconfirmed', 'working'],
  CancelRefused: ['working'],
  OrderCancelled: ['placed', 'working'],
  OrderExpired: ['working'],
  ReplaceRequested: ['working'],
  OrderReplaced: ['working'],
  ReplaceRefused: ['working'],
  ChainExceeded: ['working'],
  ExecutionBusted: THERE_OR_REJECTED,
  ExecutionCorrected: THERE_OR_REJECTED,
  ExecutionHeldBack: THERE_OR_REJECTED,
  ExecutionIdentified: THERE_OR_REJECTED,
  ExecutionsConfirmed: THERE_OR_REJECTED,
  OrderRestated: THERE_OR_REJECTED,
  ExitLinked: THERE_OR_REJECTED,
  ExitActivated: THERE_OR_REJECTED,
  ProtectionMissing: THERE,
  ProtectionRestored: THERE,
  BrokerMessageRecorded: ALL,
};

/** As `working OrderFilled`. */
export const REACHABLE_PAIRS: readonly string[] = Object.entries(REACHABLE).flatMap(([type, states]) =>
  states.map((state) => `${state} ${type}`),
);

const STATES: readonly From[] = ['none', ...ALL];

/** How often each pair came about, as a table; a dot for one that can not. */
export function matrix(visits: ReadonlyMap<string, number>): readonly string[] {
  const cell = (text: string): string => text.padStart(13);
  const types = Object.keys(REACHABLE) as OrderEvent['type'][];
  return [
    ''.padEnd(22) + STATES.map(cell).join(''),
    ...types.map((type) => {
      const counts = STATES.map((state) => {
        const visited = visits.get(`${state} ${type}`);
        return cell(visited === undefined ? (REACHABLE[type].includes(state) ? '0' : '.') : `${visited}`);
      });
      return type.padEnd(22) + counts.join('');
    }),
  ];
}
