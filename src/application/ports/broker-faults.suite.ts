import { describe, expect, it } from 'vitest';
import { admitted, changeAdmitted } from '../../domain/risk-policy/samples.suite.ts';

import { clientOrderId } from '../../domain/order/client-order-id.ts';
import { follow, isAbout, sampleTicket, submitted, working } from './broker-samples.suite.ts';
import type { BrokerFault, BrokerUnderTest } from './broker.suite.ts';
import type { Broker, BrokerAccess, BrokerOrder, LookUp } from './broker.ts';

/** What a fault leaves behind: whether the request had its effect, and whether the caller is told that it had none. */
const FAULTS: readonly { fault: BrokerFault; hasEffect: boolean; known: boolean }[] = [
  { fault: 'lost_on_the_way', hasEffect: false, known: false },
  { fault: 'answer_lost', hasEffect: true, known: false },
  { fault: 'answer_cut_short', hasEffect: true, known: false },
  { fault: 'answer_is_an_error', hasEffect: true, known: false },
  { fault: 'answer_is_a_page', hasEffect: true, known: false },
  { fault: 'answer_is_late', hasEffect: true, known: false },
  { fault: 'out_of_order', hasEffect: false, known: false },
  { fault: 'too_many_requests', hasEffect: false, known: true },
];

type Read = (broker: Broker, access: BrokerAccess, order: BrokerOrder) => Promise<LookUp<unknown>>;

const READS: readonly { readonly name: string; readonly read: Read }[] = [
  { name: 'by id', read: (broker, access, order) => broker.byId(access, order.brokerOrderId) },
  { name: 'by client id', read: (broker, access, order) => broker.byClientOrderId(access, order.clientOrderId) },
  { name: 'executions', read: (broker, access, order) => broker.executionsOf(access, order.brokerOrderId) },
  { name: 'all executions', read: (broker, access) => broker.executionsAfter(access, '2000-01-01T00:00:00.000Z') },
  { name: 'all orders', read: (broker, access) => broker.submittedAfter(access, '2000-01-01T00:00:00.000Z') },
];

export function faultCases(under: () => BrokerUnderTest): void {
  describe.each(FAULTS)('$fault', ({ fault, hasEffect, known }) => {
    it('while placing: never called accepted or rejected, and never sent twice', async () => {
      const { broker, openAccount, spoil, ledger } = under();
      const access = await openAccount();
      await spoil(access, 'place', fault);
      const ticket = sampleTicket();
      const outcome = await broker.submit(access, admitted(ticket), ticket.orderId);
      expect(outcome).toMatchObject({ kind: known ? 'not_sent' : 'unknown', reason: expect.stringMatching(/\w+/) });
      expect(await ledger(access)).toHaveLength(hasEffect ? 1 : 0);

      const found = await broker.byClientOrderId(access, ticket.orderId);
      expect(found.kind).toBe(hasEffect ? 'found' : 'not_found');
      const again = await broker.submit(access, admitted(ticket), ticket.orderId);
      expect(again.kind).toBe(hasEffect ? 'known_already' : 'acknowledged');
      expect(await ledger(access)).toHaveLength(1);
    });

    it('while replacing: never called accepted or refused', async () => {
      const { broker, openAccount, spoil, ledger } = under();
      const access = await openAccount();
      const followed = await follow(under(), access);
      const old = await working(broker, access, followed);
      await spoil(access, 'change', fault);
      const newId = clientOrderId(old.clientOrderId, 1);
      const terms = { ...old.terms, quantity: '7' };
      expect(
        await broker.replace(access, old.brokerOrderId, changeAdmitted(sampleTicket(), 1, terms), newId),
      ).toMatchObject({ kind: 'unknown' });
      expect((await broker.byClientOrderId(access, newId)).kind).toBe(hasEffect ? 'found' : 'not_found');
      expect(await ledger(access)).toHaveLength(hasEffect ? 2 : 1);
    });

    it.each(READS)('while reading $name: unknown, never "not found"', async ({ read }) => {
      const { broker, openAccount, spoil } = under();
      const access = await openAccount();
      const order = await submitted(broker, access, sampleTicket());
      await spoil(access, 'read', fault);
      expect(await read(broker, access, order)).toMatchObject({ kind: 'unknown' });
      expect(await read(broker, access, order)).toMatchObject({ kind: 'found' });
    });
  });

  /** An answer that has no body can not be cut short. */
  const withoutBody = FAULTS.filter(({ fault }) => fault !== 'answer_cut_short');

  it.each(withoutBody)('$fault while cancelling: in doubt, and an update tells', async ({ fault, hasEffect }) => {
    const { broker, openAccount, spoil } = under();
    const access = await openAccount();
    const followed = await follow(under(), access);
    const { brokerOrderId } = await working(broker, access, followed);
    await spoil(access, 'cancel', fault);
    expect(await broker.cancel(access, brokerOrderId)).toMatchObject({ kind: 'unknown' });
    if (!hasEffect) expect(await broker.cancel(access, brokerOrderId)).toEqual({ kind: 'accepted' });
    await followed.until((update) => isAbout(update, brokerOrderId) && update.order.status === 'cancelled');
  });
}
