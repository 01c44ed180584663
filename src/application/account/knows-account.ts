/** Whether there is such an account, for whoever names one that is not their own. */
import { riskStream } from '../../domain/risk-policy/events.ts';
import type { EventStore } from '../ports/event-store.ts';

/** True from the account's first broker link on; before that nothing can be traded in it. */
export type KnowsAccount = (accountId: string) => Promise<boolean>;

export const createKnowsAccount =
  ({ store }: { readonly store: Pick<EventStore, 'readStream'> }): KnowsAccount =>
  async (accountId) =>
    (await store.readStream(riskStream(accountId), { limit: 1 })).length > 0;
