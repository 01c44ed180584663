/** `npm run demo`: the product on a free port, one trader, three orders, and the story of each. */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readConfig } from './config.ts';
import type { DemoResult } from './demo/scenario.ts';
import { runScenario } from './demo/scenario.ts';
import { removeDataFolder } from './embedded-postgres.ts';
import { freePort } from './free-port.ts';
import { startProduct } from './product.ts';
import { StartupError } from './startup-error.ts';

const asJson = process.argv.includes('--json');
const say = (line: string): void => console.error(`  ${line}`);

/** People read sentences; `--json` prints everything. */
function print(result: DemoResult): void {
  if (asJson) {
    const orders = result.orders.map(({ id, outcome, events }) => ({ id, outcome, events }));
    console.log(JSON.stringify({ ...result, orders }));
    return;
  }
  for (const order of result.orders) {
    console.log(`\n${order.summary}: ${order.outcome}   (order ${order.id})`);
    for (const event of order.events) console.log(`  ${event.at}  ${event.type.padEnd(22)} ${event.sentence}`);
  }
  console.log(`\nThe sandbox's own ledger has ${result.sandboxOrders} orders of this trader.`);
}

/** Ctrl-C ends the demo as its end does: everything that was started is stopped. */
const interrupted = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => interrupted.abort(new Error('interrupted')));

const untilInterrupted = (): Promise<never> =>
  new Promise((_resolve, reject) => {
    const tell = (): void => reject(new Error('interrupted'));
    if (interrupted.signal.aborted) tell();
    else interrupted.signal.addEventListener('abort', tell, { once: true });
  });

async function demo(): Promise<boolean> {
  const kept = process.env['TRADSY_DATA'];
  const folder = kept === undefined || kept === '' ? mkdtempSync(join(tmpdir(), 'tradsy-demo-')) : kept;
  try {
    const port = `${await freePort()}`;
    const config = readConfig(
      { ...process.env, PORT: port, HOST: '127.0.0.1', PUBLIC_URL: '', TRADSY_DATA: folder },
      process.cwd(),
    );
    if (config.broker.kind === 'alpaca' || config.production) {
      throw new StartupError('the demo places orders by itself: it runs with the sandbox only');
    }
    const product = await startProduct(config, say, { signal: interrupted.signal });
    try {
      const result = await Promise.race([runScenario(product, say), untilInterrupted()]);
      print(result);
      return result.ok;
    } finally {
      await product.stop();
    }
  } finally {
    if (folder !== kept) await removeDataFolder(folder);
  }
}

try {
  process.exitCode = (await demo()) ? 0 : 1;
} catch (error) {
  console.error(`tradsy: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}
