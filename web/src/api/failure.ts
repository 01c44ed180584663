import type { Problem } from '../../../contracts/problem.ts';

/**
 * Why a call brought nothing usable:
 * `refused`: the server answered with a problem; `session_ended`: log in again; `unreachable` and `timeout`: no answer,
 * so whether the call took effect is unknown; `unreadable`: an answer in a shape that the contract does not know.
 */
export type FailureKind = 'refused' | 'session_ended' | 'unreachable' | 'timeout' | 'unreadable';

const WORDS: Record<FailureKind, string> = {
  refused: 'The server refused this request.',
  session_ended: 'Your session ended. Log in again to continue.',
  unreachable: 'The server can not be reached. Check your connection and try again.',
  timeout: 'The server took too long to answer.',
  unreadable: 'The server answered in a way this page does not understand. Reload the page.',
};

export class ApiFailure extends Error {
  readonly kind: FailureKind;
  /** What the server said; null unless it answered with a problem. */
  readonly problem: Problem | null;

  constructor(kind: FailureKind, problem: Problem | null = null) {
    super(problem?.detail ?? WORDS[kind]);
    this.name = 'ApiFailure';
    this.kind = kind;
    this.problem = problem;
  }
}

/** One sentence for people about anything that was thrown. */
export const describeFailure = (thrown: unknown): string =>
  thrown instanceof ApiFailure ? thrown.message : 'Something went wrong on this page. Reload it and try again.';
