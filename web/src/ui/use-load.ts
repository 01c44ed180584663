import { useCallback, useEffect, useRef, useState } from 'react';
import { createLoadTurns } from './load-turns.ts';

export type Loaded<T> = { status: 'loading' } | { status: 'ready'; value: T } | { status: 'failed'; failure: unknown };

export interface Load<T> {
  loaded: Loaded<T>;
  /** Begins anew, also when a load is under way. */
  reload: () => void;
  /** Loads, unless a load is under way: a slow answer is waited for, however often this is called. */
  poll: () => void;
  /** Takes over a value that is newer than what the load under way would bring. */
  replace: (value: T) => void;
}

/** Loads when `key` changes and when asked to. A value once loaded stays until a newer one is there, also when a load fails. */
export function useLoad<T>(key: string, load: (signal: AbortSignal) => Promise<T>): Load<T> {
  const [state, setState] = useState<{ key: string; loaded: Loaded<T> }>({ key, loaded: { status: 'loading' } });
  const [turn, setTurn] = useState(0);
  const [turns] = useState(createLoadTurns<T>);
  const latest = useRef(load);
  useEffect(() => {
    latest.current = load;
  });

  useEffect(
    () =>
      turns.begin(
        (signal) => latest.current(signal),
        (value) => setState({ key, loaded: { status: 'ready', value } }),
        (failure) =>
          setState((now) =>
            now.key === key && now.loaded.status === 'ready' ? now : { key, loaded: { status: 'failed', failure } },
          ),
      ),
    [turns, key, turn],
  );

  const reload = useCallback(() => setTurn((count) => count + 1), []);
  const poll = useCallback(() => {
    if (!turns.isUnderWay()) reload();
  }, [turns, reload]);
  const replace = useCallback(
    (value: T) => {
      turns.end();
      setState({ key, loaded: { status: 'ready', value } });
    },
    [turns, key],
  );
  return { loaded: state.key === key ? state.loaded : { status: 'loading' }, reload, poll, replace };
}
