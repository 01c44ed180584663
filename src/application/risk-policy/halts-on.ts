/** The halts that stand against an order. Read from the record each time: nothing else can say that there are none. */
import type { HaltNotice } from '../../domain/risk-policy/events.ts';
import { KILL_SWITCH_STREAM } from '../../domain/risk-policy/kill-switch/events.ts';
import type { KillSwitchEvent } from '../../domain/risk-policy/kill-switch/events.ts';
import { haltsOn } from '../../domain/risk-policy/kill-switch/scope.ts';
import type { HaltSubject } from '../../domain/risk-policy/kill-switch/scope.ts';
import { evolveKillSwitch, NO_HALTS } from '../../domain/risk-policy/kill-switch/state.ts';
import type { KillSwitchState } from '../../domain/risk-policy/kill-switch/state.ts';
import type { Clock } from '../ports/clock-and-ids.ts';
import type { EventStore } from '../ports/event-store.ts';

export type { HaltSubject };

/** Rejects when the record can not be read: then nobody may place or send anything. */
export type HaltsOn = (subject: HaltSubject) => Promise<readonly HaltNotice[]>;

export interface HaltReading {
  readonly state: KillSwitchState;
  /** When it began, by our clock: whatever was committed until then is in it. */
  readonly asOf: string;
}

/** Never an old reading: it begins after it was asked for. Rejects when the record can not be read. */
export type ReadHalts = () => Promise<HaltReading>;

export interface ReadHaltsNeeds {
  readonly store: Pick<EventStore, 'readStream'>;
  readonly clock: Pick<Clock, 'now'>;
}

export function createReadHalts({ store, clock }: ReadHaltsNeeds): ReadHalts {
  /** What is folded already is a head start: events never change. */
  let folded = { state: NO_HALTS, revision: -1 };
  return shared(async () => {
    const asOf = clock.now();
    for (const event of await store.readStream(KILL_SWITCH_STREAM, { from: folded.revision + 1 })) {
      if (event.revision !== folded.revision + 1) continue;
      const state = evolveKillSwitch(folded.state, event as unknown as KillSwitchEvent);
      folded = { state, revision: event.revision };
    }
    return { state: folded.state, asOf };
  });
}

export const createHaltsOn =
  (read: ReadHalts): HaltsOn =>
  async (subject) =>
    haltsOn((await read()).state, subject);

/** Whoever asks while a reading is under way gets the next one, together. */
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
