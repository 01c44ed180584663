/** What each plan includes. A trade is an order of which at least one share was executed. */
export type Plan = 'free' | 'basic' | 'pro' | 'elite';

/** Trades included, for the life of the account; null: without limit. */
export const tradesIncluded: Readonly<Record<Plan, number | null>> = { free: 4, basic: null, pro: null, elite: null };
