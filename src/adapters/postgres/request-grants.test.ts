import type { Pool } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase } from '../../../test/support/postgres.ts';
import { severableConnection } from '../../../test/support/severable-connection.ts';
import { createRequestBudget } from '../../application/request-budget.ts';
import { NoTurn } from '../../application/ports/request-budget.ts';
import type { GrantWindow } from '../../application/ports/request-budget.ts';
import { ALLOWANCE, SHORT, requestBudgetSuite } from '../../application/ports/request-budget.suite.ts';
import { systemClock } from '../node/clock-and-ids.ts';
import { createPool } from './pool.ts';
import { createPostgresGrants } from './request-grants.ts';

async function openGrants() {
  const database = await createTestDatabase();
  const owner = createPool(database.url, { max: 1, role: 'owner' });
  const pools: Pool[] = [];
  return {
    database,
    owner,
    another(window: GrantWindow, url = database.url) {
      const pool = createPool(url, { max: 4 });
      pools.push(pool);
      return createPostgresGrants(pool, { window, allowance: () => ALLOWANCE });
    },
    /** To a clock that was set back the newest slot lies in the future. */
    async shiftClock(milliseconds: number) {
      await owner.query('update request_budgets set slot = slot - $1', [milliseconds / SHORT.slotMs]);
    },
    async close() {
      await Promise.all([...pools, owner].map((pool) => pool.end()));
      await database.close();
    },
  };
}

requestBudgetSuite('on Postgres', openGrants);

describe('request grants on Postgres', () => {
  let opened: Awaited<ReturnType<typeof openGrants>>;
  beforeAll(async () => {
    opened = await openGrants();
  });
  afterAll(() => opened.close());

  it('forget keys that nobody has used for an hour', async () => {
    const { owner, another } = opened;
    const grants = another(SHORT);
    await grants.take('old', 'order');
    await grants.take('young', 'order');
    await owner.query(`update request_budgets set slot = slot - $1 where key = 'old'`, [3_700_000 / SHORT.slotMs]);
    await grants.take('new', 'order');
    const { rows } = await owner.query<{ key: string }>('select key from request_budgets order by key');
    expect(rows.map(({ key }) => key)).toEqual(['new', 'young']);
  });

  it('that do not answer let only cancels pass', async () => {
    const told: string[] = [];
    const log = { info: (text: string) => void told.push(text), warn: (text: string) => void told.push(text) };
    const way = await severableConnection(opened.database.url);
    const budget = createRequestBudget({ grants: opened.another(SHORT, way.url), clock: systemClock, log });
    const signal = AbortSignal.timeout(20_000);
    expect(await budget.take('k', 'order', signal)).toBe('granted');
    way.cut();
    const order = budget.take('k', 'order', AbortSignal.timeout(1_200)).catch((error: unknown) => error);
    const begun = performance.now();
    await Promise.all(Array.from({ length: 9 }, () => budget.take('k', 'cancel', signal)));
    expect(performance.now() - begun).toBeLessThan(1_500);
    expect(await order).toBeInstanceOf(NoTurn);
    await budget.pause('k', 10);
    expect(told).toEqual(['the request budget can not be asked: only cancels go out']);
    await way.close();
  });
});
