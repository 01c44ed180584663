/** Logs made up for tests and benchmarks: the same every time, chained and signed by the rules. */
import { createHash } from 'node:crypto';
import { headLine, headText, tallyAfter } from '../../src/application/audit/head.ts';
import { hashOfStored, NO_HASH, type StoredEvent } from '../../src/application/ports/event-chain.ts';
import { eventId } from '../../src/application/ports/event-id.ts';
import { NOTHING, type SignedHead, type Signer } from '../../src/application/ports/heads.ts';
import { sha256 } from '../../src/adapters/node/sha256.ts';

export interface SampleLog {
  readonly events: number;
  readonly streams: number;
  /** A head is signed after every so many events. */
  readonly headEvery: number;
}

export const SAMPLE_LOG_NAME = 'sample';
const BEGIN = Date.UTC(2026, 0, 1);

export const instant = (number: number): string => new Date(BEGIN + number).toISOString();

/** The events, in their total order: each of some 700 bytes as JSON. */
export function* sampleEvents({ events, streams }: Pick<SampleLog, 'events' | 'streams'>): Generator<StoredEvent> {
  const last = new Map<string, { readonly revision: number; readonly hash: string }>();
  for (let number = 0; number < events; number += 1) {
    const drawn = createHash('sha1').update(`event ${number}`).digest('hex');
    const uuid = `${drawn.slice(0, 8)}-${drawn.slice(8, 12)}-8${drawn.slice(13, 16)}-a${drawn.slice(17, 20)}-${drawn.slice(20, 32)}`;
    const stream = `order-${parseInt(drawn.slice(32), 16) % streams}`;
    const before = last.get(stream);
    const facts = {
      stream,
      revision: before === undefined ? 0 : before.revision + 1,
      id: eventId(stream, uuid),
      type: 'OrderFilled',
      recordedAt: instant(number),
      data: JSON.stringify({
        orderId: stream,
        symbol: 'AAPL',
        side: 'buy',
        note: number % 50 === 0 ? 'Σ 東京 "quoted"' : 'plain',
        price: `${number}.25`,
      }),
      metadata: JSON.stringify({
        correlationId: uuid,
        causationId: null,
        actor: { kind: 'broker', id: 'alpaca' },
        schemaVersion: 1,
      }),
    };
    const hash = hashOfStored(before?.hash ?? NO_HASH, facts, sha256);
    last.set(stream, { revision: facts.revision, hash });
    yield { ...facts, position: String(number + 1).padStart(19, '0'), hash };
  }
}

/** The heads of such a log, or of any other. */
export function headsOver(events: Iterable<StoredEvent>, headEvery: number, signer: Signer): readonly SignedHead[] {
  const heads: SignedHead[] = [];
  let tally = NOTHING;
  for (const event of events) {
    tally = tallyAfter(tally, event, sha256);
    if (tally.count % headEvery !== 0) continue;
    const { stream, revision, position, hash } = event;
    const before = heads.at(-1);
    const head = {
      ...tally,
      log: SAMPLE_LOG_NAME,
      last: { stream, revision, position, hash },
      signedAt: instant(tally.count),
      previous: before === undefined ? NO_HASH : sha256(headLine(before)),
      key: signer.key,
    };
    heads.push({ ...head, signature: signer.sign(headText(head)) });
  }
  return heads;
}
