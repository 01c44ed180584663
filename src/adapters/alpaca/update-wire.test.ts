import { describe, expect, it } from 'vitest';
import { alpacaOrder } from '../../../test/adapters/alpaca-setup.ts';
import { readOrder } from './order-wire.ts';
import { readFrame } from './update-wire.ts';

const frame = (message: unknown) => readFrame(Buffer.from(JSON.stringify(message)));
const update = (data: object) => frame({ stream: 'trade_updates', data });

describe('the status of an order', () => {
  it.each([
    ['pending_new', 'pending'],
    ['accepted', 'pending'],
    ['accepted_for_bidding', 'pending'],
    ['pending_review', 'pending'],
    ['held', 'pending'],
    ['new', 'open'],
    ['partially_filled', 'open'],
    ['pending_cancel', 'open'],
    ['pending_replace', 'open'],
    ['done_for_day', 'open'],
    ['stopped', 'open'],
    ['suspended', 'open'],
    ['calculated', 'open'],
    ['filled', 'filled'],
    ['canceled', 'cancelled'],
    ['expired', 'expired'],
    ['rejected', 'rejected'],
    ['replaced', 'replaced'],
    ['a_word_of_tomorrow', 'open'],
  ])('%s is %s', (status, reported) => {
    expect(readOrder(alpacaOrder({ status }))).toMatchObject({ order: { status: reported } });
  });

  it('a replacement is not confirmed by a request to cancel or replace it', () => {
    for (const status of ['pending_cancel', 'pending_replace']) {
      expect(readOrder(alpacaOrder({ status, replaces: 'b-0' }))).toMatchObject({ order: { status: 'pending' } });
    }
    expect(readOrder(alpacaOrder({ status: 'new', replaces: 'b-0' }))).toMatchObject({ order: { status: 'open' } });
  });
});

describe('the terms of an order', () => {
  it('do not hold where a trailing stop stands at the moment', () => {
    const trailing = alpacaOrder({ type: 'trailing_stop', limit_price: null, stop_price: '97.5', trail_price: '2.5' });
    expect(readOrder(trailing)).toMatchObject({ order: { terms: { stopPrice: null }, trailPrice: '2.5' } });
    const stop = alpacaOrder({ type: 'stop', limit_price: null, stop_price: '97.5' });
    expect(readOrder(stop)).toMatchObject({ order: { terms: { stopPrice: '97.5' } } });
  });
});

describe('a frame of the trading stream', () => {
  const fill = {
    event: 'partial_fill',
    execution_id: 'e-1',
    price: '150.1',
    qty: '4',
    position_qty: '4',
    timestamp: '2026-11-23T15:00:03.123456789Z',
    at: '2026-11-23T15:00:04Z',
    order: alpacaOrder({ status: 'partially_filled', filled_qty: '7' }),
  };

  it('brings an execution, with what the order counts after it', () => {
    expect(update(fill)).toMatchObject({
      kind: 'updates',
      updates: [
        {
          kind: 'order',
          order: { status: 'open', filledQuantity: '7' },
          execution: {
            brokerOrderId: 'b0000000-0000-4000-8000-000000000001',
            executionId: 'e-1',
            quantity: '4',
            price: '150.1',
            cumulativeQuantity: '7',
            executedAt: '2026-11-23T15:00:03.123456789Z',
          },
          refused: null,
          reason: null,
        },
      ],
    });
  });

  it('tells which request the broker refused, and why', () => {
    const order = alpacaOrder();
    expect(update({ event: 'order_cancel_rejected', reason: 'TOO_LATE_TO_CANCEL', order })).toMatchObject({
      updates: [{ kind: 'order', execution: null, refused: 'cancel', reason: 'TOO_LATE_TO_CANCEL' }],
    });
    expect(update({ event: 'order_replace_rejected', order })).toMatchObject({
      updates: [{ kind: 'order', refused: 'replace', reason: null }],
    });
  });

  it('with an unknown status is handed over, and again to the letter', () => {
    const message = { stream: 'trade_updates', data: { event: 'new', order: alpacaOrder({ status: 'odd' }) } };
    expect(frame(message)).toMatchObject({
      updates: [
        { kind: 'order', order: { status: 'open' } },
        { kind: 'unreadable', raw: JSON.stringify(message), problem: 'unknown order status odd' },
      ],
    });
  });

  it('of a fill without a price brings the order, and itself to the letter', () => {
    expect(update({ ...fill, price: undefined })).toMatchObject({
      updates: [{ kind: 'order', order: { filledQuantity: '7' }, execution: null }, { kind: 'unreadable' }],
    });
  });

  const bust = {
    event: 'trade_bust',
    execution_id: 'x-1',
    previous_execution_id: 'e-1',
    reason: 'TRADE_BUST',
    timestamp: '2026-11-23T15:00:03.123456789Z',
    at: '2026-11-24T14:00:00.5Z',
    order: alpacaOrder({ status: 'filled', filled_qty: '3' }),
  };

  it('undoes an execution, at the time when that was done', () => {
    expect(update(bust)).toMatchObject({
      updates: [
        {
          kind: 'order',
          order: { status: 'filled', filledQuantity: '3' },
          execution: null,
          amendment: { kind: 'bust', executionId: 'e-1', bustId: 'x-1', at: '2026-11-24T14:00:00.5Z' },
          reason: 'TRADE_BUST',
        },
      ],
    });
    expect(update({ ...bust, previous_execution_id: null, execution_id: 'e-1', at: null })).toMatchObject({
      updates: [{ amendment: { kind: 'bust', executionId: 'e-1', bustId: null, at: bust.timestamp } }],
    });
  });

  it('changes an execution, which has another name then', () => {
    const correction = { ...bust, event: 'trade_correct', qty: '3', price: '150.05' };
    const corrected = { quantity: '3', price: '150.05' };
    expect(update(correction)).toMatchObject({
      updates: [{ amendment: { kind: 'correction', executionId: 'e-1', correctedId: 'x-1', corrected, at: bust.at } }],
    });
    expect(update({ ...correction, execution_id: undefined })).toMatchObject({
      updates: [{ amendment: { executionId: 'e-1', correctedId: `e-1@${bust.at}` } }],
    });
  });

  it('of a bust or a correction that lacks something brings the order, and itself to the letter', () => {
    for (const data of [
      { ...bust, execution_id: null, previous_execution_id: null },
      { ...bust, event: 'trade_correct', qty: '3' },
      { ...bust, at: 'yesterday' },
    ]) {
      expect(update(data)).toMatchObject({
        updates: [{ kind: 'order', amendment: null, order: { filledQuantity: '3' } }, { kind: 'unreadable' }],
      });
    }
  });

  it.each(['accepted', 'held', 'stopped', 'suspended', 'calculated', 'done_for_day'])(
    'of event %s is plain',
    (event) => {
      const order = alpacaOrder({ status: event });
      expect(update({ event, order })).toMatchObject({
        updates: [{ kind: 'order', execution: null, amendment: null }],
      });
    },
  );

  it.each(['restated', 'an_event_of_tomorrow'])('of event %s brings the order, and itself for a person', (event) => {
    expect(update({ ...fill, event })).toMatchObject({
      updates: [
        { kind: 'order', order: { filledQuantity: '7' }, execution: null },
        {
          kind: 'unreadable',
          problem: expect.stringContaining(event) as string,
          clientOrderId: '018f2f6e-0000-7000-8000-000000000001',
        },
      ],
    });
  });

  it('that is no message of ours is kept to the letter, never dropped', () => {
    const unreadable: [Buffer, string][] = [
      [Buffer.from('{"stream":'), '{"stream":'],
      [Buffer.from('hello'), 'hello'],
      [Buffer.from('[]'), '[]'],
      [Buffer.from('{"stream":"news","data":{}}'), '{"stream":"news","data":{}}'],
      [Buffer.from([0x82, 0xff, 0x00]), 'base64:gv8A'],
    ];
    for (const [data, raw] of unreadable) {
      expect(readFrame(data)).toMatchObject({ updates: [{ kind: 'unreadable', raw, clientOrderId: null }] });
    }
    const odd = { stream: 'trade_updates', data: { event: 'fill', order: { client_order_id: 'c-1' } } };
    expect(frame(odd)).toMatchObject({ updates: [{ kind: 'unreadable', clientOrderId: 'c-1' }] });
  });

  it('of the protocol', () => {
    const authorization = (status: string) => ({ stream: 'authorization', data: { status, action: 'authenticate' } });
    expect(frame(authorization('authorized'))).toEqual({ kind: 'authorized' });
    expect(frame(authorization('unauthorized'))).toEqual({ kind: 'unauthorized' });
    expect(frame(authorization('busy'))).toMatchObject({ kind: 'complaint' });
    expect(frame({ stream: 'listening', data: { streams: ['trade_updates'] } })).toEqual({ kind: 'listening' });
    expect(frame({ stream: 'listening', data: { streams: [] } })).toMatchObject({ kind: 'complaint' });
    expect(frame({ action: 'error', data: { error_message: 'bad frame' } })).toEqual({
      kind: 'complaint',
      reason: 'bad frame',
    });
    expect(readFrame(Buffer.from([1]))).toEqual({ kind: 'keep_alive' });
  });
});
