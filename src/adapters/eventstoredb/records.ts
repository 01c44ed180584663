import { jsonEvent, type EventData, type JSONType, type ResolvedEvent } from '@eventstore/db-client';

import type { EventMetadata, RecordedEvent } from '../../application/ports/event-store.ts';
import { SYSTEM, type Namespace } from './namespace.ts';
import { toPosition } from './position.ts';

/** An event as it is to be stored: everything but its place in the total order, which the server gives. */
export type Chained = Omit<RecordedEvent, 'position'>;

/**
 * What stands in EventStoreDB's metadata of an event: what EventStoreDB has no field for (`created` is the server's
 * own, and would not survive a copy), and the port's metadata to the letter.
 */
interface Envelope {
  readonly id: string;
  readonly recordedAt: string;
  readonly hash: string;
  readonly metadata: EventMetadata;
}

/**
 * EventStoreDB's own id of an event is made from the event's hash. The server answers a batch whose ids it holds already
 * as if it had just stored it; with these ids that is only so when the stored events are the very same, with their time
 * and their chain. Another process's append of the same events a moment earlier is met as a lost race instead, and then
 * found by the ids in the envelope.
 */
export function toEventData({ id, type, data, metadata, recordedAt, hash }: Chained): EventData {
  const envelope: Envelope = { id, recordedAt, hash, metadata };
  return jsonEvent({
    id: idFromHash(hash),
    type,
    data: data as JSONType,
    metadata: envelope as unknown as Record<string, JSONType>,
  });
}

/** RFC 9562's UUID of version 8 with the first bits of a hash. */
function idFromHash(hash: string): string {
  const digits = `${hash.slice(0, 12)}8${hash.slice(13, 16)}8${hash.slice(17, 32)}`;
  return digits.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

/** The event as the port has it; null for an event of the server's own, of another namespace, or of a foreign writer. */
export function toRecordedEvent({ event }: ResolvedEvent, namespace: Namespace): RecordedEvent | null {
  if (event === undefined || event.type.startsWith(SYSTEM) || !event.isJson) return null;
  const stream = namespace.inner(event.streamId);
  if (stream === null || !isEnvelope(event.metadata)) return null;
  if (event.position === undefined) throw new Error(`the server tells no position of ${event.streamId}`);
  const { id, recordedAt, hash, metadata } = event.metadata;
  return {
    id,
    type: event.type,
    data: event.data,
    metadata,
    stream,
    revision: Number(event.revision),
    position: toPosition(event.position),
    recordedAt,
    hash,
  };
}

function isEnvelope(value: unknown): value is Envelope {
  const { id, recordedAt, hash, metadata } = (value ?? {}) as Partial<Record<keyof Envelope, unknown>>;
  return [id, recordedAt, hash].every((text) => typeof text === 'string') && typeof metadata === 'object';
}
