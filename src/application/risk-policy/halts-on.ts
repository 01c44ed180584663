/** The halts that stand against an order. Read from the record each time: nothing else can say that there are none. */
import type { HaltNotice } from '../../domain/risk-policy/events.ts';
import { KILL_SWITCH_STREAM } from '../../domain/risk-policy/kill-switch/events.ts';
import { haltsOn } from '../../domain/risk-policy/kill-switch/scope.ts';
import type { HaltSubject } from '../../domain/risk-policy/kill-switch/scope.ts';
import type { Aggregates } from '../aggregates.ts';

export type { HaltSubject };

/** Rejects when the record can not be read: then nobody may place or send anything. */
export type HaltsOn = (subject: HaltSubject) => Promise<readonly HaltNotice[]>;

export const createHaltsOn =
  ({ aggregates }: { readonly aggregates: Pick<Aggregates, 'killSwitch'> }): HaltsOn =>
  async (subject) =>
    haltsOn(await aggregates.killSwitch.load(KILL_SWITCH_STREAM), subject);
