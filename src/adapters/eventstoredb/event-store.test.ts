import { eventStoreSuite } from '../../application/ports/event-store.suite.ts';
import { startStandIn } from '../../../test/support/eventstoredb/server.ts';
import { createEventStoreDbStore } from './event-store.ts';

eventStoreSuite('EventStoreDB', async () => {
  const server = await startStandIn();
  const store = createEventStoreDbStore(server.url);
  return {
    store,
    async close() {
      await store.close();
      await server.stop();
    },
  };
});

/** A server of your own, for example that of compose.yaml. Every case has its own names there, and leaves its events. */
const url = process.env['EVENTSTOREDB_URL'];
if (url) {
  eventStoreSuite(`EventStoreDB at ${url.replace(/\/\/.*@/, '//')}`, async () => {
    const store = createEventStoreDbStore(url, { prefix: `test-${crypto.randomUUID()}/` });
    return { store, close: () => store.close() };
  });
}
