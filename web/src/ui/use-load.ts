import { useCallback, useEffect, useRef, useState } from 'react';

export type Loaded<T> = { status: 'loading' } | { status: 'ready'; value: T } | { status: 'failed'; failure: unknown };

/** Loads when `key` changes and on `reload`. A value once loaded stays until a newer one is there, also when a reload fails. */
export function useLoad<T>(
  key: string,
  load: (signal: AbortSignal) => Promise<T>,
): { loaded: Loaded<T>; reload: () => void; replace: (value: T) => void } {
  const [state, setState] = useState<{ key: string; loaded: Loaded<T> }>({ key, loaded: { status: 'loading' } });
  const [turn, setTurn] = useState(0);
  const latest = useRef(load);
  useEffect(() => {
    latest.current = load;
  });

  useEffect(() => {
    const controller = new AbortController();
    latest.current(controller.signal).then(
      (value) => {
        if (!controller.signal.aborted) setState({ key, loaded: { status: 'ready', value } });
      },
      (failure: unknown) => {
        if (controller.signal.aborted) return;
        setState((now) =>
          now.key === key && now.loaded.status === 'ready' ? now : { key, loaded: { status: 'failed', failure } },
        );
      },
    );
    return () => controller.abort();
  }, [key, turn]);

  const reload = useCallback(() => setTurn((count) => count + 1), []);
  const replace = useCallback((value: T) => setState({ key, loaded: { status: 'ready', value } }), [key]);
  return { loaded: state.key === key ? state.loaded : { status: 'loading' }, reload, replace };
}
