/** A trader as a program: signs up, links a paper account and trades, through the same HTTP that browsers use. */
import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { session } from '../../../contracts/auth.ts';
import { errorEnvelope, instrument, ok, orderPlaced, quoteItem } from '../../../contracts/broker-api.ts';
import type { ErrorEnvelope } from '../../../contracts/broker-api.ts';
import { bars } from '../../../contracts/market.ts';
import type { Bar, Timeframe } from '../../../contracts/market.ts';
import { linkStarted, onboarding } from '../../../contracts/onboarding.ts';
import { orderStory } from '../../../contracts/story.ts';
import type { OrderStory } from '../../../contracts/story.ts';

export interface Visitor {
  readonly accountId: string;
  readonly accessToken: string;
  /** The same trader, asking another process that works on the same database. */
  at(baseUrl: string): Visitor;
  instruments(): Promise<readonly string[]>;
  quote(symbol: string): Promise<{ readonly bid: number; readonly ask: number }>;
  place(
    form: Readonly<Record<string, string>>,
    requestId: string,
  ): Promise<{ readonly orderId: string } | ErrorEnvelope>;
  cancel(orderId: string): Promise<void>;
  bars(symbol: string, timeframe: Timeframe, limit: number): Promise<readonly Bar[]>;
  story(orderId: string): Promise<OrderStory>;
  /** Any call of the Broker API on the trader's account, with its answer as it came. */
  call(method: string, path: string, fields?: Readonly<Record<string, string>>): Promise<unknown>;
}

const readFrom =
  (baseUrl: string) =>
  async <T>(schema: z.ZodType<T>, path: string, init: RequestInit = {}): Promise<T> => {
    const response = await fetch(baseUrl + path, init);
    const text = await response.text();
    if (!response.ok) throw new Error(`${init.method ?? 'GET'} ${path}: ${response.status} ${text}`);
    return schema.parse(JSON.parse(text));
  };

/**
 * Signs up under a made-up address and goes through everything up to the first order. `brokerAccountId`: the account at
 * the sandbox to link; a new one otherwise.
 */
export async function becomeTrader(baseUrl: string, brokerAccountId = 'new'): Promise<Visitor> {
  const json = { 'content-type': 'application/json' };
  const read = readFrom(baseUrl);
  const name = randomBytes(6).toString('hex');
  const credentials = { email: `trader-${name}@example.com`, password: randomBytes(18).toString('base64url') };
  const { accessToken } = await read(session, '/api/v1/auth/signup', {
    method: 'POST',
    headers: json,
    body: JSON.stringify(credentials),
  });
  const authorization = { authorization: `Bearer ${accessToken}` };
  const shown = await read(onboarding, '/api/v1/onboarding', { headers: authorization });
  await read(onboarding, '/api/v1/onboarding', {
    method: 'POST',
    headers: { ...json, ...authorization },
    body: JSON.stringify({ disclaimerVersion: shown.disclaimer.version, termsVersion: shown.terms.version }),
  });
  const { authorizeUrl } = await read(linkStarted, '/api/v1/broker-links/alpaca', {
    method: 'POST',
    headers: { ...json, ...authorization },
    body: JSON.stringify({ environment: 'paper' }),
  });
  const callback = await approve(authorizeUrl, brokerAccountId);
  await read(onboarding, callback.slice(new URL(callback).origin.length), { headers: authorization });
  return visitor(baseUrl, shown.accountId, accessToken);
}

function visitor(baseUrl: string, accountId: string, accessToken: string): Visitor {
  const read = readFrom(baseUrl);
  const authorization = { authorization: `Bearer ${accessToken}` };
  const account = `/broker/v1/accounts/${accountId}`;
  const form = { 'content-type': 'application/x-www-form-urlencoded', ...authorization };
  const call: Visitor['call'] = (method, path, fields) =>
    read(z.unknown(), `${account}/${path}`, {
      method,
      headers: form,
      ...(fields === undefined ? {} : { body: new URLSearchParams(fields).toString() }),
    });
  return {
    accountId,
    accessToken,
    at: (other) => visitor(other, accountId, accessToken),
    instruments: async () =>
      (await read(ok(z.array(instrument)), `${account}/instruments?locale=en`, { headers: authorization })).d.map(
        (each) => each.name,
      ),
    async quote(symbol) {
      const path = `/broker/v1/quotes?locale=en&accountId=${accountId}&symbols=${symbol}`;
      const { d } = await read(ok(z.array(quoteItem)), path, { headers: authorization });
      const item = d[0];
      if (item === undefined) throw new Error(`no quote for ${symbol}`);
      return item.v;
    },
    async place(fields, requestId) {
      const answer = await call('POST', `orders?requestId=${requestId}`, fields);
      const read = z.union([ok(orderPlaced), errorEnvelope]).parse(answer);
      return read.s === 'ok' ? read.d : read;
    },
    async cancel(orderId) {
      z.looseObject({ s: z.literal('ok') }).parse(await call('DELETE', `orders/${orderId}`));
    },
    call,
    bars: async (symbol, timeframe, limit) =>
      (
        await read(bars, `/api/v1/market/bars?symbol=${symbol}&timeframe=${timeframe}&limit=${limit}`, {
          headers: authorization,
        })
      ).bars,
    story: (orderId) => read(orderStory, `/api/v1/orders/${orderId}/story`, { headers: authorization }),
  };
}

/** Presses "Approve" on the sandbox's page, and gives the address that it sends the browser back to. */
async function approve(authorizeUrl: string, brokerAccountId: string): Promise<string> {
  const page = new URL(authorizeUrl);
  const body = new URLSearchParams(page.search);
  body.set('decision', 'approve');
  body.set('account', brokerAccountId);
  const response = await fetch(page.origin + page.pathname, { method: 'POST', body, redirect: 'manual' });
  const callback = response.headers.get('location');
  if (callback === null) throw new Error(`the authorize page answered ${response.status}`);
  return callback;
}
