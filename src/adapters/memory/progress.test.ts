import { passedOverSuite } from '../../application/ports/passed-over.suite.ts';
import { createMemoryPassedOver } from './progress.ts';

passedOverSuite('memory', async () => ({ passedOver: createMemoryPassedOver(), close: async () => {} }));
