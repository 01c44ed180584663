import { afterAll, beforeAll, describe } from 'vitest';

import { accountCases } from './broker-accounts.suite.ts';
import { cancelAllCases } from './broker-cancel-all.suite.ts';
import { entryCases } from './broker-entry.suite.ts';
import { faultCases } from './broker-faults.suite.ts';
import { recordCases } from './broker-records.suite.ts';
import { updateCases } from './broker-updates.suite.ts';
import type { Broker, BrokerAccess } from './broker.ts';

/** What goes wrong with the next request of one kind, or with the account's update stream. */
export type BrokerFault =
  /** The request never gets to the broker, though it left. */
  | 'lost_on_the_way'
  /** The broker works on the request; its answer is lost, broken, a server error, somebody else's page, or late. */
  | 'answer_lost'
  | 'answer_cut_short'
  | 'answer_is_an_error'
  | 'answer_is_a_page'
  | 'answer_is_late'
  /** The broker fails before it works on the request, or asks to come back later. */
  | 'out_of_order'
  | 'too_many_requests';

/** An order in the broker's own books, under the broker's own id. */
export interface LedgerOrder {
  readonly brokerOrderId: string;
  readonly clientOrderId: string;
  readonly filledQuantity: string;
}

/** A broker with a hand behind its counter. No order trades unless `trade` says so. */
export interface BrokerUnderTest {
  readonly broker: Broker;
  /** A new account with 100,000 dollars and nothing in it, which may trade now. */
  readonly openAccount: () => Promise<BrokerAccess>;
  /** Sets the last price of a symbol. */
  readonly setPrice: (symbol: string, price: string) => Promise<void>;
  /** Executes part of an open order. */
  readonly trade: (brokerOrderId: string, quantity: string, price: string) => Promise<void>;
  /** Undoes an execution, by the name that the update stream gave it; the order's count of what is filled may follow or not. */
  readonly bust: (executionId: string, count: 'follows' | 'stays') => Promise<void>;
  /** Changes an execution. */
  readonly correct: (executionId: string, quantity: string, price: string) => Promise<void>;
  /** Sends an order update with a word that nobody knows. */
  readonly sayStrangely: (brokerOrderId: string) => Promise<void>;
  /** Spoils the next request of the account with this method: placing, changing, cancelling or reading orders. */
  readonly spoil: (
    access: BrokerAccess,
    request: 'place' | 'change' | 'cancel' | 'read',
    fault: BrokerFault,
  ) => Promise<void>;
  /** Cuts the account's update stream; it can be opened again at once. */
  readonly cutStream: (access: BrokerAccess) => Promise<void>;
  /** Sends the next update of the account twice. */
  readonly repeatNextUpdate: (access: BrokerAccess) => Promise<void>;
  /** Ends the right to act for the account. */
  readonly revoke: (access: BrokerAccess) => Promise<void>;
  /** All orders of the account, from the broker's own books. */
  readonly ledger: (access: BrokerAccess) => Promise<readonly LedgerOrder[]>;
  readonly close: () => Promise<void>;
}

/**
 * The promises of the `Broker` port as test cases; every adapter runs all of them.
 *
 * @param open gives a broker that all cases share; each opens an account of its own.
 */
export function brokerSuite(name: string, open: () => Promise<BrokerUnderTest>): void {
  describe(`broker: ${name}`, () => {
    let opened: BrokerUnderTest;
    beforeAll(async () => {
      opened = await open();
    });
    afterAll(() => opened.close());

    const under = (): BrokerUnderTest => opened;
    describe('order entry', () => entryCases(under));
    describe('cancelling all', () => cancelAllCases(under));
    describe('faults', () => faultCases(under));
    describe('updates', () => updateCases(under));
    describe('records', () => recordCases(under));
    describe('accounts', () => accountCases(under));
  });
}
