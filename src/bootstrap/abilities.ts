/** What the product can do, put together from the container's parts. */
import type { Container } from 'inversify';
import { childOf } from '../adapters/node/child-signal.ts';
import { createAcceptDocuments } from '../application/account/accept-documents.ts';
import { createKnowsAccount } from '../application/account/knows-account.ts';
import {
  createBeginLink,
  createCompleteLink,
  createReportRevoked,
  createUnlink,
} from '../application/account/link-broker.ts';
import { createLogIn, createRefreshSession, createSignUp } from '../application/account/sign-up.ts';
import { createCancelOrder, createReplaceOrder } from '../application/order/change-order.ts';
import { createDoubtWatch } from '../application/order/doubt-watch.ts';
import { createFollowUpdates } from '../application/order/follow-broker-updates.ts';
import { createFollowLinkedAccounts } from '../application/order/follow-linked-accounts.ts';
import { createGates } from '../application/order/gates.ts';
import { createKeepComparing } from '../application/order/keep-comparing.ts';
import { createLookAtOrder } from '../application/order/look-at-order.ts';
import { createOrderDesk } from '../application/order/order-desk.ts';
import { createPlaceOrder } from '../application/order/place-order.ts';
import { createReconcileAccount } from '../application/order/reconcile-account.ts';
import { createRecordBrokerOrder } from '../application/order/record-broker-order.ts';
import { createSendCancel, createSendReplace, createSettleReplace } from '../application/order/send-requests.ts';
import { createConfirmOrder } from '../application/order/confirm-order.ts';
import { createSubmitOrder } from '../application/order/submit-order.ts';
import { createSweepAccount } from '../application/order/sweep-account.ts';
import { createAdoptBrokerPosition } from '../application/risk-policy/adopt-broker-position.ts';
import { createBookFills } from '../application/risk-policy/book-fills.ts';
import { createHaltsOn } from '../application/risk-policy/halts-on.ts';
import { createWatchProtection } from '../application/risk-policy/watch-protection.ts';
import {
  createAllowOrdersAgain,
  createChooseRiskProfile,
  createClearOverfill,
  createShowRisk,
  createTightenLimits,
} from '../application/risk-policy/own-limits.ts';
import { createReadFigures } from '../application/risk-policy/read-figures.ts';
import { createIsBookedUp } from '../application/risk-policy/booked-up.ts';
import { createComparePositions } from '../application/risk-policy/compare-positions.ts';
import { together } from '../application/together.ts';
import { PORT } from './container.ts';
import { createKillSwitch } from './kill-switch.ts';

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
    checkpoints: container.get(PORT.checkpoints),
    gates: createGates(),
    reconciling: new Set<string>(),
    sweepEveryMs: SWEEP_EVERY_MS,
    childOf,
  };
  const recordBrokerOrder = createRecordBrokerOrder(common);
  const reportRevoked = createReportRevoked(common);
  const readHalts = container.get(PORT.readHalts);
  const lookAtOrder = createLookAtOrder({ ...common, recordBrokerOrder });
  const reconcile = createReconcileAccount({ ...common, recordBrokerOrder, lookAtOrder });
  const sending = {
    ...common,
    recordBrokerOrder,
    lookAtOrder,
    reconcile,
    reportRevoked,
    readHalts,
    watchDoubt: createDoubtWatch(common),
  };
  const placing = {
    ...common,
    reportRevoked,
    readFigures: createReadFigures(common),
    haltsOn: createHaltsOn(readHalts),
    limitTables: container.get(PORT.limitTables),
  };
  const comparePositions = createComparePositions({ ...sending, isBookedUp: createIsBookedUp(common) });
  const follow = createFollowUpdates({
    ...sending,
    keepComparing: createKeepComparing({ ...sending, comparePositions }),
    settleReplace: createSettleReplace(sending),
  });
  const desk = createOrderDesk({
    ...sending,
    submit: createSubmitOrder(sending),
    confirm: createConfirmOrder(sending),
    sendCancel: createSendCancel(sending),
    sendReplace: createSendReplace(sending),
    sweepAccount: createSweepAccount(sending),
    followLinkedAccounts: createFollowLinkedAccounts({ ...common, follow }),
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
    knowsAccount: createKnowsAccount(common),
    placeOrder: createPlaceOrder(placing),
    cancelOrder: createCancelOrder(placing),
    replaceOrder: createReplaceOrder(placing),
    showRisk: createShowRisk(placing),
    chooseRiskProfile: createChooseRiskProfile(placing),
    tightenLimits: createTightenLimits(placing),
    allowOrdersAgain: createAllowOrdersAgain(placing),
    clearOverfill: createClearOverfill(placing),
    adoptBrokerPosition: createAdoptBrokerPosition(common),
    bookFills: createBookFills(common),
    killSwitch: createKillSwitch(container, sending.reportRevoked),
    /** With whoever sends: what has been bought is protected, or somebody knows that it is not. */
    desk: { ...desk, run: (signal: AbortSignal) => together([desk.run, watchProtection.run], signal, childOf) },
  };
}
