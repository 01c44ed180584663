import { createContext, use } from 'react';
import type { Halt } from '../../../contracts/halts.ts';

export interface HaltsValue {
  /** What is in force and may be seen; null until it is known. */
  halts: readonly Halt[] | null;
  /** Whether the signed-in user may stop and release beyond their own account. */
  operator: boolean;
  /** Reads it again, such as after a stop of one's own. */
  reload: () => void;
  /** Opens the dialog that stops trading, or the one with all that is stopped. */
  show: (dialog: HaltDialog) => void;
}

export type HaltDialog = 'stop' | 'halts';

export const HaltsContext = createContext<HaltsValue | null>(null);

export function useHalts(): HaltsValue {
  const value = use(HaltsContext);
  if (value === null) throw new Error('useHalts outside of HaltsProvider');
  return value;
}

/** A single position that is not the broker's; everything else can still be traded, and stopped. */
const isMismatch = ({ release }: Halt): boolean => release.needs === 'its_cause';

/** The halt that counts for the trader's own orders: the strictest, and of these the oldest. */
export const ownHalt = (halts: readonly Halt[] | null): Halt | null => {
  const own = (halts ?? []).filter((halt) => halt.concernsMe && !isMismatch(halt));
  return own.find(({ level }) => level === 'halted') ?? own[0] ?? null;
};

/**
 * The one to stand under the header: one's own; for an operator another that is not a trader's stop of their own account;
 * and last a position that is not the broker's.
 */
export const bannerHalt = (halts: readonly Halt[] | null): Halt | null => {
  const all = halts ?? [];
  const wide = all.find((halt) => halt.by.kind !== 'trader' && !isMismatch(halt));
  return ownHalt(all) ?? wide ?? all.find((halt) => halt.concernsMe) ?? all.find(isMismatch) ?? null;
};
