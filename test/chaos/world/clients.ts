/** What the traders of a world do, and what they were answered. */
import { setTimeout as wait } from 'node:timers/promises';
import { errorEnvelope, okEmpty } from '../../../contracts/broker-api.ts';
import { haltAnswer, halts, releaseAnswer } from '../../../contracts/halts.ts';
import { readClientOrderId } from '../../../src/domain/order/client-order-id.ts';
import { sentOrders } from '../check/sent-orders.ts';
import type { SentOrder } from '../check/sent-orders.ts';
import type { Act, PlannedOrder } from '../plan/world-plan.ts';
import type { Sandbox } from './sandbox.ts';
import type { Trader } from './traders.ts';

export interface Clients {
  /** Does one act. Resolves when it has been answered or has failed; never rejects. */
  perform(act: Act): Promise<void>;
  /** Those who are patient try again what has failed. */
  tryAgain(): Promise<void>;
  /** What an order is called in the plan. */
  nameOf(clientOrderId: string): string;
  /** The orders of requests that stand open, or failed and will be tried again. */
  interrupted(): readonly string[];
  /** Whether any request stands open or will be tried again. */
  isWaiting(): boolean;
  readonly acknowledged: readonly string[];
  readonly enteredElsewhere: Set<string>;
  readonly trespasses: readonly string[];
  /** Orders under other ids than the harness expected: it must be told how ids are made. */
  readonly wrongIds: readonly string[];
  /** How often each answer was given. */
  readonly answers: ReadonlyMap<string, number>;
}

/** Refusals that say nothing of the order: the same request may be made again. */
const PASSING = ['unavailable', 'too_many_requests', 'internal'];
/** A client waits so long, and then believes that its request has failed. */
const PATIENCE_MS = 5_000;

export function createClients(traders: readonly Trader[], sandbox: Sandbox, productUrl: string): Clients {
  const acknowledged: string[] = [];
  const trespasses: string[] = [];
  const wrongIds: string[] = [];
  const enteredElsewhere = new Set<string>();
  const answers = new Map<string, number>();
  const planned = new Map<number, { readonly what: PlannedOrder; readonly trader: Trader; readonly orderId: string }>();
  const names = new Map<string, string>();
  const again = new Map<() => Promise<void>, string | null>();
  const open: (string | null)[] = [];

  const count = (answer: string): void => void answers.set(answer, (answers.get(answer) ?? 0) + 1);

  /** One request; a failure is tried again later by those who are patient. */
  async function request(
    what: string,
    orderId: string | null,
    patient: boolean,
    ask: () => Promise<string>,
  ): Promise<void> {
    const one = async (): Promise<void> => {
      again.delete(one);
      open.push(orderId);
      try {
        const answer = await Promise.race([ask(), late()]);
        count(`${what}: ${answer}`);
        if (PASSING.includes(answer) && patient) again.set(one, orderId);
      } catch {
        count(`${what}: failed`);
        if (patient) again.set(one, orderId);
        else count('abandoned after one failure');
      } finally {
        open.splice(open.indexOf(orderId), 1);
      }
    };
    await one();
  }

  const form = (fields: Readonly<Record<string, string>>) => ({ ...fields, currentAsk: '0', currentBid: '0' });
  const refusalOf = (answer: unknown): string => {
    if (okEmpty.safeParse(answer).success) return 'ok';
    const { code, breaches = [] } = errorEnvelope.parse(answer).refusal;
    return [code, ...breaches.map(({ rule }) => rule)].join(' ');
  };

  async function place(what: PlannedOrder): Promise<void> {
    const trader = traders[what.trader] as Trader;
    const requestId = `order-${what.order}`;
    const orderId = trader.orderId(requestId);
    planned.set(what.order, { what, trader, orderId });
    names.set(orderId, requestId);
    await request('place', orderId, what.patient, async () => {
      const answer = await trader.visitor.place(what.form, requestId);
      if (!('orderId' in answer)) return refusalOf(answer);
      if (answer.orderId !== orderId) wrongIds.push(`${requestId} is ${answer.orderId}, and not ${orderId}`);
      acknowledged.push(orderId);
      return 'ok';
    });
  }

  async function trespass(act: Extract<Act, { do: 'trespass' }>): Promise<void> {
    const target = planned.get(act.order);
    if (target === undefined) return;
    const stranger = traders.find(({ key }, index) => index >= act.trader && key !== target.trader.key) ?? traders[0];
    if (stranger === undefined || stranger.key === target.trader.key) return;
    const { accessToken, accountId } = stranger.visitor;
    const owner = target.trader.visitor.accountId;
    const path =
      act.how === 'place' ? `${owner}/orders?requestId=stranger-${act.order}` : `${accountId}/orders/${target.orderId}`;
    const method = { place: 'POST', replace: 'PUT', cancel: 'DELETE' }[act.how];
    await request('trespass', null, false, async () => {
      const response = await fetch(`${productUrl}/broker/v1/accounts/${path}`, {
        method,
        headers: { authorization: `Bearer ${accessToken}`, 'content-type': 'application/x-www-form-urlencoded' },
        ...(act.how === 'cancel'
          ? {}
          : { body: new URLSearchParams(form({ ...target.what.form, qty: '1' })).toString() }),
      });
      const answer = (await response.json()) as unknown;
      if (refusalOf(answer) === 'ok') trespasses.push(`${act.how}: ${JSON.stringify(answer)}`);
      return refusalOf(answer);
    });
  }

  /** Stops the trader's own account, or ends that; either may be repeated. */
  async function halt(act: Extract<Act, { do: 'halt' | 'resume' }>): Promise<void> {
    const { accountId, accessToken } = (traders[act.trader] as Trader).visitor;
    const ask = async (method: 'GET' | 'POST', path: string, body?: object): Promise<unknown> => {
      const response = await fetch(`${productUrl}/api/v1/halts${path}`, {
        method,
        headers: { authorization: `Bearer ${accessToken}`, 'content-type': 'application/json' },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      });
      if (!response.ok) throw new Error(`${response.status}`);
      return response.json();
    };
    await request(act.do, null, true, async () => {
      const scope = { kind: 'account', accountId, symbol: null };
      if (act.do === 'halt') {
        haltAnswer.parse(await ask('POST', '', { scope, cancelOrders: true }));
        return 'ok';
      }
      const standing = halts.parse(await ask('GET', '')).halts.filter(({ release }) => release.mayI);
      for (const { id } of standing) releaseAnswer.parse(await ask('POST', `/${id}/release`, {}));
      return standing.length > 0 ? 'ok' : 'nothing to end';
    });
  }

  /** The broker executes a share of what is left of an order, as it stands there now. */
  async function fill({ order, share, late: isLate }: Extract<Act, { do: 'fill' }>): Promise<void> {
    const sent = sentOrders(await sandbox.ledger());
    const target = isLate ? cancelledIn(sent, order) : workingIn(sent, planned.get(order)?.orderId);
    if (target === undefined) return;
    const left = Number(target.qty) - Number(target.filled_qty);
    // An order that is filled to its end after it was cancelled would be a filled one.
    const most = isLate ? left - 1 : left;
    const qty = Math.min(most, Math.max(1, Math.floor(left * share)));
    if (qty < 1) return;
    const done = await sandbox.control('fill', { order_id: target.id, qty: `${qty}`, late: isLate });
    count(`${isLate ? 'late fill' : 'fill'}: ${done ? 'ok' : 'too late'}`);
  }

  async function enterElsewhere(act: Extract<Act, { do: 'elsewhere' }>): Promise<void> {
    const { symbol, qty, number } = act;
    const id = `elsewhere-${number}`;
    enteredElsewhere.add(id);
    const order = { symbol, qty, side: 'sell', type: 'market', time_in_force: 'day', client_order_id: id };
    const taken = await sandbox.enter((traders[act.trader] as Trader).key, order);
    count(`entered elsewhere: ${taken ? 'ok' : 'refused'}`);
  }

  async function change(act: Extract<Act, { do: 'cancel' | 'replace' }>): Promise<void> {
    const target = planned.get(act.order);
    if (target === undefined) return;
    const { visitor } = target.trader;
    const path = `orders/${target.orderId}`;
    await request(act.do, target.orderId, target.what.patient, async () =>
      refusalOf(
        act.do === 'cancel'
          ? await visitor.call('DELETE', path)
          : await visitor.call('PUT', path, form({ qty: act.qty, limitPrice: act.limitPrice })),
      ),
    );
  }

  function act(what: Act): Promise<unknown> {
    switch (what.do) {
      case 'place':
        return place(what.what);
      case 'cancel':
      case 'replace':
        return change(what);
      case 'trespass':
        return trespass(what);
      case 'fill':
        return fill(what);
      case 'price':
        return sandbox.control('price', { symbol: what.symbol, price: what.price });
      case 'hold':
        return sandbox.control('settings', { hold_fills: what.on });
      case 'elsewhere':
        return enterElsewhere(what);
      case 'halt':
      case 'resume':
        return halt(what);
    }
  }

  return {
    perform: async (what) => void (await act(what)),
    tryAgain: async () => void (await Promise.all([...again.keys()].map((one) => one()))),
    nameOf(clientOrderId) {
      const named = readClientOrderId(clientOrderId);
      const name = named === null ? undefined : names.get(named.orderId);
      return name === undefined || named === null ? clientOrderId : `${name}~${named.revision}`;
    },
    interrupted: () => [...open, ...again.values()].filter((orderId) => orderId !== null),
    isWaiting: () => open.length + again.size > 0,
    acknowledged,
    enteredElsewhere,
    trespasses,
    wrongIds,
    answers,
  };
}

async function late(): Promise<never> {
  await wait(PATIENCE_MS, undefined, { ref: false });
  throw new Error('no answer');
}

const workingIn = (sent: readonly SentOrder[], orderId: string | undefined): SentOrder | undefined =>
  sent.findLast(
    (each) => each.orderId === orderId && ['new', 'partially_filled', 'pending_cancel'].includes(each.status),
  );

/** One of those that the broker has cancelled with two shares left, and more: of the one that was planned the cancel may have failed. */
function cancelledIn(sent: readonly SentOrder[], lot: number): SentOrder | undefined {
  const cancelled = sent.filter(
    ({ status, qty, filled_qty: filled }) => status === 'canceled' && Number(qty) - Number(filled) >= 2,
  );
  return cancelled[lot % Math.max(1, cancelled.length)];
}
