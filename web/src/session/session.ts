import { useSyncExternalStore } from 'react';
import { session as sessionContract, type Session } from '../../../contracts/auth.ts';
import { exchange, parseAnswer } from '../api/exchange.ts';
import { createSessionStore, type SessionState } from './session-store.ts';

async function refreshByCookie(): Promise<Session | null> {
  const response = await exchange('/api/v1/auth/refresh', {
    method: 'POST',
    // A reload must not lose the answer: it carries the next cookie.
    keepalive: true,
    headers: { 'X-Requested-With': 'tradsy', Accept: 'application/json' },
  });
  return response.status === 401 ? null : parseAnswer(sessionContract, response);
}

/** The refresh cookie is spent by its use: where the browser can, its tabs take turns. */
async function requestRefresh(): Promise<Session | null> {
  if (!('locks' in navigator)) return refreshByCookie();
  return navigator.locks.request('tradsy.refresh', refreshByCookie);
}

/** The session of this page. */
export const session = createSessionStore({
  requestRefresh,
  now: Date.now,
  schedule(action, ms) {
    const timer = setTimeout(action, ms);
    return () => clearTimeout(timer);
  },
});

export const useSession = (): SessionState => useSyncExternalStore(session.subscribe, session.getState);
