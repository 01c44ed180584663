/** Asking Alpaca: what comes back is judged by what it proves, never by what is likely. */
import { marketData, trading } from '@alpacahq/alpaca-trade-api/rest';
import { z } from 'zod';
import type { BrokerAccess, Failure } from '../../application/ports/broker.ts';
import type { AlpacaConfig } from './config.ts';
import { NeverConnected, type Transport } from './transport.ts';

/** `code` is null where Alpaca gives none. */
export interface AlpacaError {
  readonly code: number | null;
  readonly message: string;
}

export type Answer =
  /** A success; the body may still be anything. */
  | { readonly kind: 'ok'; readonly text: string }
  /** An error status; `error` is null when the body is not one of Alpaca's: something in between may have answered. */
  | {
      readonly kind: 'error';
      readonly status: number;
      readonly error: AlpacaError | null;
      readonly retryAfterMs: number | null;
    }
  /** Not a byte of the request has left this machine. */
  | { readonly kind: 'never_connected'; readonly reason: string }
  /** The request may have arrived; its answer did not. */
  | { readonly kind: 'lost'; readonly reason: string };

/** Makes the configurations of the SDK's generated classes: no retries, no rate limiter, no redirects. */
export function createConfigurations(config: AlpacaConfig, transport: Transport) {
  const common = (timeoutMs: number) => ({ fetchApi: transport, timeoutMs, redirect: 'error' as const });
  const house = { keyId: config.houseKeyId, secret: config.houseSecret };
  const { times } = config;
  return {
    /** On behalf of a trader. `change`: the request could have an effect. */
    trader: ({ environment, token }: BrokerAccess, purpose: 'change' | 'read') =>
      new trading.Configuration({
        ...common(times[purpose]),
        basePath: config.tradingUrl[environment],
        accessToken: token,
      }),
    houseTrading: new trading.Configuration({
      ...common(times.read),
      ...house,
      basePath: config.tradingUrl[config.houseEnvironment],
    }),
    houseData: new marketData.Configuration({ ...common(times.read), ...house, basePath: config.dataUrl }),
  };
}

export type Configurations = ReturnType<typeof createConfigurations>;

/** Alpaca: errors are `{"code": <8 digits>, "message": <text>, ...}`; some have no code. */
const alpacaError = z.object({ code: z.int().nullish(), message: z.string() });

/** What the SDK throws, known by its names: an error may come from another copy of its classes. */
const errorStatus = z.object({ response: z.instanceof(Response), retryAfterMs: z.number().optional() });
const fetchError = z.object({ name: z.literal('FetchError'), cause: z.instanceof(Error) });

/** Runs one request of the SDK's. Rejects only on faults of our own. */
export async function ask(send: () => Promise<{ readonly raw: Response }>): Promise<Answer> {
  try {
    const { raw } = await send();
    return { kind: 'ok', text: await raw.text() };
  } catch (thrown) {
    const status = errorStatus.safeParse(thrown);
    if (status.success) {
      const { response, retryAfterMs } = status.data;
      const error = alpacaError.safeParse(readJson(await response.text()));
      return {
        kind: 'error',
        status: response.status,
        error: error.success ? { code: error.data.code ?? null, message: error.data.message } : null,
        retryAfterMs: retryAfterMs ?? null,
      };
    }
    const network = fetchError.safeParse(thrown);
    if (!network.success) throw thrown;
    const { cause } = network.data;
    if (cause instanceof NeverConnected) return { kind: 'never_connected', reason: cause.message };
    return { kind: 'lost', reason: cause.message };
  }
}

/** The value of JSON text; undefined when it is not JSON. */
export function readJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** What an answer that brought nothing means. A refused token is proven only by Alpaca's own words. */
export function failureOf(answer: Exclude<Answer, { kind: 'ok' }>): Failure {
  if (answer.kind !== 'error') return { kind: 'unknown', reason: answer.reason };
  const { status, error } = answer;
  if (status === 401 && error !== null) return { kind: 'unauthorized', reason: error.message };
  return { kind: 'unknown', reason: inWords(answer) };
}

/** An error answer in words. */
export const inWords = ({ status, error }: Extract<Answer, { kind: 'error' }>): string =>
  error === null ? `HTTP ${status} without words of the broker's own` : `HTTP ${status}: ${error.message}`;
