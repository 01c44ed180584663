import fc from 'fast-check';
import { expect, it } from 'vitest';

import { minus, quantity, toText } from '../../../domain/kernel/decimal.ts';
import { ORDER_EVENT_VERSIONS } from '../../../domain/order/events.ts';
import type { OrderEvent } from '../../../domain/order/events.ts';
import type { OrderCommand } from '../../../domain/order/order.ts';
import { order } from '../../../domain/order/order.ts';
import { AT, claim, execution, later, place, report, reported, ticket } from '../../../domain/order/samples.suite.ts';
import type { OrderState } from '../../../domain/order/state.ts';
import { isFinalStatus } from '../../../domain/order/state.ts';
import type { OrderRow } from './order-row.ts';
import { nextRow } from './order-row.ts';

const terms = { quantity: '12', limitPrice: '186', stopPrice: null, timeInForce: 'gtc' } as const;

const command = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.constantFrom<OrderCommand>(
      claim(),
      { type: 'RecordSubmissionFailed', claimId: 'claim-1', reason: 'no route', at: AT },
      { type: 'RecordSubmissionDelayed', reason: 'no turn', at: AT },
      { type: 'RecordNotSent', reason: 'no link', at: AT },
      { type: 'RecordUnconfirmed', reason: 'no answer', at: AT },
      { type: 'RecordRejected', code: '403', reason: 'insufficient buying power', at: AT },
      { type: 'RecordNotReceived', reason: 'unknown there', at: AT },
      { type: 'RequestCancel', at: AT },
      { type: 'RecordCancelRefused', reason: 'too late', at: AT },
      { type: 'RequestReplace', terms, at: AT },
      { type: 'RecordReplaceRefused', revision: 1, reason: 'not now', at: AT },
      reported({ brokerOrderId: 'B2', revision: 1 }),
      { type: 'RecordBrokerMessage', raw: '?', problem: 'unreadable', at: AT },
    ),
  },
  {
    weight: 2,
    arbitrary: fc
      .record({
        status: fc.constantFrom('open', 'open', 'open', 'cancelled', 'expired', 'rejected'),
        filled: fc.constantFrom(0, 0, 1, 2, 3, 13),
      })
      .map(({ status, filled }): OrderCommand => {
        const executions = filled === 0 ? [] : [execution('4', `${filled}`)];
        return { type: 'RecordReport', report: report({ status, filledQuantity: '0', executions }) };
      }),
  },
);

const bust: OrderCommand = reported({
  filledQuantity: '4',
  amendments: [{ kind: 'bust', executionId: 'E1', bustId: null, at: later(9) }],
});
const correction: OrderCommand = reported({
  filledQuantity: '0',
  amendments: [
    {
      kind: 'correction',
      executionId: 'E2',
      correctedId: 'E2b',
      corrected: { quantity: '3', price: '187.20' },
      at: later(9),
    },
  ],
});

/** What the broker changes afterwards, and what follows for a bracket. */
const change = fc.constantFrom<OrderCommand>(
  bust,
  correction,
  reported({ executions: [execution('4', '3', { executionId: null, recordId: 'R3' })] }),
  reported({ executions: [execution('4', '3', { executionId: 'F3' })] }),
  reported({ filledQuantity: '4', isComplete: true, at: later(20) }),
  reported({ status: 'filled', filledQuantity: '0', at: later(20) }),
  reported({ brokerOrderId: 'B2', revision: 1, executions: [execution('4', '4', { brokerOrderId: 'B2' })] }),
  reported({ terms: { quantity: '6', limitPrice: '187.25', stopPrice: null, timeInForce: 'day' }, at: later(20) }),
  { type: 'LinkExit', exitOrderId: 'exit', role: 'stop_loss' },
  { type: 'RecordProtection', protection: protection('4', '0'), since: AT, at: AT },
  { type: 'RecordProtection', protection: protection('4', '4'), since: AT, at: AT },
);

function protection(open: string, stopped: string) {
  const bare = minus(quantity(open), quantity(stopped));
  return { open: quantity(open), stopped: quantity(stopped), bare, isRight: bare === 0n };
}

const observe = (parentOrderId: string | null): OrderCommand => ({
  type: 'ObserveOrder',
  ticket: ticket(),
  brokerOrderId: 'B1',
  parentOrderId,
  role: parentOrderId === null ? 'external' : 'stop_loss',
  at: AT,
});

/** Lives begin at different points, so that the later ones are reached often enough. */
const life = fc
  .tuple(
    fc.constantFrom<OrderCommand[]>(
      [place()],
      [place(), claim()],
      [place(), claim(), { type: 'RecordUnconfirmed', reason: 'no answer', at: AT }],
      [place(), claim(), reported()],
      [observe(null), observe('parent')],
      [{ type: 'RecoverOrder', ticket: ticket(), brokerOrderId: 'B1', clientOrderId: 'tradsy-1', at: AT }],
    ),
    fc.array(fc.oneof({ weight: 3, arbitrary: command }, { weight: 2, arbitrary: change }), { maxLength: 20 }),
  )
  .map(([begin, rest]) => [...begin, ...rest]);

it('whatever happens to an order, its row says what the domain says', () => {
  const seen = new Set<OrderEvent['type']>();
  fc.assert(
    fc.property(life, (commands) => {
      let state: OrderState = order.initial;
      let row: OrderRow | null = null;
      let revision = -1;
      for (const each of commands) {
        const decision = order.decide(each, state);
        if (decision.kind === 'refused') continue;
        for (const event of decision.events) {
          seen.add(event.type);
          revision += 1;
          state = order.evolve(state, event);
          row = nextRow(row, event, { revision, at: new Date(later(revision)) });
        }
      }
      if (state.status === 'none' || row === null) throw new Error('nothing happened');
      const { ticket: own } = state;
      expect(row).toMatchObject({
        status: state.status,
        filled_quantity: toText(state.filled),
        quantity: own.quantity,
        limit_price: own.limitPrice,
        time_in_force: own.timeInForce,
        parent_order_id: state.parentOrderId,
        revision,
      });
      expect(quantity(row.filled_quantity) * 1872n).toBe(quantity(row.filled_value) * 10n);
      expect(row.unprotected).toEqual(state.unprotected);
      expect(row.ended_at !== null).toBe(isFinalStatus(state.status));
    }),
    { numRuns: 2_000, seed: 20260302 },
  );
  expect([...seen].toSorted()).toEqual(Object.keys(ORDER_EVENT_VERSIONS).toSorted());
});
