import { performance } from 'node:perf_hooks';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { openTestStore, type TestStore } from '../../../../test/support/postgres-store.ts';
import { orderStory } from '../../../../contracts/story.ts';
import { eventId } from '../../../application/ports/event-id.ts';
import { START, type NewEvent } from '../../../application/ports/event-store.ts';
import { orderStream } from '../../../domain/order/events.ts';
import { riskStream } from '../../../domain/risk-policy/events.ts';
import { ACCOUNT, applyAll, AT, cause, createDesk, type Desk } from './desk.suite.ts';
import { createReadStory, storyView, type ReadStory } from './story.ts';

describe('the story of an order', () => {
  let opened: TestStore;
  let desk: Desk;
  let readStory: ReadStory;
  beforeEach(async () => {
    opened = await openTestStore();
    desk = createDesk(opened.store);
    readStory = createReadStory(opened.pool, opened.store);
  });
  afterEach(() => opened.close());

  const told = async (orderId: string) => {
    const story = await readStory(ACCOUNT, orderId);
    if (story === null) throw new Error('no such story');
    expect(orderStory.parse(story)).toEqual(story);
    return story;
  };
  const catchUp = async (): Promise<void> => applyAll(opened.pool, await opened.store.readAll(START, 100_000));

  it('tells of a filled order from the check to the booking, in recorded order', async () => {
    const orderId = await desk.place();
    await desk.order(orderId, { type: 'ClaimSubmission', claimId: 'claim', at: AT });
    await desk.tell(orderId);
    await desk.trade('buy', '1', '187.25');
    await desk.fill(orderId, '4', '4');
    await desk.fill(orderId, '6', '10', { price: '187.2' });
    const story = await told(orderId);
    expect(story).toMatchObject({
      orderId,
      accountId: ACCOUNT,
      symbol: 'AAPL',
      outcome: 'filled',
      summary: 'Buy 10 AAPL at $187.25 limit, day',
      breaches: [],
    });
    expect(story.events.map(({ type, sentence }) => `${type}: ${sentence}`)).toEqual([
      'OrderAdmitted: Checked against all rules and admitted; 10 shares at $187.25.',
      'OrderPlaced: Placed: Buy 10 AAPL at $187.25 limit, day.',
      'SubmissionClaimed: Sending to the broker (attempt 1).',
      `OrderAcknowledged: Acknowledged by the broker as B-${orderId}.`,
      'OrderPartiallyFilled: Filled 4 of 10 at $187.25.',
      'FillBooked: Booked: bought 4 AAPL at $187.25.',
      'OrderFilled: Filled 6 more at $187.20; 10 of 10 by now.',
      'FillBooked: Booked: bought 6 AAPL at $187.20.',
      'ReservationReleased: What was reserved for the order is free again (filled).',
    ]);
    const all = [
      ...(await opened.store.readStream(orderStream(orderId))),
      ...(await opened.store.readStream(riskStream(ACCOUNT))),
    ];
    for (const event of story.events) {
      const stored = all.find(({ id }) => id === event.id);
      expect(event).toMatchObject({
        stream: stored?.stream,
        revision: stored?.revision,
        at: stored?.recordedAt,
        data: stored?.data,
        correlationId: cause.correlationId,
      });
    }
  });

  it('is the same before, while and after the view has come along', async () => {
    const first = await desk.send();
    await desk.fill(first, '4', '4');
    for (let others = 0; others < 30; others += 1) await desk.assess();
    const behind = await told(first);
    await catchUp();
    expect(await told(first)).toEqual(behind);
    await desk.fill(first, '6', '10');
    const half = await told(first);
    expect(half.events).toHaveLength(behind.events.length + 3);
    await catchUp();
    expect(await told(first)).toEqual(half);
  });

  it('gives every reason why an order was denied', async () => {
    const { orderId } = await desk.assess(
      { quantity: '20000', type: 'market', limitPrice: null },
      { missing: ['terms'] },
    );
    const story = await told(orderId);
    expect(story).toMatchObject({ outcome: 'denied', summary: 'Buy 20,000 AAPL at market, day' });
    expect(story.breaches.map(({ rule }) => rule)).toEqual([
      'terms',
      'largest_order_value',
      'largest_order_quantity',
      'largest_position',
      'buying_power',
    ]);
    expect(story.breaches[2]).toEqual({
      rule: 'largest_order_quantity',
      limit: '10000',
      actual: '20000',
      unit: 'shares',
      message: 'The order is for 20,000 shares; at most 10,000 shares are allowed.',
    });
    expect(story.events[0]?.sentence).toContain(story.breaches[2]?.message);
  });

  it('tells how far an order has come', async () => {
    const admitted = await desk.assess();
    expect(await told(admitted.orderId)).toMatchObject({ outcome: 'placing', events: [{ type: 'OrderAdmitted' }] });
    const placed = await desk.place();
    expect((await told(placed)).outcome).toBe('placing');
    const working = await desk.send();
    expect((await told(working)).outcome).toBe('working');
    await desk.tell(working, { status: 'expired' });
    expect((await told(working)).outcome).toBe('expired');
  });

  it("is nobody else's", async () => {
    const orderId = await desk.send();
    const denied = await desk.assess({ quantity: '100000' });
    await catchUp();
    for (const id of [orderId, denied.orderId]) expect(await readStory('somebody else', id)).toBeNull();
    for (const id of ['nothing', '\0', '']) expect(await readStory(ACCOUNT, id)).toBeNull();
  });

  it('takes no longer on an account with 5,000 events in its risk stream', { timeout: 60_000 }, async () => {
    const orderId = await desk.send();
    const stream = riskStream(ACCOUNT);
    const [pattern] = await opened.store.readStream(stream);
    const copies = (count: number): NewEvent[] =>
      Array.from({ length: count }, () => ({
        ...pattern!,
        id: eventId(stream, crypto.randomUUID()),
        data: otherOrder(pattern!.data),
      }));
    for (let batch = 0; batch < 10; batch += 1) await opened.store.append(stream, 'any', copies(500));
    await desk.fill(orderId, '10', '10');
    const before = await told(orderId);
    await applyAll(opened.pool, await opened.store.readAll(START, 100_000), [storyView]);
    const times: number[] = [];
    for (let round = 0; round < 5; round += 1) {
      const start = performance.now();
      expect(await readStory(ACCOUNT, orderId)).toEqual(before);
      times.push(performance.now() - start);
    }
    expect(Math.min(...times)).toBeLessThan(200);
  });
});

const otherOrder = (data: unknown): unknown => {
  const admitted = data as { readonly ticket: object };
  return { ...admitted, ticket: { ...admitted.ticket, orderId: crypto.randomUUID() } };
};
