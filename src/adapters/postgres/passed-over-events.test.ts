import { openTestStore } from '../../../test/support/postgres-store.ts';
import { passedOverSuite } from '../../application/ports/passed-over.suite.ts';
import { createPassedOver } from './passed-over-events.ts';

passedOverSuite('Postgres', async () => {
  const { pool, close } = await openTestStore();
  return { passedOver: createPassedOver(pool), close };
});
