import type { ReactNode } from 'react';

/** A message in the page that stays: `error` is read out at once. */
export function Callout({
  tone,
  title,
  children,
}: {
  tone: 'info' | 'error' | 'warn' | 'good';
  title?: string;
  children: ReactNode;
}) {
  return (
    <div className={`callout callout--${tone}`} role={tone === 'error' ? 'alert' : undefined}>
      {title !== undefined && <p className="callout__title">{title}</p>}
      {children}
    </div>
  );
}
