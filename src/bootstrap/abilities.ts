/** What the product can do, put together from the container's parts. */
import type { Container } from 'inversify';
import { childOf } from '../adapters/node/child-signal.ts';
import { createAcceptDocuments } from '../application/account/accept-documents.ts';
import {
  createBeginLink,
  createCompleteLink,
  createReportRevoked,
  createUnlink,
} from '../application/account/link-broker.ts';
import { createLogIn, createRefreshSession, createSignUp } from '../application/account/sign-up.ts';
import { createCancelOrder, createReplaceOrder } from '../application/order/change-order.ts';
import { createFollowUpdates } from '../application/order/follow-broker-updates.ts';
import { createFollowLinkedAccounts } from '../application/order/follow-linked-accounts.ts';
import { createOrderDesk } from '../application/order/order-desk.ts';
import { createPlaceOrder } from '../application/order/place-order.ts';
import { createReconcileAccount } from '../application/order/reconcile-account.ts';
import { createRecordBrokerOrder } from '../application/order/record-broker-order.ts';
import { createSendCancel, createSendReplace, createSettleReplace } from '../application/order/send-requests.ts';
import { createConfirmOrder, createSubmitOrder } from '../application/order/submit-order.ts';
import { createBookFills } from '../application/risk-policy/book-fills.ts';
import { createWatchProtection } from '../application/risk-policy/watch-protection.ts';
import { noHalts } from '../application/risk-policy/halts-on.ts';
import {
  createAllowOrdersAgain,
  createChooseRiskProfile,
  createShowRisk,
  createTightenLimits,
} from '../application/risk-policy/own-limits.ts';
import { createReadFigures } from '../application/risk-policy/read-figures.ts';
import { together } from '../application/together.ts';
import { PORT } from './container.ts';

const SWEEP_EVERY_MS = 5_000;

export type Abilities = ReturnType<typeof createAbilities>;

export function createAbilities(container: Container) {
  const { broker, capabilities, authorization, marketData, venue } = container.get(PORT.alpaca);
  const common = {
    aggregates: container.get(PORT.aggregates),
    store: container.get(PORT.store),
    clock: container.get(PORT.clock),
    ids: container.get(PORT.ids),
    log: container.get(PORT.log),
    linked: container.get(PORT.linked),
    brokerTokens: container.get(PORT.brokerTokens),
    reconciliations: container.get(PORT.reconciliations),
    pass: container.get(PORT.pass),
    broker,
    capabilities,
    authorization,
    marketData,
    venue,
    records: broker,
    updates: broker,
    unfinished: container.get(PORT.orders).unfinished,
    attempts: container.get(PORT.attempts),
    users: container.get(PORT.users),
    passwords: container.get(PORT.passwords),
    sessions: container.get(PORT.sessions),
    tokens: container.get(PORT.tokens),
    sweepEveryMs: SWEEP_EVERY_MS,
    childOf,
  };
  const recordBrokerOrder = createRecordBrokerOrder(common);
  const reportRevoked = createReportRevoked(common);
  const sending = { ...common, recordBrokerOrder, reportRevoked };
  const placing = {
    ...common,
    reportRevoked,
    readFigures: createReadFigures(common),
    haltsOn: noHalts,
    limitTables: container.get(PORT.limitTables),
  };
  const reconcile = createReconcileAccount(sending);
  const desk = createOrderDesk({
    ...sending,
    submit: createSubmitOrder(sending),
    confirm: createConfirmOrder(sending),
    sendCancel: createSendCancel(sending),
    sendReplace: createSendReplace(sending),
  });
  const watchProtection = createWatchProtection({ ...sending, brackets: container.get(PORT.orders).brackets });
  return {
    signUp: createSignUp(common),
    logIn: createLogIn(common),
    refreshSession: createRefreshSession(common),
    acceptDocuments: createAcceptDocuments(common),
    beginLink: createBeginLink(common),
    completeLink: createCompleteLink(common),
    unlink: createUnlink(common),
    placeOrder: createPlaceOrder(placing),
    cancelOrder: createCancelOrder(placing),
    replaceOrder: createReplaceOrder(placing),
    showRisk: createShowRisk(placing),
    chooseRiskProfile: createChooseRiskProfile(placing),
    tightenLimits: createTightenLimits(placing),
    allowOrdersAgain: createAllowOrdersAgain(placing),
    bookFills: createBookFills(common),
    /** With whoever sends: what has been bought is protected, or somebody knows that it is not. */
    desk: { ...desk, run: (signal: AbortSignal) => together([desk.run, watchProtection.run], signal, childOf) },
    followLinkedAccounts: createFollowLinkedAccounts({
      ...common,
      follow: createFollowUpdates({ ...sending, reconcile, settleReplace: createSettleReplace(sending) }),
    }),
  };
}
