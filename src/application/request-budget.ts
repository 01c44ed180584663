/** The queue before the grants: within one process the most urgent request goes first, then who has waited longest. */
import type { Clock } from './ports/clock-and-ids.ts';
import type { Log } from './ports/log.ts';
import { NoTurn, PRIORITIES } from './ports/request-budget.ts';
import type { RequestBudget, RequestGrants, RequestPriority } from './ports/request-budget.ts';

export interface RequestBudgetNeeds {
  readonly grants: RequestGrants;
  readonly clock: Pick<Clock, 'sleep'>;
  readonly log: Pick<Log, 'info' | 'warn'>;
}

interface Waiter {
  readonly signal: AbortSignal;
  readonly grant: () => void;
}

/** Who was refused asks again after this time at the latest: what is known of the time to come may be wrong. */
const LONGEST_NAP_MS = 1_000;
/** After a failure the grants are left alone for a moment. */
const FAILED_NAP_MS = 500;

export function createRequestBudget({ grants, clock, log }: RequestBudgetNeeds): RequestBudget {
  const queues = new Map<string, Queue>();
  let failing = false;

  function answered(error: unknown): void {
    if (failing === (error !== null)) return;
    failing = error !== null;
    if (failing) log.warn('the request budget can not be asked: only cancels go out', { error: String(error) });
    else log.info('the request budget can be asked again');
  }

  return {
    take(key, priority, signal) {
      let queue = queues.get(key);
      if (queue === undefined) {
        queue = createQueue(key, { grants, clock, answered, onEmpty: () => queues.delete(key) });
        queues.set(key, queue);
      }
      return queue.join(priority, signal);
    },
    async pause(key, milliseconds) {
      try {
        await grants.pause(key, milliseconds);
      } catch (error) {
        answered(error);
      }
    },
  };
}

interface Queue {
  join(priority: RequestPriority, signal: AbortSignal): Promise<'granted'>;
}

interface QueueNeeds extends Pick<RequestBudgetNeeds, 'grants' | 'clock'> {
  /** Told how the grants have answered: with null, or with an error. */
  readonly answered: (error: unknown) => void;
  readonly onEmpty: () => void;
}

/** The queue of one key. It asks for one grant at a time. */
function createQueue(key: string, { grants, clock, answered, onEmpty }: QueueNeeds): Queue {
  const waiting = new Map<RequestPriority, Waiter[]>(PRIORITIES.map((priority) => [priority, []]));
  /** Who was refused a moment ago need not be asked for. */
  const refused = new Set<RequestPriority>();
  /** What is waited for: the time at which one of a priority could be granted, or the end of a failure. */
  const naps = new Set<RequestPriority | 'failure'>();
  let serving = false;
  let wake = (): void => undefined;

  const of = (priority: RequestPriority): Waiter[] => waiting.get(priority) ?? [];
  const mostUrgent = (isMeant: (priority: RequestPriority) => boolean): RequestPriority | undefined =>
    PRIORITIES.find((priority) => of(priority).length > 0 && isMeant(priority));
  const anyone = (): RequestPriority | undefined => mostUrgent(() => true);

  /** After it everyone is asked for anew, the most urgent first. */
  function nap(until: RequestPriority | 'failure', milliseconds: number, { signal }: Waiter): void {
    if (naps.has(until)) return;
    naps.add(until);
    void clock.sleep(Math.min(milliseconds, LONGEST_NAP_MS), signal).then(() => {
      naps.delete(until);
      refused.clear();
      wake();
    });
  }

  async function ask(priority: RequestPriority, first: Waiter): Promise<void> {
    try {
      const afterMs = await grants.take(key, priority);
      answered(null);
      if (afterMs > 0) {
        refused.add(priority);
        return nap(priority, afterMs, first);
      }
      // Should nobody of this priority wait any more, another one takes it, so that it is not wasted.
      const heir = of(priority).length > 0 ? priority : anyone();
      if (heir !== undefined) of(heir).shift()?.grant();
    } catch (error) {
      answered(error);
      nap('failure', FAILED_NAP_MS, first);
    }
  }

  async function serve(): Promise<void> {
    while (anyone() !== undefined) {
      // Getting out must be possible whatever has failed; a broker that counts too many only says so.
      const failed = naps.has('failure');
      if (failed) for (const waiter of of('cancel').splice(0)) waiter.grant();
      const next = mostUrgent((priority) => !failed && !refused.has(priority));
      const first = next === undefined ? undefined : of(next)[0];
      if (next !== undefined && first !== undefined) await ask(next, first);
      else if (anyone() !== undefined) await new Promise<void>((resolve) => (wake = resolve));
    }
    serving = false;
    onEmpty();
  }

  return {
    join: (priority, signal) =>
      new Promise((resolve, reject) => {
        const late = (): void => reject(new NoTurn('The turn of the request did not come in time.'));
        if (signal.aborted) return late();
        const leave = (): void => {
          of(priority).splice(of(priority).indexOf(waiter), 1);
          wake();
          late();
        };
        const waiter: Waiter = {
          signal,
          grant: () => {
            signal.removeEventListener('abort', leave);
            resolve('granted');
          },
        };
        signal.addEventListener('abort', leave, { once: true });
        of(priority).push(waiter);
        wake();
        if (serving) return;
        serving = true;
        void serve();
      }),
  };
}
