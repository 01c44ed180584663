/** Following what becomes of a halt, for as long as somebody wants to wait. */
import { setTimeout as wait } from 'node:timers/promises';
import { progressInWords } from '../../adapters/words/halts.ts';
import { KILL_SWITCH_STREAM } from '../../domain/risk-policy/kill-switch/events.ts';
import type { Halt } from '../../domain/risk-policy/kill-switch/state.ts';
import { isUnderWay } from '../../domain/risk-policy/kill-switch/state.ts';
import type { House } from './open-house.ts';

/**
 * `carried_out`: verified at the broker, or there was nothing to do. `waiting_for_open`: all but what needs an open market.
 * `not_at_work`: no process of the product runs that could do it. `released`: it stands no longer.
 */
export type Outcome = 'carried_out' | 'waiting_for_open' | 'unfinished' | 'not_at_work' | 'released';

const LOOK_EVERY_MS = 200;
/** A process that has just been killed frees its lease at once, and another one takes it within a second. */
const AT_WORK_WITHIN_MS = 5_000;

/** `halt`: as it stood last; null when it stands no longer. */
export async function followHalt(
  house: Pick<House, 'aggregates' | 'isAtWork'>,
  haltId: string,
  options: { readonly seconds: number; readonly say: (line: string) => void; readonly interrupted: AbortSignal },
): Promise<{ readonly outcome: Outcome; readonly halt: Halt | null }> {
  const { seconds, say, interrupted } = options;
  const begun = performance.now();
  let told = '';
  let atWorkUntil = performance.now() + AT_WORK_WITHIN_MS;
  for (;;) {
    const { standing } = await house.aggregates.killSwitch.load(KILL_SWITCH_STREAM);
    const halt = standing.get(haltId) ?? null;
    if (halt === null) return { outcome: 'released', halt };
    if (!isUnderWay(halt)) return { outcome: 'carried_out', halt };
    const words = progressInWords(halt);
    if (words !== told) say(words);
    told = words;
    const { accounts, stages } = halt;
    const waiting = stages.waiting_for_open ?? 0;
    if (waiting > 0 && waiting + (stages.done ?? 0) === accounts) return { outcome: 'waiting_for_open', halt };
    if (await house.isAtWork()) atWorkUntil = performance.now() + AT_WORK_WITHIN_MS;
    else if (performance.now() > atWorkUntil) return { outcome: 'not_at_work', halt };
    if (performance.now() - begun >= seconds * 1000 || interrupted.aborted) return { outcome: 'unfinished', halt };
    await wait(LOOK_EVERY_MS);
  }
}
