import { Icon } from '../ui/icon.tsx';
import { ownHalt, useHalts } from './halts-context.ts';

/** The kill switch in the header: stops trading, and shows what is stopped once something is. */
export function StopButton() {
  const { halts, show } = useHalts();
  const own = ownHalt(halts);
  const label = own === null ? 'Stop' : own.level === 'halted' ? 'Stopped' : 'Reducing only';
  return (
    <button
      type="button"
      className={own === null ? 'button stop-button' : `button stop-button stop-button--${own.level}`}
      aria-label={own === null ? 'Stop trading' : `${label}: what is stopped`}
      aria-haspopup="dialog"
      onClick={() => show(own === null ? 'stop' : 'halts')}
    >
      <Icon name="stop" />
      <span className="stop-button__label">{label}</span>
    </button>
  );
}
