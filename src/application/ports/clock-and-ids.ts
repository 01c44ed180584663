/** The wall clock. */
export interface Clock {
  /** RFC 3339, UTC, milliseconds. */
  now(): string;
  /** Resolves after so many milliseconds, or at once when `signal` aborts. */
  sleep(milliseconds: number, signal: AbortSignal): Promise<void>;
}

export interface Ids {
  /** A new random UUID. */
  random(): string;
  /** The UUID of a name: always the same for the same name (RFC 9562, version 5). */
  named(name: string): string;
}
