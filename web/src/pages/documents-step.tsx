import { useState, type FormEvent } from 'react';
import { Navigate } from 'react-router';
import type { Onboarding } from '../../../contracts/onboarding.ts';
import { ApiFailure, describeFailure } from '../api/failure.ts';
import { acceptDocuments } from '../api/tradsy-api.ts';
import { useAccount } from '../session/account-context.ts';
import { Callout } from '../ui/callout.tsx';
import { AuthFrame } from './auth-frame.tsx';

interface DocumentProps {
  id: string;
  document: Onboarding['disclaimer'];
  consent: string;
  checked: boolean;
  missing: boolean;
  onChange: (checked: boolean) => void;
}

function Document({ id, document, consent, checked, missing, onChange }: DocumentProps) {
  return (
    <section className="document">
      <div className="document__head">
        <h2 className="document__title" id={`${id}-title`}>
          {document.title}
        </h2>
        <span className="muted">Version {document.version}</span>
      </div>
      {/* A region that scrolls must be reachable by keyboard. */}
      <div className="document__text" role="region" aria-labelledby={`${id}-title`} tabIndex={0}>
        {document.paragraphs.map((paragraph) => (
          <p key={paragraph}>{paragraph}</p>
        ))}
      </div>
      <label className="checkbox">
        <input
          type="checkbox"
          checked={checked}
          aria-invalid={missing}
          aria-describedby={missing ? `${id}-error` : undefined}
          onChange={(event) => onChange(event.target.checked)}
        />
        <span>{consent}</span>
      </label>
      {missing && (
        <p className="field__error" id={`${id}-error`}>
          You can trade only after accepting this text.
        </p>
      )}
    </section>
  );
}

/** The disclaimer and the terms, to read and to accept one by one. */
export function DocumentsStep() {
  const { onboarding, replace, reload } = useAccount();
  const { disclaimer, terms } = onboarding;
  const [agreed, setAgreed] = useState({ disclaimer: false, terms: false });
  const [asked, setAsked] = useState(false);
  const [failure, setFailure] = useState<string | null>(null);
  const [sending, setSending] = useState(false);

  if (!onboarding.missing.includes('disclaimer') && !onboarding.missing.includes('terms')) {
    return <Navigate to={onboarding.missing.includes('broker_link') ? '/link' : '/trade'} replace />;
  }

  async function submit(event: FormEvent): Promise<void> {
    event.preventDefault();
    setAsked(true);
    if (sending || !agreed.disclaimer || !agreed.terms) return;
    setSending(true);
    setFailure(null);
    try {
      replace(await acceptDocuments(disclaimer.version, terms.version));
    } catch (thrown) {
      setFailure(describeFailure(thrown));
      if (thrown instanceof ApiFailure && thrown.problem?.code === 'wrong_document_version') {
        setAgreed({ disclaimer: false, terms: false });
        setAsked(false);
        reload();
      }
    } finally {
      setSending(false);
    }
  }

  return (
    <AuthFrame title="Before you trade" step={1}>
      <form className="documents" onSubmit={(event) => void submit(event)}>
        <Document
          id="disclaimer"
          document={disclaimer}
          consent="I have read and accept the risk disclaimer"
          checked={agreed.disclaimer}
          missing={asked && !agreed.disclaimer}
          onChange={(checked) => setAgreed({ ...agreed, disclaimer: checked })}
        />
        <Document
          id="terms"
          document={terms}
          consent="I have read and accept the terms of use"
          checked={agreed.terms}
          missing={asked && !agreed.terms}
          onChange={(checked) => setAgreed({ ...agreed, terms: checked })}
        />
        {failure !== null && (
          <Callout tone="error">
            <p>{failure}</p>
          </Callout>
        )}
        <div className="auth__actions">
          <button type="submit" className="button button--primary button--large" aria-disabled={sending}>
            {sending ? 'Saving…' : 'Continue'}
          </button>
        </div>
      </form>
    </AuthFrame>
  );
}
