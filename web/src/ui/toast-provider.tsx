import { useCallback, useEffect, useMemo, useRef, useState, type ReactNode } from 'react';
import { Link } from 'react-router';
import { Icon } from './icon.tsx';
import { ToastContext, type Toast } from './toast-context.ts';
import './toast.css';

const SHOWN_MS = 5000;
const MOST = 4;

type Shown = Toast & { key: number };

function ToastItem({ toast, onDismiss }: { toast: Shown; onDismiss: (key: number) => void }) {
  const [held, setHeld] = useState(false);
  const { key } = toast;

  useEffect(() => {
    if (held) return;
    const timer = setTimeout(() => onDismiss(key), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [held, key, onDismiss]);

  return (
    <li
      className={`toast toast--${toast.tone}`}
      onPointerEnter={() => setHeld(true)}
      onPointerLeave={() => setHeld(false)}
      onFocus={() => setHeld(true)}
      onBlur={() => setHeld(false)}
    >
      <Icon name={toast.tone === 'good' ? 'check' : toast.tone === 'bad' ? 'alert' : 'info'} />
      <div className="toast__text">
        <p className="toast__title">{toast.title}</p>
        <p className="muted">
          {toast.detail}
          {toast.link && (
            <>
              {' · '}
              <Link to={toast.link.to}>{toast.link.label}</Link>
            </>
          )}
        </p>
      </div>
      <button type="button" className="toast__close" aria-label="Dismiss" onClick={() => onDismiss(key)}>
        <Icon name="close" />
      </button>
    </li>
  );
}

/** Short messages at the edge of the screen, read out by screen readers. They stay while looked at or focused. */
export function ToastProvider({ children }: { children: ReactNode }) {
  const [toasts, setToasts] = useState<readonly Shown[]>([]);
  const nextKey = useRef(0);

  const dismiss = useCallback((key: number) => {
    setToasts((shown) => shown.filter((toast) => toast.key !== key));
  }, []);
  const value = useMemo(
    () => ({
      show(toast: Toast) {
        nextKey.current += 1;
        const key = nextKey.current;
        setToasts((shown) => {
          const others = shown.filter((other) => toast.topic === undefined || other.topic !== toast.topic);
          return [...others, { ...toast, key }].slice(-MOST);
        });
      },
    }),
    [],
  );

  return (
    <ToastContext value={value}>
      {children}
      <section className="toasts" aria-label="Notices" aria-live="polite" aria-relevant="additions">
        <ul>
          {toasts.map((toast) => (
            <ToastItem key={toast.key} toast={toast} onDismiss={dismiss} />
          ))}
        </ul>
      </section>
    </ToastContext>
  );
}
