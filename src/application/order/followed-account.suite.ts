/** An account at a paper broker, with all that compares the two. For the tests beside this file. */
import { orderStream } from '../../domain/order/events.ts';
import { isFinal } from '../../domain/order/state.ts';
import { riskStream } from '../../domain/risk-policy/events.ts';
import { START } from '../ports/event-store.ts';
import type { Position, RecordedEvent } from '../ports/event-store.ts';
import { createBookFills } from '../risk-policy/book-fills.ts';
import { createIsBookedUp } from '../risk-policy/booked-up.ts';
import { createComparePositions } from '../risk-policy/compare-positions.ts';
import { createLookAtOrder } from './look-at-order.ts';
import { ACCOUNT, brokerOrder, cause, openDesk, unstopped } from './order-path.suite.ts';
import { createPaperBroker } from './paper-broker.suite.ts';
import { createReconcileAccount } from './reconcile-account.ts';
import { createRecordBrokerOrder } from './record-broker-order.ts';
import { createSubmitOrder } from './submit-order.ts';
import { createSweepAccount } from './sweep-account.ts';

const MOST = 100_000;

export async function openFollowedAccount() {
  const desk = await openDesk();
  const { aggregates, store, script, access, needs } = desk;
  const { now } = needs.clock;
  const paper = createPaperBroker(now);
  const broker = { ...needs.broker, ...paper.records };
  const revoked: string[] = [];
  const common = {
    ...needs,
    store,
    broker,
    records: paper.records,
    reportRevoked: (_access: unknown, reason: string) => {
      revoked.push(reason);
      return Promise.resolve();
    },
  };
  const recordBrokerOrder = createRecordBrokerOrder(common);
  const recording = { ...common, recordBrokerOrder };
  const lookAtOrder = createLookAtOrder(recording);

  const events = (): Promise<readonly RecordedEvent[]> => store.readAll(START, MOST);
  let lastDone: string | null = null;
  const placed = async () => {
    const streams = new Set((await events()).map(({ stream }) => stream));
    const unfinished: { orderId: string; accountId: string }[] = [];
    for (const stream of streams) {
      if (!stream.startsWith(orderStream(''))) continue;
      const state = await aggregates.orders.load(stream);
      if (state.status !== 'none' && !isFinal(state)) unfinished.push(state.ticket);
    }
    return unfinished.map(({ orderId, accountId }) => ({ orderId, accountId }));
  };
  const reconciling = new Set<string>();
  const reconcile = createReconcileAccount({
    ...recording,
    reconciling,
    lookAtOrder,
    venue: desk.placing.venue,
    reconciliations: {
      lastOf: () => Promise.resolve(lastDone),
      record: (_accountId, at) => {
        lastDone = at;
        return Promise.resolve();
      },
    },
    unfinished: { placed, admittedOnly: () => Promise.resolve([]), knownUpTo: () => Promise.resolve(START) },
  });
  const sweep = createSweepAccount({ ...recording, lookAtOrder, reconcile, reconciling });

  let booked: Position = START;
  const bookFills = createBookFills({ aggregates, log: desk.needs.log, pass: () => undefined });
  const isBookedUp = createIsBookedUp({ aggregates, store, checkpoints: { load: () => Promise.resolve(booked) } });
  /** What happens while a comparison waits for things to settle. */
  let meanwhile = (): Promise<void> => Promise.resolve();
  const compare = createComparePositions({
    ...recording,
    reconcile,
    isBookedUp,
    clock: { now, sleep: () => meanwhile() },
  });

  script.submit = (id) => {
    const { terms } = next;
    paper.add(`tradsy-${id}`, { terms });
    return { kind: 'acknowledged', order: brokerOrder(`tradsy-${id}`, { terms }) };
  };
  const next = { terms: { quantity: '1', limitPrice: null, stopPrice: null, timeInForce: 'day' as const } };

  await aggregates.risk.handle(
    riskStream(ACCOUNT),
    { type: 'RecordOpeningPositions', positions: [], at: now() },
    cause,
  );
  desk.passTime(1);
  return {
    ...desk,
    cause,
    needs: common,
    paper,
    revoked,
    /** The market's time of the last reconciliation that was whole; null before. */
    reconciledAt: () => lastDone,
    recordBrokerOrder,
    isBookedUp,
    reconcile: () => reconcile(access, cause),
    reconciling,
    /** The account's orders that work at the broker, as far as is known here. */
    async working() {
      const states = await Promise.all(
        (await placed()).map(({ orderId }) => aggregates.orders.load(orderStream(orderId))),
      );
      return states.flatMap((state) => (state.status === 'working' ? [state.ticket.orderId] : []));
    },
    sweepOf: (orderIds: readonly string[]) => sweep(ACCOUNT, orderIds, cause),
    async sweep() {
      await sweep(ACCOUNT, await this.working(), cause);
    },
    compare: () => compare(access, cause, unstopped),
    whileItSettles: (act: () => Promise<void>) => {
      meanwhile = act;
    },
    /** Books what was executed, as the reaction does. */
    async book() {
      for (const event of await store.readAll(booked, MOST)) {
        await bookFills(event);
        booked = event.position;
      }
    },
    /** Places an order and sends it; gives its id here and at the broker. */
    async send(quantity = '1') {
      // Later than any rule against too many, or equal, orders looks back.
      desk.passTime(60);
      next.terms = { ...next.terms, quantity };
      const answer = await desk.placeOrder(desk.order({}, quantity));
      if (answer.kind !== 'placed') throw new Error(answer.kind);
      await createSubmitOrder({ ...recording, watchDoubt: () => undefined })(answer.orderId, cause, unstopped);
      return { orderId: answer.orderId, brokerOrderId: `B-tradsy-${answer.orderId}` };
    },
    async countEvents() {
      return (await events()).length;
    },
    risk: () => aggregates.risk.load(riskStream(ACCOUNT)),
    riskTypes: async () => (await store.readStream(riskStream(ACCOUNT))).map(({ type }) => type),
    /** The order under which one that was entered elsewhere is recorded. */
    observed: (brokerOrderId: string) => needs.ids.named(`broker-order/${ACCOUNT}/${brokerOrderId}`),
    setLastDone: (at: string | null) => {
      lastDone = at;
    },
  };
}
