/** Reads what the records of a world say, each from its source. */
import { readFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import type { Pool } from 'pg';
import { z } from 'zod';
import { createPostgresEventStore } from '../../../src/adapters/postgres/event-store.ts';
import { hidesEvents } from '../../../src/adapters/postgres/hidden-events.ts';
import { CATALOGUE } from '../../../src/adapters/stored-events/catalogue.ts';
import { createEvolvingStore } from '../../../src/adapters/stored-events/evolving-store.ts';
import type { RecordedEvent } from '../../../src/application/ports/event-store.ts';
import { START } from '../../../src/application/ports/event-store.ts';
import type { Alarm } from '../check/evidence.ts';

const PAGE = 2_000;
const LOOK_AGAIN_MS = 5;
const PATIENCE_MS = 30_000;

export interface EventReader {
  /** All events that were stored when this was asked, and perhaps more. */
  all(): Promise<readonly RecordedEvent[]>;
  close(): Promise<void>;
}

/** Reads the event store on connections of its own, through the same adapter as the product. */
export function createEventReader(pool: Pool): EventReader {
  const bare = createPostgresEventStore(pool);
  const store = createEvolvingStore(bare, { catalogue: CATALOGUE, log: { alarm: () => undefined } });
  const events: RecordedEvent[] = [];

  async function readOn(): Promise<void> {
    for (;;) {
      const page = await store.readAll(events.at(-1)?.position ?? START, PAGE);
      events.push(...page);
      if (page.length < PAGE) return;
    }
  }

  return {
    async all() {
      // Events wait behind older transactions of the server; asked for before reading on, none of them is passed over.
      let reason: unknown = 'events stay hidden behind an open transaction';
      for (const end = Date.now() + PATIENCE_MS; Date.now() < end; await wait(LOOK_AGAIN_MS)) {
        try {
          const hides = await hidesEvents(pool);
          await readOn();
          if (!hides) return [...events];
        } catch (error) {
          // The database is killed, too, now and then.
          reason = error;
        }
      }
      throw new Error(`the event store can not be read: ${String(reason)}`);
    },
    close: () => bare.close(),
  };
}

const logLine = z.looseObject({
  time: z.string(),
  msg: z.string(),
  alarm: z.literal(true),
  orderId: z.string().optional(),
});

/** The alarms in a log file. A line that a kill has cut short is none. */
export function alarmsIn(file: string): readonly Alarm[] {
  return readFileSync(file, 'utf8')
    .split('\n')
    .flatMap((line) => {
      if (!line.includes('"alarm":true')) return [];
      try {
        const { time, msg, orderId } = logLine.parse(JSON.parse(line));
        return [{ at: Date.parse(time), orderId: orderId ?? null, message: msg }];
      } catch {
        return [];
      }
    });
}
