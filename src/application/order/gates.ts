/**
 * Whether orders of an account may be sent: one gate for each account, closed until its update stream stands, its records
 * are compared with the broker's, and what came meanwhile is recorded. Placing and changing wait before it, cancelling
 * never does. Gates are kept in memory, in the process that both follows and sends.
 */
export interface Gates {
  isOpen(accountId: string): boolean;
  /** Whether it has ever been open in this process: until then the record may lack what the broker knows. */
  hasOpened(accountId: string): boolean;
  /** Resolves when the gate is open, at once if it is, or when `signal` aborts. */
  opened(accountId: string, signal: AbortSignal): Promise<void>;
  /** Takes an account's gate over, and closes it. Whoever kept it before moves it no more. */
  keep(accountId: string): Gate;
}

export interface Gate {
  open(): void;
  close(): void;
}

export function createGates(): Gates {
  const keepers = new Map<string, Gate>();
  const open = new Set<string>();
  const opened = new Set<string>();
  const waiting = new Map<string, Set<() => void>>();

  return {
    isOpen: (accountId) => open.has(accountId),
    hasOpened: (accountId) => opened.has(accountId),
    opened: (accountId, signal) =>
      new Promise((resolve) => {
        if (open.has(accountId) || signal.aborted) return resolve();
        const waiters = waiting.get(accountId) ?? new Set();
        waiting.set(accountId, waiters);
        const go = (): void => {
          signal.removeEventListener('abort', go);
          waiters.delete(go);
          resolve();
        };
        waiters.add(go);
        signal.addEventListener('abort', go, { once: true });
      }),
    keep(accountId) {
      const mine: Gate = {
        open() {
          if (keepers.get(accountId) !== mine) return;
          open.add(accountId);
          opened.add(accountId);
          for (const go of waiting.get(accountId) ?? []) go();
        },
        close() {
          if (keepers.get(accountId) === mine) open.delete(accountId);
        },
      };
      keepers.set(accountId, mine);
      open.delete(accountId);
      return mine;
    },
  };
}
