import { setMaxListeners } from 'node:events';

/** A signal that ends with `parent`, or when asked to. Any number of errands may wait on it. */
export function childOf(parent: AbortSignal): { readonly signal: AbortSignal; abort(): void } {
  const controller = new AbortController();
  const signal = AbortSignal.any([parent, controller.signal]);
  setMaxListeners(0, signal);
  return {
    signal,
    abort: () => controller.abort(),
  };
}
