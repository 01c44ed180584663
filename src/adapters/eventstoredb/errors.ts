/**
 * What can go wrong on EventStoreDB and on no other store. The two that are a `TypeError` promise by the port that
 * nothing was stored.
 */

/**
 * Neither an append nor its repetition was answered. Whether the batch is stored stays unknown until it is appended
 * again, which is safe. `cause` is the last failure.
 */
export class UnknownOutcome extends Error {
  override readonly name = 'UnknownOutcome';
}

/** A batch above the server's limit for one append (`MaxAppendSize`, 1 MiB unless set otherwise): nothing was stored. */
export class BatchTooLarge extends TypeError {
  override readonly name = 'BatchTooLarge';
}

/**
 * The stream was deleted on the server, or its beginning cut off. Nothing here ever does that; whoever did it has
 * broken the record, and neither reading nor appending goes on as if nothing had happened.
 */
export class StreamDeleted extends Error {
  override readonly name = 'StreamDeleted';
}

/** An event in a stream of ours that this adapter did not write. */
export class ForeignEvent extends Error {
  override readonly name = 'ForeignEvent';
}
