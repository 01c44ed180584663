import { useState } from 'react';
import { Field } from '../ui/field.tsx';

interface PasswordFieldProps {
  value: string;
  onChange: (value: string) => void;
  autoComplete: 'new-password' | 'current-password';
  hint?: string;
  error?: string | undefined;
}

/** A password that can be looked at. */
export function PasswordField({ value, onChange, autoComplete, hint, error }: PasswordFieldProps) {
  const [shown, setShown] = useState(false);
  return (
    <div className="password">
      <Field
        label="Password"
        type={shown ? 'text' : 'password'}
        autoComplete={autoComplete}
        maxLength={128}
        required
        value={value}
        onChange={onChange}
        hint={hint}
        error={error}
      />
      <button type="button" className="password__show" aria-pressed={shown} onClick={() => setShown(!shown)}>
        {shown ? 'Hide' : 'Show'}
        <span className="visually-hidden"> what you typed</span>
      </button>
    </div>
  );
}
