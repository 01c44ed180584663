import fc from 'fast-check';
import { expect, it } from 'vitest';

import { quantity, toText } from '../../../domain/kernel/decimal.ts';
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
    fc.constantFrom([place()], [place(), claim()], [place(), claim(), reported()], [observe(null), observe('parent')]),
    fc.array(command, { maxLength: 16 }),
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
      expect(row.ended_at !== null).toBe(isFinalStatus(state.status));
    }),
    { numRuns: 1_000, seed: 20260302 },
  );
  expect(seen.size).toBe(20);
});
