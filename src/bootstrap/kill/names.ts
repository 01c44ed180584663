import type { HaltParty, HaltScope } from '../../domain/risk-policy/kill-switch/events.ts';
import type { Halt } from '../../domain/risk-policy/kill-switch/state.ts';
import type { House } from './open-house.ts';

/** The e-mail addresses of users; an id where there is none. */
export async function namesOf(
  { users }: Pick<House, 'users'>,
  userIds: readonly string[],
): Promise<(userId: string) => string> {
  const names = new Map<string, string>();
  for (const userId of new Set(userIds)) names.set(userId, (await users.byId(userId))?.email ?? userId);
  return (userId) => names.get(userId) ?? userId;
}

/** Whoever a halt names. */
export function usersIn({ scope, by, approval }: Halt): readonly string[] {
  return [scope, by, approval?.by].flatMap((each: HaltScope | HaltParty | undefined) =>
    each !== undefined && 'userId' in each ? [each.userId] : [],
  );
}
