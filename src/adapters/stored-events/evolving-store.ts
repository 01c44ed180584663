import type { z } from 'zod';
import { UnreadableEvent } from '../../application/ports/event-store.ts';
import type { EventStore, NewEvent, RecordedEvent, UnreadableReason } from '../../application/ports/event-store.ts';
import type { Log } from '../../application/ports/log.ts';
import type { Catalogue } from './catalogue.ts';

/**
 * A store that knows the shapes of its events.
 *
 * It appends only what the catalogue knows, in the current version: anything else is a bug of ours, and throws `TypeError`
 * before something is stored. What it reads is data of the current version, whatever version was stored; the metadata
 * tell the stored one. An event that it can not read it alarms once for each stream.
 */
export function createEvolvingStore(
  store: EventStore,
  { catalogue, log }: { readonly catalogue: Catalogue; readonly log: Pick<Log, 'alarm'> },
): EventStore {
  const alarmed = new Set<string>();

  function unreadable(event: RecordedEvent, reason: UnreadableReason, problem: string): RecordedEvent {
    const error = new UnreadableEvent(event, reason, problem);
    if (!alarmed.has(event.stream)) {
      alarmed.add(event.stream);
      const { stream, revision, id, type, version } = error;
      log.alarm('an event can not be read: nothing goes on with its stream', {
        stream,
        revision,
        event: id,
        type,
        version,
        reason,
        problem,
      });
    }
    const { data: _, ...envelope } = event;
    return {
      ...envelope,
      unreadable: error,
      get data(): never {
        throw error;
      },
    };
  }

  function read(event: RecordedEvent): RecordedEvent {
    const known = catalogue.get(event.type);
    if (known === undefined) return unreadable(event, 'unknown_type', 'the type is not known');
    const { schemaVersion } = event.metadata;
    if (!(schemaVersion >= 1)) return unreadable(event, 'misfit', 'it does not say its version');
    if (schemaVersion > known.version) {
      return unreadable(event, 'newer_version', `version ${known.version} is the newest known`);
    }
    let { data } = event;
    try {
      for (const upcast of known.upcasters.slice(schemaVersion - 1)) data = upcast(data);
    } catch (error) {
      return unreadable(event, 'misfit', String(error));
    }
    const fits = known.schema.safeParse(data);
    if (!fits.success) return unreadable(event, 'misfit', problemOf(fits.error));
    return schemaVersion === known.version ? event : { ...event, data };
  }

  function assertCurrent({ id, type, data, metadata }: NewEvent): void {
    const known = catalogue.get(type);
    if (known === undefined) throw new TypeError(`event ${id} is of a type that is not known: ${type}`);
    if (metadata.schemaVersion !== known.version) {
      throw new TypeError(`event ${id}: ${type} is stored in version ${known.version}, not ${metadata.schemaVersion}`);
    }
    const fits = known.schema.safeParse(data);
    if (!fits.success) throw new TypeError(`the data of event ${id} is no ${type}: ${problemOf(fits.error)}`);
  }

  return {
    async append(stream, expected, events) {
      events.forEach(assertCurrent);
      return store.append(stream, expected, events);
    },
    async readStream(stream, options) {
      const events = (await store.readStream(stream, options)).map(read);
      const error = events.find((event) => event.unreadable)?.unreadable;
      if (error) throw error;
      return events;
    },
    readAll: async (after, limit) => (await store.readAll(after, limit)).map(read),
    async *subscribe(after, signal, scope) {
      for await (const batch of store.subscribe(after, signal, scope)) yield batch.map(read);
    },
  };
}

/** Where and why data does not fit, in one line, without the data. */
const problemOf = (error: z.ZodError): string =>
  error.issues.map(({ path, message }) => `${path.join('.') || 'data'}: ${message}`).join('; ');
