import { describe, expect, it } from 'vitest';
import {
  clientOrderId,
  formerClientOrderId,
  isSurelyOurs,
  MOST_CHANGES,
  readClientOrderId,
} from './client-order-id.ts';

const ID = '018f2f6e-0000-7000-8000-000000000001';

describe('a client order id', () => {
  it('names the order and the replacement, with the prefix and as it was without', () => {
    for (const revision of [0, 1, 999]) {
      expect(readClientOrderId(clientOrderId(ID, revision))).toEqual({ orderId: ID, revision });
      expect(readClientOrderId(formerClientOrderId(ID, revision))).toEqual({ orderId: ID, revision });
    }
  });
  it('fits where the broker takes the fewest characters', () => {
    expect(clientOrderId(ID, 999)).toBe(`tradsy-${ID}~r999`);
    expect(clientOrderId(ID, 999)).toHaveLength(48);
  });
  it('is surely ours only with the prefix', () => {
    expect([clientOrderId(ID, 0), clientOrderId(ID, 2)].every(isSurelyOurs)).toBe(true);
    expect([ID, `${ID}~r1`, 'tradsy-', `tradsy-${ID}~r0`, `tradsy-${ID} `].some(isSurelyOurs)).toBe(false);
  });
  it.each(['', 'x', `tradsy-tradsy-${ID}`, `tradsy-${ID}~r1000`, `${ID}~`, ID.toUpperCase(), `other-${ID}`])(
    'is not %j',
    (id) => {
      expect(readClientOrderId(id)).toBeNull();
    },
  );
});

it('has room for every change that is allowed, and for no more', () => {
  expect(readClientOrderId(clientOrderId(ID, MOST_CHANGES))).toEqual({ orderId: ID, revision: MOST_CHANGES });
  expect(readClientOrderId(clientOrderId(ID, MOST_CHANGES + 1))).toBeNull();
});
