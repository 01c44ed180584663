import { useCallback, useEffect, useRef } from 'react';

/**
 * Moves the focus to `place` once the next change is drawn, if what had it is gone from the page: whoever works with the
 * keyboard would begin at the top of the page again.
 */
export function useFocusAfter(place: () => HTMLElement | null): () => void {
  const wanted = useRef(false);
  useEffect(() => {
    if (!wanted.current) return;
    wanted.current = false;
    if (document.activeElement === document.body) place()?.focus();
  });
  return useCallback(() => {
    wanted.current = true;
  }, []);
}
