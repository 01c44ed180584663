/** A signal that ends with `parent`, or when asked to. */
export function childOf(parent: AbortSignal): { readonly signal: AbortSignal; abort(): void } {
  const controller = new AbortController();
  return {
    signal: AbortSignal.any([parent, controller.signal]),
    abort: () => controller.abort(),
  };
}
