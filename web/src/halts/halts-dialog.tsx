import { Modal } from '../ui/modal.tsx';
import { HaltCard } from './halt-card.tsx';
import { useHalts } from './halts-context.ts';

/** Everything that is stopped, with what becomes of it. */
export function HaltsDialog({ open, onClose }: { open: boolean; onClose: () => void }) {
  const { halts, show } = useHalts();
  return (
    <Modal open={open} onClose={onClose} label="What is stopped" className="dialog halts-dialog">
      <h2 className="stop__title">What is stopped</h2>
      {halts === null || halts.length === 0 ? (
        <p className="muted">Nothing is stopped any more.</p>
      ) : (
        halts.map((halt) => <HaltCard key={halt.id} halt={halt} />)
      )}
      <div className="stop__actions">
        <button type="button" className="button" onClick={onClose}>
          Close
        </button>
        <button type="button" className="button" onClick={() => show('stop')}>
          Stop more …
        </button>
      </div>
    </Modal>
  );
}
