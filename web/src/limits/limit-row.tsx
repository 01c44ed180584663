import { useRef, useState, type FormEvent } from 'react';
import type { RiskOverview } from '../../../contracts/risk.ts';
import { tightenLimits } from '../api/tradsy-api.ts';
import { Field } from '../ui/field.tsx';
import { useToasts } from '../ui/toast-context.ts';
import { useFocusAfter } from '../ui/use-focus-after.ts';
import {
  canTighten,
  changeOf,
  figureError,
  figureText,
  isSwitch,
  limitText,
  SWITCHES,
  type LimitWords,
} from './limit-words.ts';
import { useChange } from './use-change.ts';

interface LimitRowProps {
  limit: LimitWords;
  risk: RiskOverview;
  onChanged: (told: RiskOverview) => void;
}

/** One limit: what the table says, what is in force, and the form that makes it tighter. */
export function LimitRow({ limit, risk, onChanged }: LimitRowProps) {
  const [open, setOpen] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  const name = useRef<HTMLTableCellElement>(null);
  const moveFocus = useFocusAfter(() => button.current ?? name.current);
  const action = isSwitch(limit.name) ? SWITCHES[limit.name].action : 'Tighten…';
  const isOwn = limitText(limit, risk.limits) !== limitText(limit, risk.table);

  function close(): void {
    moveFocus();
    setOpen(false);
  }

  return (
    <>
      <tr className={open ? 'limit limit--open' : 'limit'}>
        <th scope="row" ref={name} tabIndex={-1}>
          {limit.label}
          <span className="limit__meaning">{limit.meaning}</span>
        </th>
        <td className="figure wide-only muted">{limitText(limit, risk.table)}</td>
        <td className="figure strong">
          {isOwn && <span className="badge badge--accent limit__own">Yours</span>}
          {limitText(limit, risk.limits)}
        </td>
        <td>
          <div className="table__actions">
            {canTighten(limit, risk.limits) && (
              <button
                type="button"
                ref={button}
                className="button button--quiet button--small"
                aria-expanded={open}
                aria-label={`${action} ${limit.label}`}
                onClick={() => setOpen(!open)}
              >
                {action}
              </button>
            )}
          </div>
        </td>
      </tr>
      {open && (
        <tr className="limit__change">
          <td colSpan={4}>
            <TightenForm limit={limit} risk={risk} onChanged={onChanged} onClose={close} />
          </td>
        </tr>
      )}
    </>
  );
}

function TightenForm({ limit, risk, onChanged, onClose }: LimitRowProps & { readonly onClose: () => void }) {
  const { show } = useToasts();
  const [typed, setTyped] = useState('');
  const [wrong, setWrong] = useState<string | null>(null);
  const [sure, setSure] = useState(isSwitch(limit.name));
  const { failure, busy, run, forget } = useChange();
  const { label, name, unit } = limit;
  const figure = typed.replace(/[\s,$]/g, '');

  async function tighten(event: FormEvent): Promise<void> {
    event.preventDefault();
    if (!sure) {
      const error = figureError(limit, figure, risk.limits);
      setWrong(error);
      setSure(error === null);
      return;
    }
    await run(async () => {
      onChanged(await tightenLimits(changeOf(limit, figure)));
      show({
        tone: 'good',
        title: isSwitch(name) ? SWITCHES[name].done : `Tighter: ${label}`,
        detail: 'It is in force at once.',
      });
      onClose();
    });
  }

  const forGood = 'There is no way back: a limit can not be loosened again.';
  return (
    <form className="tighten" noValidate onSubmit={(event) => void tighten(event)}>
      {isSwitch(name) ? (
        <p className="tighten__words">
          {SWITCHES[name].consequence} {forGood}
        </p>
      ) : (
        <Field
          label={`${label}, from now on`}
          unit={unit}
          inputMode="decimal"
          autoComplete="off"
          autoFocus
          value={typed}
          hint={`Now ${limitText(limit, risk.limits)}. ${forGood}`}
          error={wrong ?? failure ?? undefined}
          onKeyDown={(event) => {
            // A key that is held down must not answer the question that it asks.
            if (event.key === 'Enter' && event.repeat) event.preventDefault();
          }}
          onChange={(next) => {
            forget();
            setWrong(null);
            setSure(false);
            setTyped(next);
          }}
        />
      )}
      {isSwitch(name) && failure !== null && (
        <p className="field__error" role="alert">
          {failure}
        </p>
      )}
      <div className="tighten__actions">
        <button type="submit" className="button button--primary" aria-disabled={busy}>
          {busy && 'Recording…'}
          {!busy && !sure && 'Tighten…'}
          {!busy && sure && (isSwitch(name) ? 'Yes, for good' : `Yes, ${figureText(limit, figure)} for good`)}
        </button>
        <button type="button" className="button" onClick={onClose}>
          Leave it
        </button>
      </div>
    </form>
  );
}
