import { useId, type ReactNode } from 'react';

interface CheckboxProps {
  checked: boolean;
  onChange: (checked: boolean) => void;
  /** Why it can not be checked; null when it can. What is checked can always be taken back. */
  against?: string | null;
  children: ReactNode;
}

/** A choice of its own, with the reason beside it when it is not to be had. */
export function Checkbox({ checked, onChange, against = null, children }: CheckboxProps) {
  const id = useId();
  const disabled = against !== null && !checked;
  return (
    <div className="choice">
      <label className={disabled ? 'checkbox checkbox--disabled' : 'checkbox'}>
        <input
          type="checkbox"
          checked={checked}
          disabled={disabled}
          aria-describedby={against === null ? undefined : id}
          onChange={(event) => onChange(event.target.checked)}
        />
        <span>{children}</span>
      </label>
      {against !== null && (
        <p className="choice__reason" id={id}>
          {against}
        </p>
      )}
    </div>
  );
}
