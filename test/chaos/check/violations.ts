/** The invariants of the order path, checked over what was collected. */
import { foreignActs, silentDoubts } from './duties.ts';
import type { Evidence, Invariant, Violation } from './evidence.ts';
import { doubleFills, missedFills, wrongPositions } from './fills.ts';
import { logFaults, replayFaults } from './log.ts';
import { doubledOrders, falseTerminals, lostOrders } from './orders.ts';
import { recordOf } from './record.ts';
import type { Record } from './record.ts';
import { unchecked, unrecorded } from './sends.ts';

type Check = (evidence: Evidence, record: Record) => readonly Violation[];

export const INVARIANTS: Readonly<globalThis.Record<Invariant, { readonly name: string; readonly check: Check }>> = {
  I1: { name: 'no lost order', check: lostOrders },
  I2: { name: 'no double', check: doubledOrders },
  I3: { name: 'no missed fill', check: missedFills },
  I4: { name: 'no double fill', check: doubleFills },
  I5: { name: 'no false terminal', check: falseTerminals },
  I6: { name: 'position', check: wrongPositions },
  I7: { name: 'nobody else’s', check: foreignActs },
  I8: { name: 'pre-trade', check: unchecked },
  I9: { name: 'order of record', check: unrecorded },
  I10: { name: 'replay', check: replayFaults },
  I11: { name: 'log integrity', check: logFaults },
  I12: { name: 'bounded doubt', check: silentDoubts },
};

export const ALL = Object.keys(INVARIANTS) as readonly Invariant[];

/** Everything that is violated; empty when all holds. `of`: the invariants that the evidence is enough for. */
export function violations(evidence: Evidence, of: readonly Invariant[] = ALL): readonly Violation[] {
  const record = recordOf(evidence.events);
  return of.flatMap((invariant) => INVARIANTS[invariant].check(evidence, record));
}

/** Invariants that speak of what is due: time alone may cure a violation of them. */
export const TIMELY = ['I1', 'I3'] as const satisfies readonly Invariant[];
