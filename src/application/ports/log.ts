/** What operators read. Facts hold no secrets and no personal data. */
export interface Log {
  info(message: string, facts?: Readonly<Record<string, unknown>>): void;
  warn(message: string, facts?: Readonly<Record<string, unknown>>): void;
  /** A person must look. */
  alarm(message: string, facts?: Readonly<Record<string, unknown>>): void;
}
