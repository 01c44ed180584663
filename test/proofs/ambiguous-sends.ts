/**
 * Orders are sent to a broker that spoils more than a third of all requests in every way that the outcome table knows, once
 * with a broker that remembers client order ids for ever, and once with one that forgets those of finished orders. Then the
 * broker fails altogether, with resets and with silence. No order may come to be twice, none may be called rejected that the
 * broker has, and nobody may stay in doubt.
 */
import { setTimeout as wait } from 'node:timers/promises';
import type { Broker } from '../../src/application/ports/broker.ts';
import type { Asked, Verdict } from './proof.ts';
import { unless } from './proof.ts';
import {
  accountOfSends,
  falseRejections,
  lostOrders,
  secondOrders,
  tableOf,
  unresolved,
} from './sends/account-of-sends.ts';
import type { Send } from './sends/account-of-sends.ts';
import { ARRIVING, LOOKING_UP, LOOK_UPS, LOST, READING, SENDING, startFaultyBroker } from './sends/faulty-broker.ts';
import type { FaultyBroker, Spoilt } from './sends/faulty-broker.ts';
import { openSendingDesk } from './sends/sending-desk.ts';
import type { SendingDesk } from './sends/sending-desk.ts';

const MODES = ['forever', 'active'] as const;
const PACE_MS = 20;
/** What is never received is given up after a minute. */
const RESOLVED_WITHIN_MS = 65_000;
const RESOLVED_AFTER_OUTAGE_MS = 5_000;
const OUTAGE_MS = 12_000;
const ORDERS_IN_OUTAGE = 60;
const OUTAGE_PACE_MS = 40;

/** `times`: orders in each mode. */
export async function ambiguousSends({ times, random, say }: Asked): Promise<Verdict> {
  const facts: Record<string, number | string> = { 'orders in each mode': times };
  const broken: string[] = [];
  for (const mode of MODES) {
    const broker = await startFaultyBroker(Math.floor(random() * 1_000_000));
    try {
      const desk = await openSendingDesk(broker.url);
      try {
        const sends = await sendAll(desk, broker, { mode, orders: times, spoilt: [...ARRIVING, ...LOST], say });
        for (const line of tableOf(sends)) say(line);
        const verdict = judge(mode, sends);
        Object.assign(facts, verdict.facts);
        broken.push(...verdict.broken);
        if (mode !== MODES.at(-1)) continue;
        for (const outage of [
          await failWith('resets', desk, broker, say),
          await failWith('silence', desk, broker, say),
        ]) {
          Object.assign(facts, outage.facts);
          broken.push(...outage.broken);
        }
      } finally {
        await desk.close();
      }
    } finally {
      await broker.stop();
    }
  }
  return { facts, broken };
}

export interface Sending {
  readonly mode: (typeof MODES)[number];
  readonly orders: number;
  readonly spoilt: readonly Spoilt[];
  readonly say: (line: string) => void;
}

/** Sends so many orders while requests are spoilt, and waits until nothing is in doubt any more, or too long. */
export async function sendAll(
  desk: SendingDesk,
  broker: FaultyBroker,
  { mode, orders, spoilt, say }: Sending,
): Promise<readonly Send[]> {
  await broker.set({ client_order_ids: mode });
  await desk.linkFor(orders);
  say(`${mode}: accounts are linked`);
  await broker.spoil(spoilt, SENDING);
  await broker.spoil(LOOK_UPS, LOOKING_UP);
  const placing: Promise<string>[] = [];
  for (let n = 1; n <= orders; n += 1) {
    placing.push(desk.place());
    await wait(PACE_MS);
    if (n % 2_000 === 0) say(`${mode}: ${n} orders placed`);
  }
  const ids = await Promise.all(placing);
  await settled(desk, ids, RESOLVED_WITHIN_MS + 10_000);
  await broker.mend();
  return accountOfSends(desk, broker);
}

/** Resolves when none of the orders is in doubt any more, or the time is over. */
async function settled(desk: SendingDesk, orderIds: readonly string[], withinMs: number): Promise<void> {
  const end = performance.now() + withinMs;
  let open = orderIds;
  while (open.length > 0 && performance.now() < end) {
    await wait(50);
    const still = await Promise.all(open.map(async (orderId) => ((await desk.isOpen(orderId)) ? [orderId] : [])));
    open = still.flat();
  }
}

/** Whether every promise about these orders was kept. */
export function judge(mode: string, sends: readonly Send[]): Verdict {
  const longest = Math.max(...sends.map(({ doubtMs }) => doubtMs ?? Infinity));
  const counts = {
    'spoilt %': Math.round((sends.filter(({ spoilt }) => spoilt !== 'nothing').length / sends.length) * 100),
    'second orders': secondOrders(sends),
    'false rejections': falseRejections(sends).length,
    'lost orders': lostOrders(sends).length,
    'still in doubt': unresolved(sends).length,
    'longest doubt ms': longest,
  };
  return {
    facts: Object.fromEntries(Object.entries(counts).map(([name, value]) => [`${mode}: ${name}`, value])),
    broken: [
      ...unless(counts['spoilt %'] >= 30, `${mode}: only ${counts['spoilt %']} % of the orders were spoilt`),
      ...unless(counts['second orders'] === 0, `${mode}: ${counts['second orders']} second orders`),
      ...unless(counts['false rejections'] === 0, `${mode}: ${counts['false rejections']} false rejections`),
      ...unless(counts['lost orders'] === 0, `${mode}: ${counts['lost orders']} orders that the broker does not have`),
      ...unless(counts['still in doubt'] === 0, `${mode}: ${counts['still in doubt']} orders stay in doubt`),
      ...unless(longest <= RESOLVED_WITHIN_MS, `${mode}: an order was in doubt for ${longest} ms`),
    ],
  };
}

/**
 * The broker takes orders and answers nobody, for a while; with silence for longer than anyone may stay in doubt without a
 * person knowing. Then it answers again.
 */
async function failWith(
  how: 'resets' | 'silence',
  desk: SendingDesk,
  broker: FaultyBroker,
  say: (line: string) => void,
): Promise<Verdict> {
  await desk.linkFor(ORDERS_IN_OUTAGE);
  await broker.spoil([{ kind: 'drop_after', probability: 1 }], SENDING);
  const always = { probability: 1, ms: 600_000 };
  await broker.spoil([{ kind: how === 'resets' ? 'drop_before' : 'delay', ...always }], READING);
  const begun = Date.now();
  const orderIds: string[] = [];
  for (let n = 0; n < ORDERS_IN_OUTAGE; n += 1) {
    orderIds.push(await desk.place());
    await wait(OUTAGE_PACE_MS);
  }
  await wait(begun + (how === 'resets' ? OUTAGE_MS : RESOLVED_WITHIN_MS) - Date.now());
  const last = await Promise.all(orderIds.map(async (orderId) => (await desk.storyOf(orderId)).at(-1)?.type ?? ''));
  const inDoubt = orderIds.filter((_, n) => last[n] === 'SubmissionUnconfirmed');
  const alarms = inDoubt.filter((orderId) => (desk.alarmed.get(orderId) ?? Infinity) - begun <= RESOLVED_WITHIN_MS);
  const sending = desk.sending();
  await broker.mend();
  const mended = Date.now();
  await settled(desk, orderIds, 30_000);
  const sends = (await accountOfSends(desk, broker)).filter(({ orderId }) => orderIds.includes(orderId));
  const ofDoubt = sends.filter(({ orderId }) => inDoubt.includes(orderId));
  const longest = Math.max(...ofDoubt.map(({ endedAt }) => (endedAt ?? Infinity) - mended));
  const held = last.filter((type) => type === 'OrderPlaced' || type === 'OrderNotSent');
  say(`${how}: ${sending}`);
  const counts = {
    'in doubt': inDoubt.length,
    'held back': held.length,
    'of those too old in the end': last.filter((type) => type === 'OrderNotSent').length,
    'alarms within 65 s': alarms.length,
    'longest until resolved ms': longest,
    'second orders': secondOrders(sends),
    'false rejections': falseRejections(sends).length,
  };
  return {
    facts: Object.fromEntries(Object.entries(counts).map(([name, value]) => [`${how}: ${name}`, value])),
    broken: [
      ...unless(inDoubt.length > 0, `${how}: no order was sent`),
      ...unless(held.length > 0 && sending !== 'ok', `${how}: orders were sent on and on`),
      ...unless(inDoubt.length + held.length === orderIds.length, `${how}: some orders ended otherwise`),
      ...unless(how === 'resets' || alarms.length === inDoubt.length, `${how}: only ${alarms.length} alarms`),
      ...unless(longest <= RESOLVED_AFTER_OUTAGE_MS, `${how}: an order was resolved ${longest} ms after the end`),
      ...unless(unresolved(sends).length === 0, `${how}: ${unresolved(sends).length} orders stay in doubt`),
      ...unless(secondOrders(sends) === 0, `${how}: ${secondOrders(sends)} second orders`),
      ...unless(falseRejections(sends).length === 0, `${how}: ${falseRejections(sends).length} false rejections`),
    ],
  };
}

/** Faulty parts, to show that the proof would notice them. */
export const PLANTED: Readonly<Record<string, (broker: Broker) => Broker>> = {
  /** As many clients do: what failed is sent again at once, under the same id. */
  'sends again': (broker) => ({
    ...broker,
    async submit(...order) {
      const first = await broker.submit(...order);
      return first.kind === 'unknown' ? broker.submit(...order) : first;
    },
  }),
  /** No answer is taken for a no. */
  'takes silence for a no': (broker) => ({
    ...broker,
    async submit(...order) {
      const first = await broker.submit(...order);
      return first.kind === 'unknown' ? { kind: 'rejected', code: null, reason: first.reason } : first;
    },
  }),
};
