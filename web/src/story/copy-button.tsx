import { useState } from 'react';
import { Icon } from '../ui/icon.tsx';
import { useToasts } from '../ui/toast-context.ts';

/** Puts a text on the clipboard and says so on the button. */
export function CopyButton({ label, text }: { label: string; text: () => string }) {
  const [copied, setCopied] = useState(false);
  const { show } = useToasts();

  async function copy(): Promise<void> {
    try {
      await navigator.clipboard.writeText(text());
      setCopied(true);
      setTimeout(() => setCopied(false), 2000);
    } catch {
      show({ tone: 'bad', title: 'Not copied', detail: 'This browser does not let the page use the clipboard.' });
    }
  }

  return (
    <button type="button" className="button" onClick={() => void copy()}>
      <Icon name={copied ? 'check' : 'copy'} size={14} />
      <span aria-live="polite">{copied ? 'Copied' : label}</span>
    </button>
  );
}
