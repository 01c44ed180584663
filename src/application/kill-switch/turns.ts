/** One round of an account at a time, whichever halt it is for, and not too many of all accounts. */
export function createTurns(most: number): <T>(accountId: string, round: () => Promise<T>) => Promise<T> {
  const last = new Map<string, Promise<unknown>>();
  const waiting: (() => void)[] = [];
  let running = 0;

  async function limited<T>(round: () => Promise<T>): Promise<T> {
    if (running < most) running += 1;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      return await round();
    } finally {
      // Whoever waits longest takes the place over.
      const next = waiting.shift();
      if (next === undefined) running -= 1;
      else next();
    }
  }

  return <T>(accountId: string, round: () => Promise<T>): Promise<T> => {
    const before = last.get(accountId) ?? Promise.resolve();
    const mine = before.then(() => limited(round));
    const settled = mine.then(
      () => undefined,
      () => undefined,
    );
    last.set(accountId, settled);
    void settled.then(() => {
      if (last.get(accountId) === settled) last.delete(accountId);
    });
    return mine;
  };
}
