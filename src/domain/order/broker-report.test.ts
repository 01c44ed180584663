import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { quantity, toText } from '../kernel/decimal.ts';
import { order } from './order.ts';
import { after, AT, claim, execution, place, report, reported } from './samples.suite.ts';
import type { BrokerReport } from './broker-report.ts';
import type { LiveOrder } from './state.ts';

/** A true trace of the broker: fills in parts, then an end; every report shows its own execution and the count so far. */
const trace = fc
  .record({
    parts: fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 0, maxLength: 5 }),
    end: fc.constantFrom<'filled' | 'cancelled' | 'expired'>('filled', 'cancelled', 'expired'),
  })
  .map(({ parts, end }): { total: number; reports: BrokerReport[] } => {
    const total = parts.reduce((sum, part) => sum + part, 0);
    let sum = 0;
    const fills = parts.map((part) => {
      sum += part;
      return report({ filledQuantity: `${sum}`, executions: [execution(`${part}`, `${sum}`)] });
    });
    const status = end === 'filled' && total < 20 ? 'cancelled' : end;
    return { total, reports: [report(), ...fills, report({ status, filledQuantity: `${total}` })] };
  });

const settled = (reports: readonly BrokerReport[]): LiveOrder => {
  let { state } = after(place({ quantity: '20' }), claim());
  for (const each of reports) {
    const decision = order.decide({ type: 'RecordReport', report: each }, state);
    if (decision.kind === 'refused') throw new Error(decision.refusal.code);
    state = decision.events.reduce(order.evolve, state);
  }
  return state as LiveOrder;
};

const essence = (state: LiveOrder) => ({
  status: state.status,
  filled: toText(state.filled),
  brokerOrderId: state.brokerOrderId,
  executions: state.executions.map((each) => each.cumulativeQuantity).sort(),
});

describe('a broker trace', () => {
  it('leads to the same state in any order, with any repetition', () => {
    const shuffled = trace.chain(({ total, reports }) =>
      fc.tuple(
        fc.constant(total),
        fc.constant(reports),
        fc.shuffledSubarray(reports, { minLength: reports.length }),
        fc.array(fc.constantFrom(...reports), { maxLength: 6 }),
      ),
    );
    fc.assert(
      fc.property(shuffled, ([total, reports, anyOrder, repeated]) => {
        // The end is told again by the next look-up, as it always is.
        const last = reports[reports.length - 1] as BrokerReport;
        const state = settled([...anyOrder, ...repeated, last]);
        expect(essence(state)).toEqual(essence(settled(reports)));
        expect(state.filled).toBe(quantity(`${total}`));
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('a report', () => {
  it('ends an order only when all its executions are known', () => {
    const { state } = after(place(), claim(), reported({ status: 'cancelled', filledQuantity: '4' }));
    expect(state.status).toBe('working');
    const complete = after(
      place(),
      claim(),
      reported({ status: 'cancelled', filledQuantity: '4' }),
      reported({ status: 'cancelled', filledQuantity: '4', executions: [execution('4', '4')] }),
    );
    expect(complete.state).toMatchObject({ status: 'cancelled' });
    expect(complete.events.at(-1)).toMatchObject({ data: { filledQuantity: '4' } });
  });

  it('books an execution after the end, and marks it late', () => {
    const { events, state } = after(
      place(),
      claim(),
      reported({ status: 'cancelled' }),
      reported({ status: 'open', filledQuantity: '2', executions: [execution('2', '2')] }),
    );
    expect(events.at(-1)).toMatchObject({ type: 'OrderPartiallyFilled', data: { late: true, filledQuantity: '2' } });
    expect(state.status).toBe('cancelled');
  });

  it('books more than was ordered, and marks it', () => {
    const over = reported({ status: 'filled', filledQuantity: '11', executions: [execution('11', '11')] });
    expect(after(place(), claim(), over).events.at(-1)).toMatchObject({
      type: 'OrderFilled',
      data: { filledQuantity: '11', leavesQuantity: '0', late: true },
    });
  });

  it('knows an execution by its id, even with another count', () => {
    const twice = reported({
      filledQuantity: '4',
      executions: [execution('4', '4'), execution('4', '4.0'), execution('4', '9', { executionId: 'E4' })],
    });
    expect(after(place(), claim(), twice).events.filter((event) => event.type === 'OrderPartiallyFilled')).toHaveLength(
      1,
    );
  });

  it('of a second broker order under the same id is refused', () => {
    const { state } = after(place(), claim(), reported());
    expect(order.decide(reported({ brokerOrderId: 'B9' }), state)).toEqual({
      kind: 'refused',
      refusal: { code: 'second_broker_order', brokerOrderId: 'B9' },
    });
  });

  it('of a change that was never asked for is not this order’s', () => {
    const { state } = after(place(), claim(), reported());
    expect(order.decide(reported({ brokerOrderId: 'B9', revision: 7 }), state)).toMatchObject({
      refusal: { code: 'second_broker_order' },
    });
  });

  it('of a change that was taken for refused brings the order back to work', () => {
    const terms = { quantity: '12', limitPrice: '187.25', stopPrice: null, timeInForce: 'day' } as const;
    const before = [
      place(),
      claim(),
      reported(),
      { type: 'RequestReplace', terms, at: AT },
      { type: 'RecordReplaceRefused', revision: 1, reason: 'not found', at: AT },
      reported({ status: 'replaced', replacedBy: 'B2' }),
    ] as const;
    expect(after(...before).state.status).toBe('cancelled');
    const { state } = after(...before, reported({ brokerOrderId: 'B2', revision: 1, terms }));
    expect(state).toMatchObject({ status: 'working', brokerOrderId: 'B2', ticket: { quantity: '12' } });
  });

  it('of an order given up for lost asks for its cancellation in the same breath', () => {
    const { events } = after(
      place(),
      claim(),
      { type: 'RecordUnconfirmed', reason: 'time-out', at: AT },
      { type: 'RecordNotReceived', reason: 'unknown there', at: AT },
      reported(),
    );
    expect(events.slice(-2).map((event) => event.type)).toEqual(['OrderAcknowledged', 'CancelRequested']);
  });

  it('adopts an order that the broker has and nobody remembers sending', () => {
    expect(after(place(), reported()).state.status).toBe('working');
  });
});
