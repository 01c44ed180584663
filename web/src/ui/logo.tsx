import './logo.css';

/** The mark: a T whose bar is a price limit and whose stem is a candle hanging from it. */
export function Mark({ size = 24 }: { size?: number }) {
  return (
    <svg className="mark" width={size} height={size} viewBox="0 0 32 32" aria-hidden="true" focusable="false">
      <rect className="mark__ground" width="32" height="32" rx="7" />
      <path className="mark__line" d="M7 8.5h18" strokeWidth="3" strokeLinecap="round" />
      <path className="mark__line mark__wick" d="M16 8.5V26" strokeWidth="2" strokeLinecap="round" />
      <rect className="mark__body" x="12.5" y="12" width="7" height="10" rx="1.5" />
    </svg>
  );
}

export function Logo({ size = 24 }: { size?: number }) {
  return (
    <span className="logo">
      <Mark size={size} />
      <span className="logo__word">Tradsy</span>
    </span>
  );
}
