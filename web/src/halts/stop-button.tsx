import { useState } from 'react';
import { Icon } from '../ui/icon.tsx';
import { HaltsDialog } from './halts-dialog.tsx';
import { ownHalt, useHalts } from './halts-context.ts';
import { StopDialog } from './stop-dialog.tsx';

/** The kill switch in the header: stops trading, and shows what is stopped once something is. */
export function StopButton() {
  const { halts } = useHalts();
  const [open, setOpen] = useState<'stop' | 'halts' | null>(null);
  const own = ownHalt(halts);
  const close = (): void => setOpen(null);
  const label = own === null ? 'Stop' : own.level === 'halted' ? 'Stopped' : 'Reducing only';
  return (
    <>
      <button
        type="button"
        className={own === null ? 'button stop-button' : `button stop-button stop-button--${own.level}`}
        aria-label={own === null ? 'Stop trading' : `${label}: what is stopped`}
        aria-haspopup="dialog"
        onClick={() => setOpen(own === null && (halts ?? []).length === 0 ? 'stop' : 'halts')}
      >
        <Icon name="stop" />
        <span className="stop-button__label">{label}</span>
      </button>
      <StopDialog open={open === 'stop'} onClose={close} />
      <HaltsDialog open={open === 'halts'} onClose={close} onStop={() => setOpen('stop')} />
    </>
  );
}
