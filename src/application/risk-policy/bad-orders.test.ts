import fc from 'fast-check';
import { expect, it } from 'vitest';
import { orderStream } from '../../domain/order/events.ts';
import { admissionOf } from '../../domain/risk-policy/admission.ts';
import type { RuleName } from '../../domain/risk-policy/events.ts';
import { riskStream } from '../../domain/risk-policy/events.ts';
import { BAD_ORDERS } from '../../domain/risk-policy/orders.suite.ts';
import { createSubmitOrder } from '../order/submit-order.ts';
import { cause, openDesk, UNFOLLOWED } from '../order/order-path.suite.ts';

const live = new AbortController().signal;
/** So many for each rule: more than 2,000 in all. */
const RUNS_A_RULE = 85;

it('no generated bad order reaches the broker, even when it is placed by mistake', { timeout: 120_000 }, async () => {
  const { aggregates, needs, sent, access, alarms } = await openDesk();
  const linked = { ...needs.linked, accessFor: () => Promise.resolve(access) };
  const submit = createSubmitOrder({ ...needs, linked, gates: UNFOLLOWED.gates });
  let judged = 0;
  for (const rule of Object.keys(BAD_ORDERS) as RuleName[]) {
    for (const { before, command } of fc.sample(BAD_ORDERS[rule], RUNS_A_RULE)) {
      const accountId = `account-${judged}`;
      const stream = riskStream(accountId);
      const order = { ...command.ticket, orderId: `order-${judged}`, accountId };
      for (const earlier of before) await aggregates.risk.handle(stream, earlier, cause);
      const answer = await aggregates.risk.handle(stream, { ...command, ticket: order }, cause);
      expect(answer.kind).toBe('done');
      expect(admissionOf(answer.state, order)).toBeNull();
      const placed = { type: 'PlaceOrder', ticket: order, channel: command.channel, at: needs.clock.now() } as const;
      await aggregates.orders.handle(orderStream(order.orderId), placed, cause);
      await submit(order.orderId, cause, live);
      judged += 1;
    }
  }
  expect(judged).toBeGreaterThanOrEqual(2_000);
  expect(sent).toEqual([]);
  expect(alarms).toHaveLength(judged);
});
