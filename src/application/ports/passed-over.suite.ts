import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import type { EventPlace, PassedOver } from './progress.ts';

/** The promises of the `PassedOver` port; `open` gives an empty one for each case. */
export function passedOverSuite(
  name: string,
  open: () => Promise<{ readonly passedOver: PassedOver; close(): Promise<void> }>,
): void {
  describe(`passed-over events: ${name}`, () => {
    let opened: Awaited<ReturnType<typeof open>>;
    beforeEach(async () => {
      opened = await open();
    });
    afterEach(() => opened.close());

    const place = (stream: string, revision: number, position: string): EventPlace => ({ stream, revision, position });
    const later = place('order-1', 10, '0000B');
    const first = place('risk-1', 12, '00002');
    const second = place('order-1', 9, '0000A');

    it('are kept in the total order, each reaction its own', async () => {
      const { passedOver } = opened;
      for (const event of [later, first, second]) await passedOver.add('book-fills', event);
      await passedOver.add('other', second);
      expect(await passedOver.load('book-fills')).toEqual([first, second, later]);
      expect(await passedOver.load('other')).toEqual([second]);
      expect(await passedOver.load('a third')).toEqual([]);
    });

    it('are kept once, however often they are added', async () => {
      const { passedOver } = opened;
      for (const event of [first, second, first]) await passedOver.add('book-fills', event);
      expect(await passedOver.load('book-fills')).toEqual([first, second]);
    });

    it('are gone when they are removed, for that reaction', async () => {
      const { passedOver } = opened;
      for (const event of [first, second]) await passedOver.add('book-fills', event);
      await passedOver.add('other', first);
      await passedOver.remove('book-fills', first);
      await passedOver.remove('book-fills', later);
      expect(await passedOver.load('book-fills')).toEqual([second]);
      expect(await passedOver.load('other')).toEqual([first]);
    });
  });
}
