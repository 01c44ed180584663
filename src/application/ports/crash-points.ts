/**
 * The named points of the order path at which a process may die. The abilities announce each one; in production
 * nobody listens. Tests kill the process there and prove that no order is lost, none is sent twice and no fill is missed.
 */
export const CRASH_POINTS = [
  'before-admission',
  'after-admission',
  'after-order-placed',
  'before-reply',
  'before-claim',
  'after-claim',
  'after-broker-answer',
  'after-outcome-recorded',
  'after-look-up',
  'update-received',
  'before-fill-recorded',
  'after-fill-recorded',
  'after-fill-booked',
  'after-change-admitted',
  'after-change-answered',
  'after-cancel-answered',
  'before-reconciliation',
  'amid-reconciliation',
  'after-reconciliation',
] as const;

export type CrashPoint = (typeof CRASH_POINTS)[number];

/** Announces that the order path passes a point. */
export type PassCrashPoint = (point: CrashPoint) => void;
