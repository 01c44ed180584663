import { ErrorType, isCommandError } from '@eventstore/db-client';

/** The client's name for an error; undefined when it is not one of the client's. */
export function typeOf(error: unknown): ErrorType | undefined {
  return error instanceof Error && isCommandError(error) ? error.type : undefined;
}

/** Errors by which the server has answered: asking again would bring the same. */
const ANSWERS: ReadonlySet<ErrorType | undefined> = new Set([
  ErrorType.WRONG_EXPECTED_VERSION,
  ErrorType.STREAM_DELETED,
  ErrorType.STREAM_NOT_FOUND,
  ErrorType.ACCESS_DENIED,
  ErrorType.INVALID_ARGUMENT,
]);

export const isAnswer = (error: unknown): boolean => ANSWERS.has(typeOf(error)) || isTooLarge(error);

const RESOURCE_EXHAUSTED = 8;
/** As .NET's and Node's gRPC say it. The same status without it may come of overload, which says nothing of the outcome. */
const MESSAGE_TOO_LARGE = /exceeds the maximum|larger than/;

/** Above the server's limit for an append, or for a message. */
export function isTooLarge(error: unknown): boolean {
  if (typeOf(error) === ErrorType.MAXIMUM_APPEND_SIZE_EXCEEDED) return true;
  if (!(error instanceof Error) || !isCommandError(error)) return false;
  return Number(error.code) === RESOURCE_EXHAUSTED && MESSAGE_TOO_LARGE.test(error.message);
}
