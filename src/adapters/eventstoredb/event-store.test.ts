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
