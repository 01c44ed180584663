/** `npm run audit:export -- --out FILE [--force]`: writes the whole log, with its heads, into one file; `-` is standard output. */
import { parseArgs } from 'node:util';
import { exportLog } from '../adapters/audit/export-log.ts';
import { readHeads } from '../adapters/audit/head-file.ts';
import { publicKeysIn } from '../adapters/audit/keys.ts';
import { BadLine } from '../adapters/audit/lines.ts';
import { systemClock } from '../adapters/node/clock-and-ids.ts';
import { currentSigner, headsFile } from './audit/folder.ts';
import { openLog, orInterrupted } from './audit/open-log.ts';
import { openOutput } from './audit/output.ts';
import { progress, readOptions, runProgram, say } from './audit/program.ts';
import { readConfig } from './config.ts';
import { keptKeys } from './keys.ts';
import { StartupError } from './startup-error.ts';

await runProgram(async (interrupted) => {
  const { out, force } = readOptions(
    () => parseArgs({ options: { out: { type: 'string' }, force: { type: 'boolean', default: false } } }).values,
  );
  if (out === undefined || out === '') throw new StartupError('name the file to write: --out FILE, or --out -');
  const config = readConfig(process.env, process.cwd());
  const log = await openLog(config, say);
  try {
    const signer = currentSigner(config.auditFolder, keptKeys(config.secret, config.dataFolder));
    const heads = await readHeads(headsFile(config.auditFolder)).catch((error: unknown) => {
      if (!(error instanceof BadLine)) throw error;
      throw new StartupError(`${headsFile(config.auditFolder)}: ${error.message}`);
    });
    const output = await openOutput(out, force);
    const exporting = exportLog({
      source: log.source,
      heads,
      signer,
      publicKeys: publicKeysIn(config.auditFolder),
      exportedAt: systemClock.now(),
      write: output.write,
      onProgress: progress('written'),
    });
    const events = await orInterrupted(exporting, interrupted).catch(async (error: unknown) => {
      await output.giveUp();
      throw error;
    });
    await output.finish();
    say(`${events} events and ${heads.length} heads written${out === '-' ? '' : ` to ${out}`}`);
    return 0;
  } finally {
    await log.stop();
  }
});
