/**
 * The product as it is, but for how long it waits for the broker; and, where `TRADSY_CHAOS_BUG` names one, with a seeded
 * bug, for the harness to catch.
 */
import { readConfig } from '../../../src/bootstrap/config.ts';
import { PORT, replacePart } from '../../../src/bootstrap/container.ts';
import { startProduct } from '../../../src/bootstrap/product.ts';
import { BUGS } from '../bugs/all.ts';
import { REQUESTS_A_MINUTE, TIMES } from './times.ts';

const bug = BUGS.find(({ name }) => name === process.env['TRADSY_CHAOS_BUG']);

const product = await startProduct(readConfig(process.env, process.cwd()), () => undefined, {
  rewire(container) {
    replacePart(container, PORT.alpacaConfig, (config) => ({
      ...config,
      times: TIMES,
      requestsAMinute: REQUESTS_A_MINUTE,
    }));
    bug?.plant(container);
  },
});
process.on('SIGTERM', () => void product.stop().then(() => process.exit(0)));
