import { emptyLiveState, reduceLive, type LiveEvent, type LiveState } from './live-state.ts';
import type { LiveStatus } from './live-connection.ts';
import { noticesOf, type Notice } from './notices.ts';

export interface LiveStore {
  getState: () => LiveState;
  getStatus: () => LiveStatus;
  subscribe: (listener: () => void) => () => void;
  take: (event: LiveEvent) => void;
  setStatus: (status: LiveStatus) => void;
}

/** Holds the live state, tells its listeners of every change, and passes notices on. */
export function createLiveStore(onNotice: (notice: Notice) => void): LiveStore {
  let state = emptyLiveState;
  let status: LiveStatus = 'connecting';
  const listeners = new Set<() => void>();
  const tell = (): void => {
    for (const listener of listeners) listener();
  };

  return {
    getState: () => state,
    getStatus: () => status,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    take(event) {
      const notices = noticesOf(state, event);
      state = reduceLive(state, event);
      tell();
      for (const notice of notices) onNotice(notice);
    },
    setStatus(next) {
      status = next;
      tell();
    },
  };
}
