import { describe, expect, it } from 'vitest';
import { toText } from '../kernel/decimal.ts';
import type { Amendment } from './amendments.ts';
import type { BrokerReport } from './broker-report.ts';
import { certainlyFilled, countsLess, executionsMissing, filledOf } from './executions.ts';
import type { OrderCommand } from './order.ts';
import { after, claim, execution, later, place, report, reported, ticket } from './samples.suite.ts';
import type { LiveOrder } from './state.ts';

const bust = (executionId: string, seconds = 60): Amendment => ({
  kind: 'bust',
  executionId,
  bustId: `X${executionId}`,
  at: later(seconds),
});
const correct = (
  executionId: string,
  quantity: string,
  price: string,
  correctedId: string,
  seconds = 60,
): Amendment => ({
  kind: 'correction',
  executionId,
  correctedId,
  corrected: { quantity, price },
  at: later(seconds),
});
/** The broker tells of a change, with its count after it. */
const amended = (amendment: Amendment, filledQuantity: string, changes: Partial<BrokerReport> = {}): OrderCommand =>
  reported({ amendments: [amendment], filledQuantity, at: amendment.at, ...changes });
/** An execution on the stream. */
const filled = (quantity: string, cumulative: string, changes: Parameters<typeof execution>[2] = {}): OrderCommand =>
  reported({ filledQuantity: cumulative, executions: [execution(quantity, cumulative, changes)] });
const open = [place(), claim(), reported()] as const;

const state = (...commands: readonly OrderCommand[]): LiveOrder => after(...open, ...commands).state as LiveOrder;
const news = (...commands: readonly OrderCommand[]) => after(...open, ...commands).events.slice(3);
const types = (...commands: readonly OrderCommand[]) => news(...commands).map(({ type }) => type);
const stands = (...commands: readonly OrderCommand[]): string => toText(state(...commands).filled);

describe('a bust', () => {
  it('takes an execution back, once', () => {
    const events = news(filled('4', '4'), amended(bust('E4'), '0'), amended(bust('E4'), '0'));
    expect(events.map(({ type }) => type)).toEqual(['OrderPartiallyFilled', 'ExecutionBusted']);
    expect(events[1]).toMatchObject({
      data: {
        executionId: 'E4',
        bustId: 'XE4',
        brokerFilledQuantity: '0',
        recount: { cumulativeQuantity: '4', repeat: 0, before: { quantity: '4' }, after: { quantity: '0' } },
        filledQuantity: '0',
        late: false,
      },
    });
  });
  it('that comes before its execution makes it count for nothing', () => {
    const events = news(amended(bust('E4'), '0'), filled('4', '4'), amended(bust('E4'), '0'));
    expect(events).toMatchObject([
      { type: 'ExecutionBusted', data: { recount: null } },
      { type: 'OrderPartiallyFilled', data: { counted: { quantity: '0' }, filledQuantity: '0', leavesQuantity: '10' } },
    ]);
  });
  it('leaves an order that has ended as it is, and is late then', () => {
    const done = [filled('10', '10'), amended(bust('E10'), '10', { status: 'filled' })];
    expect(state(...done)).toMatchObject({ status: 'filled', filled: 0n });
    expect(news(...done).at(-1)).toMatchObject({ data: { late: true } });
  });
  it('finds an execution that was learnt from the records by the name that comes later', () => {
    const known = filled('4', '4', { executionId: null, recordId: 'R4' });
    const events = news(known, amended(bust('E4'), '0'), filled('4', '4'));
    expect(events).toMatchObject([
      { type: 'OrderPartiallyFilled' },
      { type: 'ExecutionBusted', data: { recount: null, filledQuantity: '4' } },
      {
        type: 'ExecutionIdentified',
        data: { executionId: 'E4', recordId: 'R4', recount: { after: { quantity: '0' } } },
      },
    ]);
  });
  it('of an order that may execute again leaves room for it', () => {
    const again = filled('10', '10', { executionId: 'E10b', executedAt: later(90) });
    const all = [filled('4', '4'), amended(bust('E4'), '0'), again];
    // The broker says when it is filled: its count may not have gone down.
    expect(state(...all)).toMatchObject({ status: 'working', filled: 10n * 10n ** 18n });
    expect(state(...all, reported({ status: 'filled', filledQuantity: '10', at: later(95) })).status).toBe('filled');
  });
});

describe('a correction', () => {
  it('changes what counts, and can be corrected and busted under its new name, in any order of arrival', () => {
    const fill = filled('4', '4');
    const first = amended(correct('E4', '3', '186', 'E4b'), '3');
    const second = amended(correct('E4b', '2', '185', 'E4c', 70), '2');
    const last = amended(bust('E4c', 80), '0');
    for (const [one, two, three] of [
      [fill, first, second],
      [second, first, fill],
      [first, fill, second],
    ] as const) {
      expect(stands(one, two, three)).toBe('2');
      expect(stands(one, two, three, last)).toBe('0');
      expect(stands(last, one, two, three)).toBe('0');
    }
    expect(types(fill, first, first)).toEqual(['OrderPartiallyFilled', 'ExecutionCorrected']);
  });
  it('of which there are two for one execution holds as the later one', () => {
    const [early, late] = [correct('E4', '3', '186', 'A', 60), correct('E4', '2', '186', 'B', 61)];
    expect(stands(filled('4', '4'), amended(early, '3'), amended(late, '2'))).toBe('2');
    expect(stands(filled('4', '4'), amended(late, '2'), amended(early, '3'))).toBe('2');
  });
});

describe('what the broker counts after a bust', () => {
  const busted = (count: string) => state(filled('4', '4'), amended(bust('E4'), count));
  const count = (filledQuantity: string, seconds: number) => ({
    brokerOrderId: 'B1',
    filledQuantity,
    at: later(seconds),
  });

  it('and did not count before is missing', () => {
    expect(executionsMissing(busted('0'), count('0', 70))).toBe(false);
    expect(executionsMissing(busted('0'), count('3', 70))).toBe(true);
    expect(executionsMissing(busted('0'), count('5', 50))).toBe(true);
  });
  it('before it is no news', () => {
    expect(executionsMissing(busted('0'), count('4', 50))).toBe(false);
  });
  it('while it goes on counting the bust is asked for once', () => {
    const kept = busted('4');
    expect(executionsMissing(kept, count('4', 70))).toBe(true);
    const looked = reported({
      filledQuantity: '4',
      executions: [execution('4', '4', { executionId: null, recordId: 'R4' })],
      isComplete: true,
      at: later(70),
    });
    const commands = [filled('4', '4'), amended(bust('E4'), '4'), looked] as const;
    expect(types(...commands)).toEqual([
      'OrderPartiallyFilled',
      'ExecutionBusted',
      'ExecutionIdentified',
      'ExecutionsConfirmed',
    ]);
    expect(executionsMissing(state(...commands), count('4', 80))).toBe(false);
    expect(executionsMissing(state(...commands), count('7', 80))).toBe(true);
    expect(state(...commands, reported({ status: 'cancelled', filledQuantity: '4', at: later(90) })).status).toBe(
      'cancelled',
    );
  });
  it('is never taken for the bust when it was seen to go down', () => {
    const looked = reported({ filledQuantity: '4', isComplete: true, at: later(70) });
    expect(types(filled('4', '4'), amended(bust('E4'), '0'), looked)).not.toContain('ExecutionsConfirmed');
    expect(state(filled('4', '4'), amended(bust('E4'), '0'), looked)).toMatchObject({ confirmed: [] });
  });
  it('and is less than what stands shows that a bust was missed', () => {
    const known = state(filled('4', '4'));
    expect(countsLess(known, count('0', 70))).toBe(true);
    expect(countsLess(known, count('0', 1))).toBe(false);
    expect(countsLess(known, count('4', 70))).toBe(false);
  });
});

describe('executions with one count', () => {
  const first = filled('4', '4');
  const again = filled('4', '4', { executionId: 'F4', executedAt: later(90) });

  it('are two when one was busted in between', () => {
    const events = news(first, amended(bust('E4'), '0'), again, again);
    expect(events.map(({ type }) => type)).toEqual(['OrderPartiallyFilled', 'ExecutionBusted', 'OrderPartiallyFilled']);
    expect(events.at(-1)).toMatchObject({ data: { repeat: 1, filledQuantity: '4' } });
  });
  it('count once while nothing tells them apart, and are told apart by the bust', () => {
    expect(types(first, again, again)).toEqual(['OrderPartiallyFilled', 'ExecutionHeldBack']);
    expect(stands(first, again)).toBe('4');
    const events = news(first, again, amended(bust('E4'), '4'));
    expect(events.map(({ type }) => type).slice(2)).toEqual(['ExecutionBusted', 'OrderPartiallyFilled']);
    expect(events.at(-1)).toMatchObject({ data: { execution: { executionId: 'F4' }, repeat: 1, filledQuantity: '4' } });
  });
  it('are one when the stream and the records name it, whichever comes first', () => {
    const row = filled('4', '4', { executionId: null, recordId: 'R4' });
    expect(types(first, row)).toEqual(['OrderPartiallyFilled']);
    expect(types(row, first, row)).toEqual(['OrderPartiallyFilled', 'ExecutionIdentified']);
  });
  it('are held back with both names, when the records tell of one and the stream of the other', () => {
    const [row, other] = [
      filled('4', '4', { executionId: null, recordId: 'R4' }),
      filled('4', '4', { executionId: null, recordId: 'S4', executedAt: later(90) }),
    ];
    const all = state(row, other, again);
    expect(all.heldBack).toMatchObject([{ executionId: 'F4', recordId: 'S4' }]);
    expect(toText(filledOf(all, 'B1'))).toBe('4');
  });
});

it('what was executed for certain is no more than the broker has counted up to', () => {
  // The second one was told after a bust that is not known yet.
  const known = state(filled('4', '4'), filled('6', '6', { executionId: 'F6' }));
  expect([toText(filledOf(known, 'B1')), toText(certainlyFilled(known, 'B1'))]).toEqual(['10', '6']);
  expect(known.status).toBe('working');
});

it('an order whose quantity the broker has changed, and that was not placed here, has the newest one', () => {
  const observe: OrderCommand = {
    type: 'ObserveOrder',
    ticket: ticket(),
    brokerOrderId: 'B1',
    parentOrderId: 'parent',
    role: 'stop_loss',
    at: later(0),
  };
  const restated = (quantity: string, seconds: number): OrderCommand =>
    reported({ terms: { ...report().terms, quantity }, at: later(seconds), status: 'pending' });
  const atWork = reported({ status: 'open', at: later(2) });
  const { events, state: exit } = after(
    observe,
    restated('10', 1),
    restated('4', 3),
    restated('10', 2),
    restated('4', 4),
  );
  expect(events.map(({ type }) => type)).toEqual(['OrderObserved', 'OrderRestated']);
  expect(exit).toMatchObject({ ticket: { quantity: '4' }, exitActive: false });
  const working = after(observe, restated('4', 3), atWork, atWork);
  expect(working.events.map(({ type }) => type)).toEqual(['OrderObserved', 'OrderRestated', 'ExitActivated']);
});
