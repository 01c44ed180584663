/** The halts that stand against an order. Read from the record each time: nothing else can say that there are none. */
import type { HaltNotice } from '../../domain/risk-policy/events.ts';
import { KILL_SWITCH_STREAM } from '../../domain/risk-policy/kill-switch/events.ts';
import { haltsOn } from '../../domain/risk-policy/kill-switch/scope.ts';
import type { HaltSubject } from '../../domain/risk-policy/kill-switch/scope.ts';
import type { Aggregates } from '../aggregates.ts';

export type { HaltSubject };

/** Rejects when the record can not be read: then nobody may place or send anything. */
export type HaltsOn = (subject: HaltSubject) => Promise<readonly HaltNotice[]>;

export function createHaltsOn({ aggregates }: { readonly aggregates: Pick<Aggregates, 'killSwitch'> }): HaltsOn {
  const read = shared(() => aggregates.killSwitch.load(KILL_SWITCH_STREAM));
  return async (subject) => haltsOn(await read(), subject);
}

/** Whoever asks while a reading is under way gets the next one, together: no reading began before it was asked for. */
function shared<T>(reading: () => Promise<T>): () => Promise<T> {
  let underWay: Promise<unknown> | null = null;
  let next: Promise<T> | null = null;
  const begin = (): Promise<T> => {
    next = null;
    const mine = reading();
    const over = (): void => {
      if (underWay === mine) underWay = null;
    };
    underWay = mine;
    mine.then(over, over);
    return mine;
  };
  return () => {
    if (underWay === null) return begin();
    next ??= underWay.then(begin, begin);
    return next;
  };
}
