import type { HttpNeeds } from '../needs.ts';
import type { Principal } from '../route.ts';

/** Whether the user owns the account; another's and nobody's are the same to whoever asks. */
export async function isOwn(
  { accountOf }: Pick<HttpNeeds, 'accountOf'>,
  principal: Principal,
  accountId: string,
): Promise<boolean> {
  return (await accountOf(principal.userId))?.accountId === accountId;
}
