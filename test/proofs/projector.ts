/** The projection loop over the product's views as a process of its own, to be killed: `projector.js <database url>`. */
import { createPostgresEventStore } from '../../src/adapters/postgres/event-store.ts';
import { createPool } from '../../src/adapters/postgres/pool.ts';
import { runProjections } from '../../src/adapters/postgres/projections.ts';
import { VIEWS } from '../../src/adapters/postgres/views/all.ts';

const [url = ''] = process.argv.slice(2);
const pool = createPool(url, { applicationName: 'projector' });
runProjections({
  pool,
  store: createPostgresEventStore(pool),
  views: VIEWS,
  signal: new AbortController().signal,
  onError: (error, event) => console.error(`${String(error)} at ${event?.id ?? 'no event'}`),
  onApplied: (events) => console.log(events.at(-1)?.position),
});
