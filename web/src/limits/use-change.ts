import { useState } from 'react';
import { ApiFailure, describeFailure } from '../api/failure.ts';
import { labelOf } from './limit-words.ts';

/** Why a change of limits was not taken, with the limits it is about by their names on the page. */
function reasonOf(thrown: unknown): string {
  const errors = thrown instanceof ApiFailure ? (thrown.problem?.errors ?? []) : [];
  if (errors.length === 0) return describeFailure(thrown);
  return errors.map(({ field, message }) => `${labelOf(field)} ${message}.`).join(' ');
}

/** A change that is asked for once at a time, and why the last one was not taken. */
export function useChange() {
  const [failure, setFailure] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);

  async function run(change: () => Promise<void>): Promise<void> {
    if (busy) return;
    setBusy(true);
    setFailure(null);
    try {
      await change();
    } catch (thrown) {
      setFailure(reasonOf(thrown));
    } finally {
      setBusy(false);
    }
  }

  return { failure, busy, run, forget: () => setFailure(null) };
}
