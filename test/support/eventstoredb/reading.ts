/** The stand-in's reads and subscriptions. */
import type { ReadReq, ReadResp } from '@eventstore/db-client/generated/streams_pb.js';
import type { ServerWritableStream } from '@grpc/grpc-js';

import type { Log, LogRecord } from './log.ts';
import {
  caughtUpMessage,
  checkpointMessage,
  confirmationMessage,
  deletedError,
  eventMessage,
  notFoundMessage,
  streamNameOf,
} from './messages.ts';

type Call = ServerWritableStream<ReadReq, ReadResp>;

const FORWARDS = 0;
const CHECKPOINT_EVERY = 32;

export const isSubscription = (request: ReadReq): boolean => request.getOptions()?.hasSubscription() === true;

/** Answers a read of one stream, or of all. */
export async function answerRead(log: Log, call: Call): Promise<void> {
  const options = call.request.getOptions()!;
  const isForwards = options.getReadDirection() === FORWARDS;
  const count = Number(options.getCount());
  const from = options.getStream();
  if (from === undefined) {
    const found = isForwards ? allFrom(log, options, true) : allBefore(log, options);
    await write(call, found.slice(0, count).map(eventMessage));
    call.end();
    return;
  }
  const stream = streamNameOf(from.getStreamIdentifier()!.getStreamName_asU8());
  if (log.isDeleted(stream)) {
    call.emit('error', deletedError(stream));
    return;
  }
  const records = log.stream(stream);
  if (records === undefined) {
    await write(call, [notFoundMessage(stream)]);
  } else {
    const start = from.hasRevision() ? Number(from.getRevision()) : from.hasEnd() ? records.length - 1 : 0;
    const found = isForwards ? records.slice(start) : records.slice(0, start + 1).reverse();
    await write(call, found.slice(0, count).map(eventMessage));
  }
  call.end();
}

/** Answers a subscription to all until the caller is gone: what is there, then what comes. `onSent` is told of each event. */
export async function answerSubscription(log: Log, call: Call, onSent: () => void): Promise<void> {
  const options = call.request.getOptions()!;
  const isWanted = filterOf(options);
  await write(call, [confirmationMessage()]);
  let next = log.records.length - allFrom(log, options, false).length;
  let scanned = 0;
  let isCaughtUp = false;
  while (!isOver(call)) {
    const record = log.records[next];
    if (record === undefined) {
      if (!isCaughtUp) await write(call, [caughtUpMessage()]);
      isCaughtUp = true;
      if (log.records.length === next) await firstOf(call, ENDS, (come) => log.onAppend(come));
      continue;
    }
    next += 1;
    scanned += 1;
    if (isWanted(record)) {
      await write(call, [eventMessage(record)]);
      onSent();
    }
    if (options.hasFilter() && scanned % CHECKPOINT_EVERY === 0) {
      await write(call, [checkpointMessage(record.position)]);
    }
  }
}

/** Records from a position on. A read includes the record at the position, a subscription does not. */
function allFrom(log: Log, options: ReadReq.Options, inclusive: boolean): readonly LogRecord[] {
  const all = options.getAll()!;
  if (all.hasStart()) return log.records;
  if (all.hasEnd()) return [];
  const from = BigInt(all.getPosition()!.getCommitPosition());
  return log.records.filter(({ position }) => position > from || (inclusive && position === from));
}

function allBefore(log: Log, options: ReadReq.Options): readonly LogRecord[] {
  const all = options.getAll()!;
  if (all.hasStart()) return [];
  if (all.hasEnd()) return log.records.toReversed();
  const from = BigInt(all.getPosition()!.getCommitPosition());
  return log.records.filter(({ position }) => position < from).toReversed();
}

function filterOf(options: ReadReq.Options): (record: LogRecord) => boolean {
  const filter = options.getFilter();
  if (filter === undefined) return () => true;
  const expression = filter.getStreamIdentifier() ?? filter.getEventType()!;
  const text = (record: LogRecord): string => (filter.hasStreamIdentifier() ? record.stream : record.type);
  const prefixes = expression.getPrefixList();
  if (prefixes.length > 0) return (record) => prefixes.some((prefix) => text(record).startsWith(prefix));
  const regex = new RegExp(expression.getRegex());
  return (record) => regex.test(text(record));
}

/** Writes at the pace of the one who reads. */
async function write(call: Call, messages: readonly ReadResp[]): Promise<void> {
  for (const message of messages) {
    if (isOver(call)) return;
    if (!call.write(message)) await firstOf(call, ['drain', ...ENDS]);
  }
}

const ENDS = ['cancelled', 'close', 'error'];

const isOver = (call: Call): boolean => call.cancelled || call.destroyed;

/** Waits for the first of some events, and listens to none of them afterwards; `other` may come first. */
function firstOf(call: Call, events: readonly string[], other?: (come: () => void) => () => void): Promise<void> {
  return new Promise((resolve) => {
    const come = (): void => {
      for (const event of events) call.off(event, come);
      forget?.();
      resolve();
    };
    for (const event of events) call.on(event, come);
    const forget = other?.(come);
  });
}
