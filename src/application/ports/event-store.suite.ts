import { afterEach, beforeEach, describe } from 'vitest';

import { chainCases } from './event-store-chain.suite.ts';
import { appendCases } from './event-store-append.suite.ts';
import { followCases } from './event-store-follow.suite.ts';
import { readCases } from './event-store-read.suite.ts';
import type { EventStore } from './event-store.ts';

export interface OpenStore {
  readonly store: EventStore;
  close(): Promise<void>;
}

/**
 * The promises of the `EventStore` port as test cases; every adapter runs all of them.
 *
 * @param open gives an empty store, one for each case.
 */
export function eventStoreSuite(name: string, open: () => Promise<OpenStore>): void {
  describe(`event store: ${name}`, () => {
    let opened: OpenStore;
    beforeEach(async () => {
      opened = await open();
    });
    afterEach(() => opened.close());

    const store = (): EventStore => opened.store;
    describe('append', () => appendCases(store));
    describe('read', () => readCases(store));
    describe('follow', () => followCases(store));
    describe('chain', () => chainCases(store));
  });
}
