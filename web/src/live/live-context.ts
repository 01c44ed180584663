import { createContext, use, useSyncExternalStore } from 'react';
import type { LiveStatus } from './live-connection.ts';
import type { LiveState } from './live-state.ts';
import type { LiveStore } from './live-store.ts';

export interface LiveContextValue {
  store: LiveStore;
  /** Says which symbol's quotes and bars the page wants besides those of open positions. */
  watch: (symbol: string) => void;
}

export const LiveContext = createContext<LiveContextValue | null>(null);

export function useLiveContext(): LiveContextValue {
  const value = use(LiveContext);
  if (value === null) throw new Error('useLive outside of LiveProvider');
  return value;
}

/** A part of the live state; renders again only when that part is another one. `select` must not build new objects. */
export function useLive<T>(select: (state: LiveState) => T): T {
  const { store } = useLiveContext();
  return useSyncExternalStore(store.subscribe, () => select(store.getState()));
}

/** Whether figures can be hoped for: false until a broker account is linked. */
export const useFiguresComing = (): boolean => useLiveStatus() !== 'waiting_for_link';

export function useLiveStatus(): LiveStatus {
  const { store } = useLiveContext();
  return useSyncExternalStore(store.subscribe, store.getStatus);
}
