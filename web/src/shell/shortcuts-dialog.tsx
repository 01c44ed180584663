import { Modal } from '../ui/modal.tsx';

const SHORTCUTS = [
  ['/', 'Search a symbol'],
  ['b', 'Buy ticket'],
  ['s', 'Sell ticket'],
  ['1 … 5', 'Timeframe: 1m, 5m, 15m, 1h, 1D'],
  ['Esc', 'Close what is open'],
  ['?', 'This list'],
] as const;

export function ShortcutsDialog({ open, onClose }: { open: boolean; onClose: () => void }) {
  return (
    <Modal open={open} onClose={onClose} label="Keyboard shortcuts">
      <h2 className="shortcuts__title">Keyboard shortcuts</h2>
      <dl className="shortcuts">
        {SHORTCUTS.map(([key, what]) => (
          <div key={key}>
            <dt>
              <kbd className="kbd">{key}</kbd>
            </dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
      <button type="button" className="button button--block" onClick={onClose}>
        Close
      </button>
    </Modal>
  );
}
