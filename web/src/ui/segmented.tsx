import { useId } from 'react';

interface SegmentedProps<T extends string> {
  legend: string;
  options: readonly { value: T; label: string; title?: string }[];
  value: T;
  onChange: (value: T) => void;
  className?: string;
}

/** A row of radio buttons that looks like one control. */
export function Segmented<T extends string>({ legend, options, value, onChange, className = '' }: SegmentedProps<T>) {
  const name = useId();
  return (
    <fieldset>
      <legend className="visually-hidden">{legend}</legend>
      <div className={`segmented ${className}`}>
        {options.map((option) => (
          <label key={option.value} title={option.title} data-value={option.value}>
            <input
              type="radio"
              name={name}
              value={option.value}
              checked={option.value === value}
              onChange={() => onChange(option.value)}
            />
            <span>{option.label}</span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}
