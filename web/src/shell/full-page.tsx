import type { ReactNode } from 'react';
import { Mark } from '../ui/logo.tsx';
import './full-page.css';

interface FullPageProps {
  /** What is being waited for; shown to screen readers only, so that a quick wait does not flash text. */
  busy?: string;
  title?: string;
  detail?: string;
  children?: ReactNode;
}

/** A page with one message in its middle: waiting, not found, not reachable. */
export function FullPage({ busy, title, detail, children }: FullPageProps) {
  return (
    <main className="full-page" aria-busy={busy !== undefined}>
      <Mark size={40} />
      {busy !== undefined && (
        <p className="visually-hidden" role="status">
          {busy}
        </p>
      )}
      {title !== undefined && <h1 className="full-page__title">{title}</h1>}
      {detail !== undefined && <p className="full-page__detail">{detail}</p>}
      {children !== undefined && <div className="full-page__actions">{children}</div>}
    </main>
  );
}
