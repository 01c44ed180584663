/** `npm start`: starts the product, says where it is, and stops all of it at Ctrl-C. */
import { readConfig } from './config.ts';
import type { Product } from './product.ts';
import { startProduct } from './product.ts';
import { StartupError } from './startup-error.ts';

const STOP_WITHIN_MS = 4_500;

const begun = performance.now();
const say = (line: string): void => console.log(`  ${line}`);

const interrupted = new AbortController();

/** Ctrl-C: also while it starts, which then stops what it has started. */
async function stop(starting: Promise<Product>): Promise<void> {
  if (interrupted.signal.aborted) return;
  interrupted.abort();
  setTimeout(() => process.exit(1), STOP_WITHIN_MS).unref();
  const product = await starting.catch(() => null);
  await product?.stop();
  process.exit(0);
}

try {
  const config = readConfig(process.env, process.cwd());
  const starting = startProduct(config, say, { signal: interrupted.signal });
  process.on('SIGINT', () => void stop(starting));
  process.on('SIGTERM', () => void stop(starting));
  const product = await starting;
  const seconds = ((performance.now() - begun) / 1000).toFixed(1);
  console.log(`\nTradsy is ready after ${seconds} s: ${product.url}\n`);
  if (product.sandboxUrl !== null) {
    console.log('Orders go to a sandbox on this machine, at the same address: no real money, no real market.');
  }
  console.log('Ctrl-C stops it; orders are kept.');
} catch (error) {
  if (!interrupted.signal.aborted) {
    if (!(error instanceof StartupError)) throw error;
    console.error(`tradsy: ${error.message}`);
    process.exit(1);
  }
}
