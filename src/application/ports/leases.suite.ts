import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import type { Lease, Leases } from './leases.ts';

export interface OpenLeases {
  /** As another process has them. */
  another(): Leases;
  close(): Promise<void>;
}

/** Resolves when `signal` aborts. */
export const aborted = (signal: Lease['signal']): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });

/** The lease, which must be free or become so. */
export async function taken(leases: Leases, name: Parameters<Leases['take']>[0] = 'order-desk'): Promise<Lease> {
  const lease = await leases.take(name, new AbortController().signal);
  if (lease === null) throw new Error('not taken, though nobody aborted');
  return lease;
}

/**
 * The promises of the `Leases` port as test cases; every adapter runs all of them.
 *
 * @param open gives leases that nobody ever had, one for each case.
 */
export function leasesSuite(adapter: string, open: () => Promise<OpenLeases>): void {
  describe(`leases: ${adapter}`, () => {
    let opened: OpenLeases;
    beforeEach(async () => {
      opened = await open();
    });
    afterEach(() => opened.close());

    it('have one holder at a time, and who waits is next when it is released', async () => {
      const first = await taken(opened.another());
      const order: string[] = [];
      const next = taken(opened.another()).then((heir) => {
        order.push('taken');
        return heir;
      });
      // Meanwhile a lease that is free is taken, so this one would be too.
      await taken(opened.another(), 'book-fills').then((other) => other.release());
      order.push('released');
      await first.release();
      await (await next).release();
      expect(order).toEqual(['released', 'taken']);
    });

    it('of different names have different holders', async () => {
      const [desk, fills] = [await taken(opened.another()), await taken(opened.another(), 'book-fills')];
      expect([desk.signal.aborted, fills.signal.aborted]).toEqual([false, false]);
      await Promise.all([desk.release(), fills.release()]);
    });

    it('have fences that only grow, each name its own', async () => {
      const fences: number[] = [];
      for (let turn = 0; turn < 3; turn += 1) {
        const lease = await taken(opened.another());
        fences.push(lease.fence);
        await lease.release();
      }
      expect(fences).toEqual([1, 2, 3]);
      const other = await taken(opened.another(), 'book-fills');
      expect(other.fence).toBe(1);
      await other.release();
    });

    it('end their work with the signal they were taken with, and stay held until they are released', async () => {
      const ending = new AbortController();
      const lease = await opened.another().take('order-desk', ending.signal);
      if (lease === null) throw new Error('not taken');
      ending.abort();
      expect(lease.signal.aborted).toBe(true);
      const order: string[] = [];
      const next = taken(opened.another()).then((heir) => {
        order.push('taken');
        return heir;
      });
      await taken(opened.another(), 'book-fills').then((other) => other.release());
      order.push('work ended');
      await lease.release();
      await (await next).release();
      expect(order).toEqual(['work ended', 'taken']);
    });

    it('are not taken for one who has stopped waiting', async () => {
      const gone = AbortSignal.abort();
      expect(await opened.another().take('order-desk', gone)).toBeNull();
      const lease = await taken(opened.another());
      expect(lease.fence).toBe(1);
      await lease.release();
    });
  });
}
