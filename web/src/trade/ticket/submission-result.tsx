import { Link } from 'react-router';
import { Callout } from '../../ui/callout.tsx';
import { BreachTable } from '../breach-table.tsx';
import { describeForm } from './draft.ts';
import { asksWhetherMeant } from './submission.ts';
import type { Submission } from './use-submission.ts';

interface SubmissionResultProps {
  submission: Submission;
  onConfirm: () => void;
  onSendAgain: () => void;
  onGiveUp: () => void;
}

/** What became of the last order, inline in the ticket. */
export function SubmissionResult({ submission, onConfirm, onSendAgain, onGiveUp }: SubmissionResultProps) {
  switch (submission.kind) {
    case 'idle':
    case 'sending':
      return null;
    case 'placed':
      return (
        <div role="status">
          <Callout tone="good" title="Order accepted">
            <p>
              {describeForm(submission.form)} · <Link to={`/orders/${submission.orderId}`}>Order story</Link>
            </p>
          </Callout>
        </div>
      );
    case 'refused': {
      const { refusal, form } = submission;
      return (
        <Callout tone="error" title={refusal.code === 'denied' ? 'Order denied' : 'Order not accepted'}>
          <p>{describeForm(form)}</p>
          {refusal.breaches !== undefined && refusal.breaches.length > 0 ? (
            <BreachTable breaches={refusal.breaches} />
          ) : (
            <p>{refusal.message}</p>
          )}
          {refusal.errors !== undefined && refusal.errors.length > 0 && (
            <ul>
              {refusal.errors.map((error) => (
                <li key={`${error.field} ${error.message}`}>
                  {error.field}: {error.message}
                </li>
              ))}
            </ul>
          )}
          {asksWhetherMeant(refusal) && (
            <div className="ticket__choices">
              <button type="button" className="button button--primary" onClick={onConfirm}>
                Place another one
              </button>
            </div>
          )}
          {refusal.orderId !== undefined && (
            <p>
              <Link to={`/orders/${refusal.orderId}`}>Order story</Link>
            </p>
          )}
        </Callout>
      );
    }
    case 'unanswered':
      return (
        <Callout tone="warn" title="No clear answer yet">
          <p>{describeForm(submission.order.form)}</p>
          <p>
            {submission.reason} Sending again is safe: it is one order under one request id, however often it is sent.
          </p>
          <div className="ticket__choices">
            <button type="button" className="button button--primary" onClick={onSendAgain}>
              Send again
            </button>
            <button type="button" className="button" onClick={onGiveUp}>
              Give it up
            </button>
          </div>
          <p className="muted">
            Giving up forgets the request here. If it had arrived, the order stands in the blotter.
          </p>
        </Callout>
      );
  }
}
