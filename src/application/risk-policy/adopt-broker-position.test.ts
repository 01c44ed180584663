import { describe, expect, it } from 'vitest';
import { netQuantity } from '../../domain/kernel/lots.ts';
import { toText } from '../../domain/kernel/decimal.ts';
import { holdingOf } from '../../domain/risk-policy/state.ts';
import { openFollowedAccount } from '../order/followed-account.suite.ts';
import { USER } from '../order/order-path.suite.ts';
import { createAdoptBrokerPosition } from './adopt-broker-position.ts';

/** An account that holds nothing by our record, and 15 shares by the broker's. */
async function openDiffering() {
  const account = await openFollowedAccount();
  account.paper.hold('AAPL', '15');
  await account.compare();
  const needs = { ...account.needs, venue: account.placing.venue };
  const adoptAs = (changes: Partial<typeof needs>) => {
    const adopt = createAdoptBrokerPosition({ ...needs, ...changes });
    return (quantity: string, symbol = 'AAPL', userId = USER) =>
      adopt({ userId, symbol, quantity, cause: account.cause });
  };
  return {
    ...account,
    adoptAs,
    adopt: adoptAs({}),
    held: async () => toText(netQuantity(holdingOf(await account.risk(), 'AAPL'))),
  };
}

describe('adopting the broker’s position', () => {
  it('is done once, however often it is asked for', async () => {
    const account = await openDiffering();
    expect(await account.adopt('15')).toEqual({ kind: 'done', position: expect.any(String) as string });
    expect(await account.adopt('15.0')).toEqual({ kind: 'done', position: null });
    expect((await account.riskTypes()).slice(-2)).toEqual(['PositionMismatchFound', 'BrokerPositionAdopted']);
    expect(await account.held()).toBe('15');
    expect(await account.compare()).toBe('agrees');
  });

  it('takes what the person has seen, and nothing else', async () => {
    const account = await openDiffering();
    account.paper.hold('AAPL', '16');
    expect(await account.adopt('15')).toEqual({ kind: 'refused', code: 'position_moved' });
    expect(await account.held()).toBe('0');
    expect(await account.adopt('16')).toMatchObject({ kind: 'done' });
    expect(await account.held()).toBe('16');
  });

  it('takes a position that the broker has no more', async () => {
    const account = await openDiffering();
    await account.adopt('15');
    account.paper.hold('AAPL', '0');
    await account.compare();
    expect(await account.adopt('0')).toMatchObject({ kind: 'done' });
    expect(await account.held()).toBe('0');
  });

  it('is refused where both hold the same, for another symbol, and for another user', async () => {
    const account = await openDiffering();
    const notFound = { kind: 'refused', code: 'not_found' };
    expect(await account.adopt('0', 'IBM')).toEqual(notFound);
    expect(await account.adopt('15', 'AAPL', '99999999-9999-4999-8999-999999999999')).toEqual(notFound);
    expect(await account.held()).toBe('0');
  });

  it('needs a link, and a broker that answers', async () => {
    const account = await openDiffering();
    const unlinked = account.adoptAs({ linked: { ...account.needs.linked, accessFor: () => Promise.resolve(null) } });
    expect(await unlinked('15')).toEqual({ kind: 'refused', code: 'broker_link_missing' });
    account.paper.fallSilent();
    expect(await account.adopt('15')).toEqual({ kind: 'refused', code: 'broker_unavailable' });
  });
});
