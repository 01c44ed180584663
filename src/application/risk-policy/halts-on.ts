/** Asking what is halted, before an order is admitted. */
import type { HaltNotice } from '../../domain/risk-policy/events.ts';

/** An order, as far as halts look at it. */
export interface HaltSubject {
  readonly userId: string;
  readonly accountId: string;
  readonly symbol: string;
  readonly broker: 'alpaca';
  /** Null for an order that no strategy has placed. */
  readonly strategyId: string | null;
}

/** Every halt that stops the order, the strictest first. Throws when that can not be told: then nothing is placed or sent. */
export type HaltsOn = (subject: HaltSubject) => Promise<readonly HaltNotice[]>;

/** Where nothing is ever halted. */
export const noHalts: HaltsOn = () => Promise.resolve([]);
