/** Writing a log into an export, at the pace of whoever takes it. */
import { headLine, tallyAfter } from '../../application/audit/head.ts';
import { NO_HASH } from '../../application/ports/event-chain.ts';
import { NOTHING, type SignedHead, type Signer } from '../../application/ports/heads.ts';
import { sha256 } from '../node/sha256.ts';
import { eventLine, headerLine, sealLine, sealText, type Header } from './export-format.ts';
import { eventsOf, type LogSource } from './log-source.ts';

export interface ExportNeeds {
  readonly source: LogSource;
  /** Read before the log is: events come in meanwhile, and a head may not speak of more than the export holds. */
  readonly heads: readonly SignedHead[];
  readonly signer: Signer;
  /** As PEM, the current one first. */
  readonly publicKeys: readonly string[];
  readonly exportedAt: string;
  /** Takes the next lines; the next ones are read when it resolves. */
  readonly write: (text: string) => Promise<void>;
  /** Told how many events have been written so far. */
  readonly onProgress: (events: number) => void;
}

/** Resolves to the number of events. */
export async function exportLog(needs: ExportNeeds): Promise<number> {
  const { source, heads, signer, publicKeys, exportedAt, write, onProgress } = needs;
  const header: Header = { format: 'tradsy-log', version: 1, log: source.name, publicKeys, exportedAt };
  await write(`${headerLine(header)}\n`);
  for (const head of heads) await write(`${headLine(head)}\n`);
  let tally = NOTHING;
  for await (const batch of eventsOf(source)) {
    for (const event of batch) tally = tallyAfter(tally, event, sha256);
    await write(batch.map((event) => `${eventLine(event)}\n`).join(''));
    onProgress(tally.count);
  }
  const last = heads.at(-1);
  const seal = {
    ...tally,
    header: sha256(headerLine(header)),
    lastHead: last === undefined ? NO_HASH : sha256(headLine(last)),
    key: signer.key,
  };
  await write(`${sealLine({ ...seal, signature: signer.sign(sealText(seal)) })}\n`);
  return tally.count;
}
