/**
 * Where every request to Alpaca passes: it waits for its turn in the budget, is held back while the broker fails if it could
 * place or change an order, is carried once within its time, and what came of it is noted for those that follow.
 */
import type { BrokerAccess, LastLook, Readiness } from '../../application/ports/broker.ts';
import type { RequestBudget, RequestPriority } from '../../application/ports/request-budget.ts';
import { NoTurn } from '../../application/ports/request-budget.ts';
import type { Breaker } from './breaker.ts';
import { type AlpacaTimes, BUDGET_KEYS, type Environment } from './config.ts';
import { readError } from './own-words.ts';
import { pauseOf } from './retry-after.ts';
import { HeldBack, NeverSent, type Transport } from './transport.ts';

export interface CarrierNeeds {
  readonly transport: Transport;
  readonly budget: RequestBudget;
  /** Those of the Trading API's hosts. */
  readonly breakers: Readonly<Record<Environment, Breaker>>;
  readonly times: Pick<AlpacaTimes, 'change' | 'read' | 'lookUp' | 'turn'>;
}

export interface Carrier {
  forTrader(access: BrokerAccess, priority: RequestPriority, lastLook?: LastLook): Transport;
  /** Under the house's own key; `at` where the Trading API is asked. */
  forHouse(priority: RequestPriority, at?: Environment): Transport;
  /** As the application that Alpaca has registered. */
  forRegistration(): Transport;
  /** See the port. */
  ready(access: BrokerAccess, withinMs: number, signal: AbortSignal): Promise<Readiness>;
}

interface Errand {
  readonly key: string;
  readonly priority: RequestPriority;
  readonly breaker: Breaker | null;
  readonly lastLook?: LastLook | undefined;
}

const NO_TURN = 'The broker takes no more requests for now: those that it allows in a minute are used up.';
/** When it is worth asking for a turn again. */
const TURN_AGAIN_MS = 1_000;
/** A turn taken in advance is good for so long, and then taken anew: the broker counts when the request arrives. */
const TURN_SERVES_MS = 1_000;

export function createCarrier({ transport, budget, breakers, times }: CarrierNeeds): Carrier {
  /** Turns that were taken for orders about to be sent, and when, by key. */
  const taken = new Map<string, number[]>();

  /** Uses the oldest turn that still serves, if there is one. */
  function useTurn(key: string): boolean {
    const serving = (taken.get(key) ?? []).filter((at) => performance.now() - at < TURN_SERVES_MS);
    const used = serving.shift() !== undefined;
    if (serving.length > 0) taken.set(key, serving);
    else taken.delete(key);
    return used;
  }

  async function waitForTurn(key: string, priority: RequestPriority, signal: AbortSignal): Promise<void> {
    try {
      await budget.take(key, priority, signal);
    } catch (error) {
      if (error instanceof NoTurn) throw new NeverSent(NO_TURN, TURN_AGAIN_MS);
      throw error;
    }
  }

  const carry =
    ({ key, priority, breaker, lastLook }: Errand): Transport =>
    async (url, init) => {
      const changes = init.method === 'POST' || init.method === 'PATCH';
      const holdBack = (): void => {
        const held = changes ? (breaker?.held() ?? null) : null;
        if (held !== null) throw new NeverSent(held.reason, held.afterMs);
      };
      holdBack();
      if (!(changes && useTurn(key))) {
        await waitForTurn(key, priority, AbortSignal.timeout(times.turn[changes ? 'sending' : priority]));
        holdBack();
      }
      const limit = changes || init.method === 'DELETE' ? times.change : limitOf(priority);
      let response: Response;
      try {
        response = await transport(url, { ...init, signal: AbortSignal.timeout(limit) }, lastLook);
      } catch (error) {
        if (!(error instanceof HeldBack)) breaker?.failed();
        throw error;
      }
      if (response.status === 429) await budget.pause(key, pauseOf(response.headers, Date.now()));
      else if (await hasAnswered(response)) breaker?.succeeded();
      else breaker?.failed();
      return response;
    };

  const limitOf = (priority: RequestPriority): number => (priority === 'look-up' ? times.lookUp : times.read);

  return {
    forTrader: ({ accountId, environment }, priority, lastLook) =>
      carry({ key: BUDGET_KEYS.account(accountId), priority, breaker: breakers[environment], lastLook }),
    forHouse: (priority, at) =>
      carry({ key: BUDGET_KEYS.house, priority, breaker: at === undefined ? null : breakers[at] }),
    forRegistration: () => carry({ key: BUDGET_KEYS.registration, priority: 'order', breaker: null }),

    async ready({ accountId, environment }, withinMs, signal) {
      const key = BUDGET_KEYS.account(accountId);
      const breaker = breakers[environment];
      const within = AbortSignal.any([signal, AbortSignal.timeout(withinMs)]);
      for (;;) {
        await breaker.closed(within);
        const held = breaker.held();
        if (held !== null) return { kind: 'held', reason: held.reason, retryAfterMs: held.afterMs };
        try {
          await waitForTurn(key, 'order', within);
        } catch (error) {
          if (!(error instanceof NeverSent)) throw error;
          return { kind: 'held', reason: error.message, retryAfterMs: TURN_AGAIN_MS };
        }
        if (breaker.held() === null) {
          taken.set(key, [...(taken.get(key) ?? []), performance.now()]);
          return { kind: 'ready' };
        }
      }
    },
  };
}

/** A success, or a refusal in the broker's own words: nobody in between can give those. */
async function hasAnswered(response: Response): Promise<boolean> {
  if (response.ok) return true;
  return response.status < 500 && readError(await response.clone().text()) !== null;
}
