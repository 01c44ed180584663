import { expect, it } from 'vitest';

import { createTestDatabase } from '../../../test/support/postgres.ts';
import { createPool } from './pool.ts';
import { createReconciliations } from './reconciliations.ts';

it('an account keeps the newest time at which it was reconciled, by whomever', async () => {
  const database = await createTestDatabase();
  const pool = createPool(database.url);
  const reconciliations = createReconciliations(pool);
  expect(await reconciliations.lastOf('A')).toBeNull();
  await reconciliations.record('A', '2026-03-02T15:00:00.000Z');
  await reconciliations.record('A', '2026-03-02T14:00:00.000Z');
  await reconciliations.record('B', '2026-03-02T13:00:00.000Z');
  expect(await createReconciliations(pool).lastOf('A')).toBe('2026-03-02T15:00:00.000Z');
  await pool.end();
  await database.close();
});
