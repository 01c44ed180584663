/** What becomes of an order at the venue once it works: executed at once, in parts, late, or never. */
import type { Cents, Thousandths } from './amounts.ts';
import { shares } from './amounts.ts';
import type { Random } from './random.ts';
import type { Scheduler } from './scheduler.ts';
import type { VenueOrder } from './venue-order.ts';

export interface FateActs {
  execute(order: VenueOrder, most: Thousandths, price: Cents): void;
  expire(order: VenueOrder): void;
  cancel(order: VenueOrder): void;
}

/** Unfinished orders run out after so long: the end of the day, as it were. */
const RUNS_OUT_AFTER_MS = [15_000, 40_000] as const;

export function createFates(scheduler: Scheduler, random: Random, acts: FateActs) {
  /** Parts of a whole number of shares each, if the order has any. */
  function inParts(total: Thousandths): readonly Thousandths[] {
    const whole = total / 1000;
    const parts = !Number.isInteger(whole) || whole < 2 ? 1 : random.between(1, Math.min(3, whole));
    const sizes: Thousandths[] = [];
    for (let left = whole, rest = parts; rest > 0; rest -= 1) {
      const size = rest === 1 ? left : random.between(1, left - rest + 1);
      sizes.push(size * 1000);
      left -= size;
    }
    return parts === 1 ? [total] : sizes;
  }

  const priceOf = (order: VenueOrder): Cents =>
    Math.round(Number(order.terms.limitPrice ?? order.terms.stopPrice ?? '100') * 100) + random.between(-40, 40);

  return {
    decide(order: VenueOrder): void {
      const total = shares(order.terms.quantity);
      const parts = inParts(total);
      const { timeInForce } = order.terms;
      const atOnce = order.type === 'market' || timeInForce === 'ioc' || timeInForce === 'fok';
      const executed = atOnce
        ? random.chance(0.9)
          ? parts.length
          : 0
        : random.pick([parts.length, parts.length, 1, 0, 0]);
      const within = atOnce ? 800 : 12_000;
      let wait = 0;
      for (const part of parts.slice(0, executed)) {
        wait += random.between(0, within);
        scheduler.after(wait, () => acts.execute(order, part, priceOf(order)));
      }
      if (timeInForce === 'ioc' || timeInForce === 'fok') scheduler.after(wait + 1, () => acts.cancel(order));
      else scheduler.after(wait + random.between(...RUNS_OUT_AFTER_MS), () => acts.expire(order));
    },
  };
}
