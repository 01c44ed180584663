import { useState, type FormEvent } from 'react';
import type { WantedHalt } from '../../../contracts/halts.ts';
import { describeFailure } from '../api/failure.ts';
import { stopTrading } from '../api/tradsy-api.ts';
import { useAccount } from '../session/account-context.ts';
import { Callout } from '../ui/callout.tsx';
import { Checkbox } from '../ui/checkbox.tsx';
import { Field } from '../ui/field.tsx';
import { Modal } from '../ui/modal.tsx';
import { Segmented } from '../ui/segmented.tsx';
import { SelectField } from '../ui/select-field.tsx';
import { useToasts } from '../ui/toast-context.ts';
import { headline, scopeWords, stopWords } from './halt-words.ts';
import { useHalts } from './halts-context.ts';
import { scopeOf, STOP_KINDS, type StopKind } from './stop-scope.ts';

type Level = NonNullable<WantedHalt['level']>;

const LEVELS = [
  { value: 'halted', label: 'Nothing but cancels' },
  { value: 'reducing', label: 'Smaller positions only' },
] as const;

function StopForm({ onClose }: { onClose: () => void }) {
  const { onboarding } = useAccount();
  const { halts, operator, reload, show: open } = useHalts();
  const { show } = useToasts();
  const [kind, setKind] = useState<StopKind>('own');
  const [name, setName] = useState('');
  const [level, setLevel] = useState<Level>('halted');
  const [cancelOrders, setCancelOrders] = useState(true);
  const [flatten, setFlatten] = useState(false);
  const [reason, setReason] = useState('');
  const [failure, setFailure] = useState<string | null>(null);
  const [asked, setAsked] = useState(false);
  const chosen = STOP_KINDS.find(({ value }) => value === kind);
  const scope = scopeOf(kind, name, onboarding.accountId);
  const isWide = kind !== 'own' && kind !== 'account' && kind !== 'user';

  async function stop(event: FormEvent): Promise<void> {
    event.preventDefault();
    if (asked) return;
    if (scope === null) return setFailure(`${chosen?.name ?? 'A name'} is missing.`);
    setAsked(true);
    setFailure(null);
    try {
      const { halt, recorded } = await stopTrading({ scope, level, reason, cancelOrders, flatten });
      const title = recorded ? headline(halt) : `${headline(halt)} already`;
      show({ tone: 'neutral', title, detail: scopeWords(halt), topic: halt.id });
      reload();
      onClose();
    } catch (thrown) {
      setFailure(describeFailure(thrown));
      setAsked(false);
    }
  }

  return (
    <form className="stop" onSubmit={(event) => void stop(event)}>
      <h2 className="stop__title">Stop trading</h2>
      <p className="muted">{stopWords(level, isWide)}</p>
      {operator && (
        <>
          <SelectField
            label="What to stop"
            options={STOP_KINDS}
            value={kind}
            onChange={(next) => {
              setKind(next);
              setName('');
              setFailure(null);
            }}
          />
          {chosen !== undefined && chosen.name !== null && (
            <Field label={chosen.name} value={name} onChange={setName} autoComplete="off" spellCheck={false} />
          )}
          <Segmented legend="How far" options={LEVELS} value={level} onChange={setLevel} className="stop__level" />
        </>
      )}
      <div className="stop__choices">
        <Checkbox checked={cancelOrders || flatten} onChange={(next) => !flatten && setCancelOrders(next)}>
          Cancel all open orders
        </Checkbox>
        <Checkbox
          checked={flatten}
          onChange={setFlatten}
          against={kind === 'strategy' ? 'Positions belong to accounts, not to strategies.' : null}
        >
          Close all positions at the market
        </Checkbox>
        {flatten && <p className="field__hint">Orders are cancelled first: what they hold can not be sold.</p>}
      </div>
      <Field label="Reason (optional)" value={reason} onChange={setReason} maxLength={500} autoComplete="off" />
      {failure !== null && (
        <Callout tone="error">
          <p>{failure}</p>
        </Callout>
      )}
      <div className="stop__actions">
        {operator && halts !== null && halts.length > 0 && (
          <button type="button" className="button button--quiet" onClick={() => open('halts')}>
            What is stopped: {halts.length}
          </button>
        )}
        <button type="button" className="button" onClick={onClose}>
          Go on trading
        </button>
        <button type="submit" className="button button--sell" aria-disabled={asked}>
          {asked ? 'Stopping …' : 'Stop trading'}
        </button>
      </div>
    </form>
  );
}

/** Asks once more before trading is stopped, and what shall become of orders and positions. */
export function StopDialog({ open, onClose }: { open: boolean; onClose: () => void }) {
  return (
    <Modal open={open} onClose={onClose} label="Stop trading">
      <StopForm onClose={onClose} />
    </Modal>
  );
}
