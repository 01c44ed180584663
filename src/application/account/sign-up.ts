/** Signing up, and signing in. */
import { accountStream } from '../../domain/account/events.ts';
import type { Aggregates } from '../aggregates.ts';
import type { Cause } from '../handle.ts';
import type { Clock, Ids } from '../ports/clock-and-ids.ts';
import type { AccessTokens, Passwords, Sessions, User, Users } from '../ports/identity.ts';

export interface IdentityNeeds {
  readonly aggregates: Aggregates;
  readonly users: Users;
  readonly passwords: Passwords;
  readonly sessions: Sessions;
  readonly tokens: AccessTokens;
  readonly clock: Clock;
  readonly ids: Ids;
}

export interface SignedIn {
  readonly user: { readonly id: string; readonly email: string };
  readonly accessToken: string;
  readonly expiresAt: string;
  readonly refreshToken: string;
}

interface Attempt {
  readonly email: string;
  readonly password: string;
}

export type SignUp = (
  attempt: Attempt,
  correlationId: string,
) => Promise<
  | { readonly kind: 'done'; readonly session: SignedIn }
  | { readonly kind: 'email_taken' }
  | { readonly kind: 'weak_password' }
>;

export function createSignUp(needs: IdentityNeeds): SignUp {
  const { users, passwords, ids } = needs;
  return async ({ email, password }, correlationId) => {
    if (isWeak(password, email)) return { kind: 'weak_password' };
    const user: User = { userId: ids.random(), email, passwordHash: await passwords.hash(password) };
    if ((await users.add(user)) === 'taken') return { kind: 'email_taken' };
    await openAccount(needs, user.userId, correlationId);
    return { kind: 'done', session: await startSession(needs, user) };
  };
}

export type LogIn = (attempt: Attempt, correlationId: string) => Promise<SignedIn | null>;

/** Resolves to null alike for an unknown address and a wrong password, after the same time. */
export function createLogIn(needs: IdentityNeeds): LogIn {
  const { users, passwords } = needs;
  return async ({ email, password }, correlationId) => {
    const user = await users.byEmail(email);
    const matches = await passwords.matches(password, user?.passwordHash ?? null);
    if (user === null || !matches) return null;
    // A process that died during sign-up may have left a user without an account.
    await openAccount(needs, user.userId, correlationId);
    return startSession(needs, user);
  };
}

export type RefreshSession = (refreshToken: string) => Promise<SignedIn | null>;

export function createRefreshSession({ sessions, users, tokens }: IdentityNeeds): RefreshSession {
  return async (refreshToken) => {
    const next = await sessions.refresh(refreshToken);
    const user = next === null ? null : await users.byId(next.userId);
    if (next === null || user === null) return null;
    const access = tokens.issue({ userId: user.userId, sessionId: next.sessionId });
    return {
      user: { id: user.userId, email: user.email },
      accessToken: access.token,
      expiresAt: access.expiresAt,
      refreshToken: next.refreshToken,
    };
  };
}

async function startSession({ sessions, tokens }: IdentityNeeds, user: User): Promise<SignedIn> {
  const started = await sessions.start(user.userId);
  const access = tokens.issue({ userId: user.userId, sessionId: started.sessionId });
  return {
    user: { id: user.userId, email: user.email },
    accessToken: access.token,
    expiresAt: access.expiresAt,
    refreshToken: started.refreshToken,
  };
}

async function openAccount(
  { aggregates, ids, clock }: IdentityNeeds,
  userId: string,
  correlationId: string,
): Promise<void> {
  const cause: Cause = { correlationId, causationId: null, actor: { kind: 'user', id: userId } };
  const accountId = ids.named(`account/${userId}`);
  await aggregates.accounts.handle(
    accountStream(userId),
    { type: 'OpenAccount', userId, accountId, at: clock.now() },
    cause,
  );
}

/** A password made of one thing repeated, or of the address itself, falls to the first guesses. */
function isWeak(password: string, email: string): boolean {
  const lower = password.toLowerCase();
  const name = email.split('@')[0]?.toLowerCase() ?? '';
  return new Set(lower).size < 5 || lower.includes('password') || (name.length > 3 && lower.includes(name));
}
