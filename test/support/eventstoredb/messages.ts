/** Protocol messages of the stand-in, by the classes that the client package brings along. */
import shared from '@eventstore/db-client/generated/shared_pb.js';
import streams from '@eventstore/db-client/generated/streams_pb.js';
import type { AppendReq, AppendResp, ReadResp } from '@eventstore/db-client/generated/streams_pb.js';
import { Metadata, status, type ServiceError } from '@grpc/grpc-js';

import type { Appended, Expected, LogRecord, Proposal } from './log.ts';

const TICKS_PER_MILLISECOND = 10_000n;
const text = new TextDecoder();

export const streamNameOf = (bytes: Uint8Array): string => text.decode(bytes);

export function toProposal(message: AppendReq.ProposedMessage): Proposal {
  const facts = message.getMetadataMap();
  return {
    id: message.getId()?.getString() ?? '',
    type: facts.get('type') ?? '',
    contentType: facts.get('content-type') ?? '',
    data: message.getData_asU8(),
    metadata: message.getCustomMetadata_asU8(),
  };
}

export function toExpected(options: AppendReq.Options): Expected {
  if (options.hasRevision()) return Number(options.getRevision());
  if (options.hasNoStream()) return -1;
  return options.hasStreamExists() ? 'stream-exists' : 'any';
}

export function eventMessage(record: LogRecord): ReadResp {
  const id = new shared.UUID();
  id.setString(record.id);
  const event = new streams.ReadResp.ReadEvent.RecordedEvent();
  event.setId(id);
  event.setStreamIdentifier(identifier(record.stream));
  event.setStreamRevision(String(record.revision));
  event.setPreparePosition(String(record.position));
  event.setCommitPosition(String(record.position));
  event.setData(record.data);
  event.setCustomMetadata(record.metadata);
  event
    .getMetadataMap()
    .set('type', record.type)
    .set('content-type', record.contentType)
    .set('created', String(BigInt(record.created.getTime()) * TICKS_PER_MILLISECOND));
  const read = new streams.ReadResp.ReadEvent();
  read.setEvent(event);
  read.setCommitPosition(String(record.position));
  const message = new streams.ReadResp();
  message.setEvent(read);
  return message;
}

export function notFoundMessage(stream: string): ReadResp {
  const notFound = new streams.ReadResp.StreamNotFound();
  notFound.setStreamIdentifier(identifier(stream));
  const message = new streams.ReadResp();
  message.setStreamNotFound(notFound);
  return message;
}

export function confirmationMessage(): ReadResp {
  const confirmation = new streams.ReadResp.SubscriptionConfirmation();
  confirmation.setSubscriptionId(crypto.randomUUID());
  const message = new streams.ReadResp();
  message.setConfirmation(confirmation);
  return message;
}

export function caughtUpMessage(): ReadResp {
  const message = new streams.ReadResp();
  message.setCaughtUp(new streams.ReadResp.CaughtUp());
  return message;
}

export function checkpointMessage(position: bigint): ReadResp {
  const checkpoint = new streams.ReadResp.Checkpoint();
  checkpoint.setCommitPosition(String(position));
  checkpoint.setPreparePosition(String(position));
  const message = new streams.ReadResp();
  message.setCheckpoint(checkpoint);
  return message;
}

/** The answer to an append, or the error that stands for one. */
export function appendAnswer(
  appended: Appended,
  { stream, expected, maxAppendSize }: { stream: string; expected: Expected; maxAppendSize: number },
): AppendResp | ServiceError {
  const message = new streams.AppendResp();
  switch (appended.kind) {
    case 'success': {
      const position = new streams.AppendResp.Position();
      position.setCommitPosition(String(appended.position));
      position.setPreparePosition(String(appended.position));
      const success = new streams.AppendResp.Success();
      success.setCurrentRevision(String(appended.revision));
      success.setPosition(position);
      message.setSuccess(success);
      return message;
    }
    case 'wrong-expected-version': {
      const wrong = new streams.AppendResp.WrongExpectedVersion();
      if (appended.current === -1) wrong.setCurrentNoStream(new shared.Empty());
      else wrong.setCurrentRevision(String(appended.current));
      if (expected === 'any') wrong.setExpectedAny(new shared.Empty());
      else if (expected === 'stream-exists') wrong.setExpectedStreamExists(new shared.Empty());
      else if (expected === -1) wrong.setExpectedNoStream(new shared.Empty());
      else wrong.setExpectedRevision(String(expected));
      message.setWrongExpectedVersion(wrong);
      return message;
    }
    case 'deleted':
      return deletedError(stream);
    case 'too-large':
      return failure(status.INVALID_ARGUMENT, 'Maximum Append Size Exceeded', {
        exception: 'maximum-append-size-exceeded',
        'maximum-append-size': String(maxAppendSize),
      });
  }
}

export const deletedError = (stream: string): ServiceError =>
  failure(status.FAILED_PRECONDITION, `Event stream '${stream}' is deleted.`, {
    exception: 'stream-deleted',
    'stream-name': stream,
  });

export const notLeaderError = (host: string, port: number): ServiceError =>
  failure(status.NOT_FOUND, 'Leader info available', {
    exception: 'not-leader',
    'leader-endpoint-host': host,
    'leader-endpoint-port': String(port),
  });

export function failure(code: status, details: string, trailers: Readonly<Record<string, string>> = {}): ServiceError {
  const metadata = new Metadata();
  for (const [name, value] of Object.entries(trailers)) metadata.set(name, value);
  return Object.assign(new Error(details), { code, details, metadata });
}

function identifier(stream: string): InstanceType<typeof shared.StreamIdentifier> {
  const named = new shared.StreamIdentifier();
  named.setStreamName(new TextEncoder().encode(stream));
  return named;
}
