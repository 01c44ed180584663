import {
  NO_STREAM,
  StreamDeletedError,
  WrongExpectedVersionError,
  type AppendExpectedRevision,
  type AppendResult,
} from '@eventstore/db-client';

import { isAnswer, isTooLarge } from './answers.ts';
import { within, type Connection } from './connection.ts';
import { BatchTooLarge, StreamDeleted, UnknownOutcome } from './errors.ts';
import type { Namespace } from './namespace.ts';
import { toEventData, type Chained } from './records.ts';

/** Stored, as the very events that were sent; or `lost`, because the stream did not stand at that revision. */
export type Sent = { readonly position: AppendResult['position'] } | 'lost';

/** Sends a batch that follows the event `revision` of its stream; -1 when it begins the stream. */
export type Send = (stream: string, revision: number, events: readonly Chained[]) => Promise<Sent>;

/**
 * The one way in which events reach the server: at an exact revision, and a second time when the first had no answer.
 * Both times it is the same batch at the same revision, so that it is stored once at the most. Throws `UnknownOutcome`
 * when there was no answer to either.
 */
export function createSend(connection: Connection, namespace: Namespace): Send {
  const { client, common, timeoutMs, ask } = connection;
  return async (stream, revision, events) => {
    const streamId = namespace.outer(stream);
    const batch = events.map(toEventData);
    const expectedRevision: AppendExpectedRevision = revision === -1 ? NO_STREAM : BigInt(revision);
    const options = { ...common, expectedRevision, deadline: timeoutMs };
    try {
      const { position, nextExpectedRevision } = await ask(() =>
        within(timeoutMs, `an append to ${stream}`, client.appendToStream(streamId, batch, options)),
      );
      if (Number(nextExpectedRevision) !== revision + events.length) {
        throw new StreamDeleted(`stream ${stream} goes on at ${nextExpectedRevision}: its beginning was deleted`);
      }
      return { position };
    } catch (error) {
      if (error instanceof WrongExpectedVersionError) return 'lost';
      if (error instanceof StreamDeletedError) throw new StreamDeleted(`stream ${stream} was deleted`);
      if (isTooLarge(error)) throw new BatchTooLarge(`a batch for ${stream} is too large for the server`);
      if (error instanceof StreamDeleted || isAnswer(error)) throw error;
      throw new UnknownOutcome(`an append to ${stream} had no answer: ${String(error)}`, { cause: error });
    }
  };
}
