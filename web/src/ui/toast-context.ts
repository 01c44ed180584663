import { createContext, use } from 'react';

export interface Toast {
  tone: 'good' | 'neutral' | 'bad';
  title: string;
  detail: string;
  /** A newer message on the same topic takes the place of the older one. */
  topic?: string;
  link?: { to: string; label: string };
}

export interface Toasts {
  show: (toast: Toast) => void;
}

export const ToastContext = createContext<Toasts | null>(null);

export function useToasts(): Toasts {
  const value = use(ToastContext);
  if (value === null) throw new Error('useToasts outside of ToastProvider');
  return value;
}
