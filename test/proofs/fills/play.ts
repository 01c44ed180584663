/** Plays one trace to the end: in its own order and with everything booked at once, or in any order and with anything twice. */
import type { Message, ModelOrder } from './broker-model.ts';
import { createDelivery } from './delivery.ts';
import type { Outcome } from './delivery.ts';
import { createTrace } from './trace.ts';
import type { Ask, Trace } from './trace.ts';

export interface Played {
  readonly trace: Trace;
  readonly outcome: Outcome;
  /** Messages and look-ups that were brought, repetitions included. */
  readonly brought: number;
  /** Whether our side had what was left of the order cancelled in the end. */
  readonly cancelledRest: boolean;
}

/** `random`: null for the order in which it happened. */
export async function play(traceRandom: () => number, random: (() => number) | null): Promise<Played> {
  const trace = createTrace(traceRandom);
  const delivery = createDelivery(trace);
  const waiting: Message[] = [];
  const past: Message[] = [];
  let ask: Ask | null = null;
  let isOver = false;
  let brought = 0;

  const chance = (share: number): boolean => random !== null && random() < share;
  const below = (count: number): number => (random === null ? 0 : Math.floor(random() * count));

  /** The broker goes on until something is asked of it, whatever has been told of it so far. */
  const goOn = (): void => {
    while (ask === null && !isOver) {
      const next = trace.next();
      if (next === null) isOver = true;
      else if ('kind' in next) ask = next;
      else {
        waiting.push(...next);
        if (random === null) return;
      }
    }
  };
  const bring = async (message: Message): Promise<void> => {
    brought += 1;
    await delivery.deliver(message);
  };

  await delivery.begin();
  if (chance(0.1)) await delivery.deliverStrange();
  for (;;) {
    goOn();
    if (waiting.length === 0 && ask === null) break;
    if (random === null || chance(0.4)) await delivery.react(chance(0.3) ? [below(1_000), below(1_000)] : []);
    if (chance(0.15) && trace.model.orders.length > 0) {
      brought += 1;
      await delivery.look(trace.model.orders[below(trace.model.orders.length)] as ModelOrder);
    }
    if (chance(0.25) && past.length > 0) await bring(past[below(past.length)] as Message);
    if (chance(0.04)) await delivery.deliverStrange();
    if (chance(0.15)) await delivery.watch();
    if (ask !== null && (waiting.length === 0 || chance(0.3))) {
      if (!(await delivery.canAsk(ask))) await settle();
      await delivery.ask(ask);
      ask = null;
      continue;
    }
    const [message] = waiting.splice(below(waiting.length), 1);
    if (message === undefined) continue;
    past.push(message);
    await bring(message);
  }

  /** Nothing can be asked while our side does not know what became of the last request: it looks, or hears of it. */
  async function settle(): Promise<void> {
    await delivery.lookAtAll();
    while (ask !== null && waiting.length > 0 && !(await delivery.canAsk(ask))) {
      const message = waiting.shift() as Message;
      past.push(message);
      await bring(message);
    }
    const isMissing = ask?.kind === 'replace' && !(await delivery.canAsk(ask));
    if (isMissing) throw new Error('the change can not be asked for');
  }

  await delivery.lookAtAll();
  await delivery.react();
  if (chance(0.5)) await delivery.watch();
  const rest = (await delivery.wantsCancel()) ? trace.cancelRest() : [];
  for (const message of rest) await bring(message);
  return { trace, outcome: await delivery.outcome(), brought, cancelledRest: rest.length > 0 };
}
