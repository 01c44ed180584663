import { useEffect, useMemo, useState, type ReactNode } from 'react';
import type { Halts } from '../../../contracts/halts.ts';
import { getHalts } from '../api/tradsy-api.ts';
import { useLive, useLiveStatus } from '../live/live-context.ts';
import { useLoad } from '../ui/use-load.ts';
import { HaltsContext, type HaltDialog, type HaltsValue } from './halts-context.ts';
import { HaltsDialog } from './halts-dialog.tsx';
import { StopDialog } from './stop-dialog.tsx';

/** Without a live stream, such as before a broker account is linked, it is asked this often. */
const ASK_EVERY_MS = 5_000;

/** What is halted, and the dialogs about it: told by the live stream, and asked for while there is none. Whichever was told last counts. */
export function HaltsProvider({ children }: { children: ReactNode }) {
  const told = useLive((state) => state.halts);
  const status = useLiveStatus();
  const { loaded, reload } = useLoad('halts', getHalts);
  const asked = loaded.status === 'ready' ? loaded.value : null;
  const [latest, setLatest] = useState<Halts | null>(null);
  const [dialog, show] = useState<HaltDialog | null>(null);
  // A dialog that closes because another one opens must not close that one too.
  const close = (which: HaltDialog): void => show((now) => (now === which ? null : now));
  useEffect(() => {
    if (told !== null) setLatest(told);
  }, [told]);
  useEffect(() => {
    if (asked !== null) setLatest(asked);
  }, [asked]);

  useEffect(() => {
    if (status === 'live' || status === 'signed_out') return undefined;
    const timer = setInterval(reload, ASK_EVERY_MS);
    return () => clearInterval(timer);
  }, [status, reload]);

  const value = useMemo<HaltsValue>(
    () => ({ halts: latest?.halts ?? null, operator: latest?.operator ?? false, reload, show }),
    [latest, reload],
  );
  return (
    <HaltsContext value={value}>
      {children}
      <StopDialog open={dialog === 'stop'} onClose={() => close('stop')} />
      <HaltsDialog open={dialog === 'halts'} onClose={() => close('halts')} />
    </HaltsContext>
  );
}
