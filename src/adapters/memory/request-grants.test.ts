import { ALLOWANCE, requestBudgetSuite } from '../../application/ports/request-budget.suite.ts';
import type { GrantWindow, RequestGrants } from '../../application/ports/request-budget.ts';
import { createMemoryGrants } from './request-grants.ts';

requestBudgetSuite('in memory', async () => {
  let shift = 0;
  const kept = new Map<GrantWindow, RequestGrants>();
  return {
    another(window) {
      const grants =
        kept.get(window) ?? createMemoryGrants({ window, allowance: () => ALLOWANCE, now: () => Date.now() + shift });
      kept.set(window, grants);
      return grants;
    },
    async shiftClock(milliseconds) {
      shift += milliseconds;
    },
    close: () => Promise.resolve(),
  };
});
