import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { admissionOf } from './admission.ts';
import type { RiskEvent, RuleName } from './events.ts';
import { BAD_ORDERS, GOOD_ORDERS } from './orders.suite.ts';
import type { Case } from './orders.suite.ts';
import { riskPolicy } from './risk-policy.ts';
import { after } from './samples.suite.ts';

const RUNS_A_RULE = 100;

function judge({ before, command }: Case): { readonly denied: readonly RuleName[]; readonly isAdmitted: boolean } {
  const { state } = after(...before);
  const decision = riskPolicy.decide(command, state);
  if (decision.kind === 'refused') throw new Error(decision.refusal.code);
  const denial = decision.events.find((event) => event.type === 'OrderDenied');
  const then = decision.events.reduce<typeof state>(
    (known, event: RiskEvent) => riskPolicy.evolve(known, event),
    state,
  );
  return {
    denied: denial?.data.breaches.map(({ rule }) => rule) ?? [],
    isAdmitted: admissionOf(then, command.ticket) !== null,
  };
}

describe('generated orders', () => {
  const rules = Object.keys(BAD_ORDERS) as RuleName[];
  it('are bad for every rule that there is', () => {
    expect(rules.length * RUNS_A_RULE).toBeGreaterThanOrEqual(2_000);
  });

  it.each(rules)('that are bad for %s are denied by it, and have no admission', (rule) => {
    fc.assert(
      fc.property(BAD_ORDERS[rule], (bad) => {
        const { denied, isAdmitted } = judge(bad);
        expect(denied).toContain(rule);
        expect(isAdmitted).toBe(false);
      }),
      { numRuns: RUNS_A_RULE },
    );
  });

  it('that are good are never denied', { timeout: 60_000 }, () => {
    fc.assert(
      fc.property(GOOD_ORDERS, (good) => {
        expect(judge(good)).toEqual({ denied: [], isAdmitted: true });
      }),
      { numRuns: 2_000 },
    );
  });
});
