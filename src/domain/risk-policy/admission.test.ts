import { describe, expect, it } from 'vitest';
import { ticket } from '../order/samples.suite.ts';
import type { Admission } from './admission.ts';
import { admissionOf, replacementAdmissionOf } from './admission.ts';
import { after, assess, BASIS, market, NOW, readInputs } from './samples.suite.ts';

const order = market({ orderId: 'order-1', quantity: '2' });
const terms = { quantity: '3', limitPrice: null, stopPrice: null, timeInForce: 'day' } as const;
const change = {
  type: 'AssessReplacement',
  orderId: 'order-1',
  revision: 1,
  inputs: readInputs(),
  basis: BASIS,
  at: NOW,
} as const;

describe('an admission', () => {
  it('is had for exactly the order that was admitted', () => {
    const { state } = after(assess(order));
    expect(admissionOf(state, order)?.ticket).toEqual(order);
    expect(admissionOf(state, { ...order, quantity: '3' })).toBeNull();
    expect(admissionOf(state, { ...order, accountId: 'another' })).toBeNull();
    expect(admissionOf(state, { ...order, orderId: 'order-2' })).toBeNull();
  });

  it('is not had for an order that was denied', () => {
    const { state } = after(assess(order, { missing: ['terms'] }));
    expect(admissionOf(state, order)).toBeNull();
  });

  it('is had for the changes that were admitted, and no others', () => {
    const other = { ...terms, quantity: '4' };
    const { state } = after(assess(order), { ...change, terms }, { ...change, terms: other });
    const orderId = 'order-1';
    expect(replacementAdmissionOf(state, { orderId, revision: 1, terms })).toEqual({ orderId, revision: 1, terms });
    expect(replacementAdmissionOf(state, { orderId, revision: 1, terms: other })).not.toBeNull();
    expect(replacementAdmissionOf(state, { orderId, revision: 2, terms })).toBeNull();
    expect(replacementAdmissionOf(state, { orderId, revision: 1, terms: { ...terms, quantity: '5' } })).toBeNull();
    expect(replacementAdmissionOf(state, { orderId: 'order-2', revision: 1, terms })).toBeNull();
  });

  it('can not be written by hand', () => {
    // @ts-expect-error the compiler lets nothing pass for an admission that admission.ts has not made
    const forged: Admission = { ticket: ticket(), channel: 'broker-api', admittedAt: NOW };
    expect(forged).toBeDefined();
  });
});
