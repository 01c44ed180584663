/** Asking Alpaca: what comes back is judged by what it proves, never by what is likely. */
import { marketData, trading } from '@alpacahq/alpaca-trade-api/rest';
import { z } from 'zod';
import type { BrokerAccess, Failure, LastLook } from '../../application/ports/broker.ts';
import type { RequestPriority } from '../../application/ports/request-budget.ts';
import type { Carrier } from './carrier.ts';
import type { AlpacaConfig } from './config.ts';
import { type AlpacaError, readError } from './own-words.ts';
import { pauseOf } from './retry-after.ts';
import { NeverSent, type Transport } from './transport.ts';

export type Answer =
  /** A success; the body may still be anything. */
  | { readonly kind: 'ok'; readonly status: number; readonly text: string }
  /** An error status; `error` is null when the body is not one of Alpaca's: something in between may have answered. */
  | {
      readonly kind: 'error';
      readonly status: number;
      readonly error: AlpacaError | null;
      readonly retryAfterMs: number | null;
    }
  /** Not a byte of the request has left this machine. `retryAfterMs`: when it is worth another try, where that is known. */
  | { readonly kind: 'never_sent'; readonly reason: string; readonly retryAfterMs: number | null }
  /** The request may have arrived; its answer did not. */
  | { readonly kind: 'lost'; readonly reason: string };

/** Makes the configurations of the SDK's generated classes: no retries, no rate limiter, no redirects, and no time limits
 * of its own. Whatever is sent with one of them goes through the carrier, by the priority that is asked for. */
export function createConfigurations(config: AlpacaConfig, carrier: Pick<Carrier, 'forTrader' | 'forHouse'>) {
  const common = (fetchApi: Transport) => ({ fetchApi, timeoutMs: 0, redirect: 'error' as const });
  const house = { keyId: config.houseKeyId, secret: config.houseSecret };
  return {
    /** On behalf of a trader. */
    trader: (access: BrokerAccess, priority: RequestPriority, lastLook?: LastLook) =>
      new trading.Configuration({
        ...common(carrier.forTrader(access, priority, lastLook)),
        basePath: config.tradingUrl[access.environment],
        accessToken: access.token,
      }),
    houseTrading: (priority: RequestPriority, environment = config.houseEnvironment) =>
      new trading.Configuration({
        ...common(carrier.forHouse(priority, environment)),
        ...house,
        basePath: config.tradingUrl[environment],
      }),
    houseData: (priority: RequestPriority) =>
      new marketData.Configuration({ ...common(carrier.forHouse(priority)), ...house, basePath: config.dataUrl }),
  };
}

export type Configurations = ReturnType<typeof createConfigurations>;

/** Alpaca: the words of a refused token without a code. Others who answer in its place have none of just these. */
const UNAUTHORIZED = 'unauthorized.';

/** What the SDK throws, known by its names: an error may come from another copy of its classes. */
const errorStatus = z.object({ response: z.instanceof(Response) });
const fetchError = z.object({ name: z.literal('FetchError'), cause: z.instanceof(Error) });

/** Runs one request of the SDK's. Rejects only on faults of our own. */
export async function ask(send: () => Promise<{ readonly raw: Response }>): Promise<Answer> {
  try {
    const { raw } = await send();
    return { kind: 'ok', status: raw.status, text: await raw.text() };
  } catch (thrown) {
    const answered = errorStatus.safeParse(thrown);
    if (answered.success) {
      const { response } = answered.data;
      const { status } = response;
      const retryAfterMs = status === 429 ? pauseOf(response.headers, Date.now()) : null;
      return { kind: 'error', status, error: readError(await response.text()), retryAfterMs };
    }
    const network = fetchError.safeParse(thrown);
    if (!network.success) throw thrown;
    const { cause } = network.data;
    if (cause instanceof NeverSent) return { kind: 'never_sent', reason: cause.message, retryAfterMs: cause.afterMs };
    return { kind: 'lost', reason: cause.message };
  }
}

/** What an answer that brought nothing means. A refused token is proven only by Alpaca's own code or words. */
export function failureOf(answer: Exclude<Answer, { kind: 'ok' }>): Failure {
  if (answer.kind !== 'error') return { kind: 'unknown', reason: answer.reason };
  const { status, error } = answer;
  const isProven = error !== null && (error.code !== null || error.message === UNAUTHORIZED);
  if (status === 401 && isProven) return { kind: 'unauthorized', reason: error.message };
  return { kind: 'unknown', reason: inWords(answer) };
}

/** An error answer in words. */
export const inWords = ({ status, error }: Extract<Answer, { kind: 'error' }>): string =>
  error === null ? `HTTP ${status} without words of the broker's own` : `HTTP ${status}: ${error.message}`;
