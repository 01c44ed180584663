import type { Session } from '../../../contracts/auth.ts';

/** Who uses this page. `unreachable`: the server did not answer at start, so nobody knows yet. */
export type SessionState =
  | { status: 'restoring' }
  | { status: 'signed_in'; user: Session['user'] }
  | { status: 'signed_out'; ended: boolean }
  | { status: 'unreachable' };

export interface SessionParts {
  /** The next session by the refresh cookie; null when the cookie is missing, spent or revoked. Rejects without an answer. */
  requestRefresh: () => Promise<Session | null>;
  now: () => number;
  /** Calls back after `ms`; returns a function that cancels. */
  schedule: (action: () => void, ms: number) => () => void;
}

/** Renew this long before the access token ends, or at half its life if that is shorter. */
const RENEW_BEFORE_MS = 60_000;
const RETRY_MS = 10_000;

export interface SessionStore {
  getState: () => SessionState;
  subscribe: (listener: () => void) => () => void;
  /** Tries the refresh cookie; the first thing the page does. */
  restore: () => Promise<void>;
  /** A token that is believed valid, or null when nobody is signed in. */
  token: () => string | null;
  /** Renews the session; calls at the same time share one exchange. False: the session has ended. Rejects without an answer. */
  renew: () => Promise<boolean>;
  signIn: (session: Session) => void;
  signOut: () => void;
}

/** Keeps the access token in memory only, and renews it silently before it ends. */
export function createSessionStore({ requestRefresh, now, schedule }: SessionParts): SessionStore {
  let state: SessionState = { status: 'restoring' };
  let accessToken: string | null = null;
  let renewing: Promise<boolean> | null = null;
  let cancelTimer = (): void => undefined;
  const listeners = new Set<() => void>();

  function change(next: SessionState): void {
    state = next;
    for (const listener of listeners) listener();
  }

  function renewLater(ms: number): void {
    cancelTimer();
    cancelTimer = schedule(() => {
      renew().catch(() => renewLater(RETRY_MS));
    }, ms);
  }

  function signIn(session: Session): void {
    accessToken = session.accessToken;
    const life = Math.max(0, Date.parse(session.expiresAt) - now());
    renewLater(Math.max(1000, life - Math.min(RENEW_BEFORE_MS, life / 2)));
    const known = state.status === 'signed_in' && state.user.id === session.user.id;
    if (!known) change({ status: 'signed_in', user: session.user });
  }

  function leave(ended: boolean): void {
    cancelTimer();
    accessToken = null;
    change({ status: 'signed_out', ended });
  }

  async function exchangeCookie(): Promise<boolean> {
    const next = await requestRefresh();
    if (next === null) {
      leave(state.status === 'signed_in');
      return false;
    }
    signIn(next);
    return true;
  }

  function renew(): Promise<boolean> {
    renewing ??= exchangeCookie().finally(() => {
      renewing = null;
    });
    return renewing;
  }

  return {
    getState: () => state,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async restore() {
      change({ status: 'restoring' });
      try {
        await renew();
      } catch {
        change({ status: 'unreachable' });
      }
    },
    token: () => accessToken,
    renew,
    signIn,
    signOut: () => leave(false),
  };
}
