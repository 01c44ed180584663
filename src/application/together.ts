/** Parts of one owner's work that begin and end together. */

type Part = (signal: AbortSignal) => Promise<void>;

/**
 * Runs all parts until `signal` aborts, or one of them ends: then the others are ended too. Resolves when all have ended;
 * rejects with the error of one that failed.
 */
export async function together(
  parts: readonly Part[],
  signal: AbortSignal,
  childOf: (parent: AbortSignal) => { readonly signal: AbortSignal; abort(): void },
): Promise<void> {
  const all = childOf(signal);
  const running = parts.map((part) => part(all.signal).finally(all.abort));
  await Promise.allSettled(running);
  await Promise.all(running);
}
