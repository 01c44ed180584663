import { expect, it } from 'vitest';

import { START } from '../../application/ports/event-store.ts';
import { createCheckpoints } from './reaction-checkpoints.ts';
import { openViews } from './views/desk.suite.ts';

it('a reaction goes on where it was saved last, each by itself', async () => {
  const views = await openViews();
  const checkpoints = createCheckpoints(views.pool);
  expect(await checkpoints.load('book-fills')).toBe(START);
  await checkpoints.save('book-fills', '0007');
  await checkpoints.save('order-desk', '0003');
  await checkpoints.save('book-fills', '0009');
  expect(await createCheckpoints(views.pool).load('book-fills')).toBe('0009');
  expect(await checkpoints.load('order-desk')).toBe('0003');
  await views.close();
});
