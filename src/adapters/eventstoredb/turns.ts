/** Lets those who want the same thing go one after another. */
export type InTurn = <T>(of: string, act: () => Promise<T>) => Promise<T>;

/** The writers of one stream in this process would otherwise race each other in vain. */
export function createTurns(): InTurn {
  const last = new Map<string, Promise<unknown>>();
  return (of, act) => {
    const result = (last.get(of) ?? Promise.resolve()).then(act);
    const settled = result.then(
      () => undefined,
      () => undefined,
    );
    last.set(of, settled);
    void settled.then(() => {
      if (last.get(of) === settled) last.delete(of);
    });
    return result;
  };
}
