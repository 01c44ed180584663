import { eventStoreSuite } from '../../application/ports/event-store.suite.ts';
import { createMemoryEventStore } from './event-store.ts';

eventStoreSuite('memory', async () => ({
  store: createMemoryEventStore({ now: () => new Date().toISOString() }),
  close: async () => {},
}));
