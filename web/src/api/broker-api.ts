import { z } from 'zod';
import {
  brokerAccount,
  brokerExecution,
  brokerOrder,
  errorEnvelope,
  instrument,
  ok,
  okEmpty,
  orderPlaced,
  type BrokerExecution,
  type BrokerOrder,
  type ErrorEnvelope,
  type Instrument,
  type ModifyOrderForm,
  type PlaceOrderForm,
} from '../../../contracts/broker-api.ts';
import { authorizedExchange, call } from './client.ts';
import { parseAnswer } from './exchange.ts';
import { ApiFailure } from './failure.ts';

export type BrokerAccount = z.infer<typeof brokerAccount>;
/** A refusal in the Broker API's shape, taken out of its envelope. */
export type Refusal = ErrorEnvelope['refusal'] & { message: string };

const ORDER_TIMEOUT_MS = 30_000;

const refusalOf = (answer: ErrorEnvelope): Refusal => ({ ...answer.refusal, message: answer.errmsg });

/** A read's payload; `read` is handed the whole envelope's contract, since only a concrete one tells its halves apart. */
async function read<T>(schema: z.ZodType<{ s: 'ok'; d: T } | ErrorEnvelope>, path: string): Promise<T> {
  const answer = await call(schema, `/broker/v1${path}`);
  if (answer.s === 'ok') return answer.d;
  throw new ApiFailure('refused', {
    type: 'about:blank',
    title: 'Refused',
    status: 200,
    code: answer.refusal.code,
    detail: answer.errmsg,
  });
}

const envelope = <T extends z.ZodType>(payload: T) => z.union([ok(payload), errorEnvelope]);

const account = (accountId: string, rest: string): string => `/accounts/${encodeURIComponent(accountId)}/${rest}`;

export const getAccounts = (): Promise<BrokerAccount[]> =>
  read(envelope(z.array(brokerAccount)), '/accounts?locale=en');
export const getInstruments = (accountId: string): Promise<Instrument[]> =>
  read(envelope(z.array(instrument)), account(accountId, 'instruments?locale=en'));
export const getOrdersHistory = (accountId: string): Promise<BrokerOrder[]> =>
  read(envelope(z.array(brokerOrder)), account(accountId, 'ordersHistory?locale=en'));
export const getExecutions = (accountId: string, symbol: string): Promise<BrokerExecution[]> =>
  read(
    envelope(z.array(brokerExecution)),
    account(accountId, `executions?locale=en&instrument=${encodeURIComponent(symbol)}`),
  );

/** Form fields that are set, url-encoded. */
const formBody = (fields: Record<string, string | undefined>): RequestInit => {
  const set = Object.entries(fields).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return {
    headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams(set).toString(),
  };
};

/**
 * Places an order. The same `requestId` with the same form may be sent again and again: there is one order.
 * Rejects with an ApiFailure when no clear answer came.
 */
export async function placeOrder(
  accountId: string,
  requestId: string,
  form: PlaceOrderForm,
): Promise<{ placed: true; orderId: string } | { placed: false; refusal: Refusal }> {
  const path = `/broker/v1${account(accountId, `orders?locale=en&requestId=${encodeURIComponent(requestId)}`)}`;
  const response = await authorizedExchange(path, { method: 'POST', ...formBody(form) }, ORDER_TIMEOUT_MS);
  const answer = await parseAnswer(envelope(orderPlaced), response);
  return answer.s === 'ok'
    ? { placed: true, orderId: answer.d.orderId }
    : { placed: false, refusal: refusalOf(answer) };
}

async function change(accountId: string, orderId: string, init: RequestInit): Promise<Refusal | null> {
  const path = `/broker/v1${account(accountId, `orders/${encodeURIComponent(orderId)}?locale=en`)}`;
  const response = await authorizedExchange(path, init, ORDER_TIMEOUT_MS);
  const answer = await parseAnswer(z.union([okEmpty, errorEnvelope]), response);
  return answer.s === 'ok' ? null : refusalOf(answer);
}

/** Changes quantity and prices of a working order; null when it was accepted. */
export const modifyOrder = (accountId: string, orderId: string, form: ModifyOrderForm): Promise<Refusal | null> =>
  change(accountId, orderId, { method: 'PUT', ...formBody(form) });

/** Asks for the cancellation of a working order; null when it was accepted. */
export const cancelOrder = (accountId: string, orderId: string): Promise<Refusal | null> =>
  change(accountId, orderId, { method: 'DELETE' });
