import { useId, useMemo, useRef, useState, type KeyboardEvent } from 'react';
import { useNavigate } from 'react-router';
import { Icon } from '../ui/icon.tsx';
import { useShortcut } from '../ui/shortcuts.ts';
import { useTrading } from '../trade/trading-context.ts';
import { searchInstruments } from './search-instruments.ts';
import './symbol-search.css';

const MOST = 10;

/** Type-ahead over the instruments, after the ARIA combobox pattern. */
export function SymbolSearch() {
  const { instruments } = useTrading();
  const navigate = useNavigate();
  const id = useId();
  const inputRef = useRef<HTMLInputElement>(null);
  const [typed, setTyped] = useState('');
  const [open, setOpen] = useState(false);
  const [active, setActive] = useState(0);
  const found = useMemo(() => (open ? searchInstruments(instruments, typed, MOST) : []), [instruments, typed, open]);
  const optionId = (index: number): string => `${id}-option-${index}`;

  useShortcut('/', () => inputRef.current?.focus());

  function close(): void {
    setOpen(false);
    setTyped('');
    inputRef.current?.blur();
  }

  function choose(index: number): void {
    const instrument = found[index];
    if (instrument === undefined) return;
    close();
    void navigate(`/trade?symbol=${encodeURIComponent(instrument.name)}`);
  }

  function onKeyDown(event: KeyboardEvent): void {
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    if (step !== 0 && found.length > 0) {
      event.preventDefault();
      setActive((active + step + found.length) % found.length);
    } else if (event.key === 'Enter') {
      choose(active);
    } else if (event.key === 'Escape') {
      close();
    }
  }

  return (
    <div className="search">
      <Icon name="search" />
      <input
        ref={inputRef}
        className="input search__input"
        type="text"
        role="combobox"
        aria-label="Search symbol"
        aria-expanded={open}
        aria-controls={`${id}-list`}
        aria-autocomplete="list"
        aria-activedescendant={open && found.length > 0 ? optionId(active) : undefined}
        placeholder="Search symbol or name"
        autoComplete="off"
        autoCapitalize="characters"
        spellCheck={false}
        value={typed}
        onFocus={() => setOpen(true)}
        onBlur={() => setOpen(false)}
        onChange={(event) => {
          setTyped(event.target.value);
          setActive(0);
          setOpen(true);
        }}
        onKeyDown={onKeyDown}
      />
      <kbd className="kbd search__key" aria-hidden="true">
        /
      </kbd>
      <ul className="search__list" id={`${id}-list`} role="listbox" aria-label="Instruments" hidden={!open}>
        {found.map((instrument, index) => (
          <li
            key={instrument.name}
            id={optionId(index)}
            role="option"
            aria-selected={index === active}
            className="search__option"
            onPointerEnter={() => setActive(index)}
            // Keeps the focus in the field, whose blur would close the list before the click.
            onMouseDown={(event) => event.preventDefault()}
            onClick={() => choose(index)}
          >
            <span className="search__symbol">{instrument.name}</span>
            <span className="search__name">{instrument.description}</span>
          </li>
        ))}
        {found.length === 0 && (
          <li className="search__none" role="option" aria-selected="false" aria-disabled="true">
            {instruments.length === 0 ? 'The list of instruments is not loaded yet' : 'No instrument matches'}
          </li>
        )}
      </ul>
    </div>
  );
}
