/**
 * The named points of the order path at which a process may die. The abilities announce each one; in production
 * nobody listens. Tests kill the process there and prove that no order is lost and none is sent twice.
 */
export const CRASH_POINTS = [
  'before-admission',
  'after-admission',
  'after-order-placed',
  'before-claim',
  'after-claim',
  'after-broker-answer',
  'after-outcome-recorded',
  'before-fill-recorded',
  'after-fill-recorded',
  'after-fill-booked',
] as const;

export type CrashPoint = (typeof CRASH_POINTS)[number];

/** Announces that the order path passes a point. */
export type PassCrashPoint = (point: CrashPoint) => void;
