import { readConfig } from './config.ts';
import { StartFailure } from './failure.ts';
import { startSandbox } from './server.ts';

const STOP_WITHIN = 900;

try {
  const sandbox = await startSandbox(readConfig(process.env));
  let isStopping = false;
  const stop = (): void => {
    if (isStopping) return;
    isStopping = true;
    setTimeout(() => process.exit(0), STOP_WITHIN).unref();
    void sandbox.close().then(() => process.exit(0));
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
  if (process.channel) process.on('disconnect', stop);
  process.stdout.write(`${JSON.stringify({ sandbox: 'ready', url: sandbox.url })}\n`);
} catch (error) {
  process.stderr.write(`${error instanceof StartFailure ? error.message : String(error)}\n`);
  process.exit(1);
}
