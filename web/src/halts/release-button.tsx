import { useState } from 'react';
import type { Halt } from '../../../contracts/halts.ts';
import { describeFailure } from '../api/failure.ts';
import { releaseHalt } from '../api/tradsy-api.ts';
import { useToasts } from '../ui/toast-context.ts';
import { releaseLabel, scopeWords } from './halt-words.ts';
import { useHalts } from './halts-context.ts';

/** Ends a halt, or gives the first of two approvals. A second press confirms: nobody resumes by accident. */
export function ReleaseButton({ halt }: { halt: Halt }) {
  const { show } = useToasts();
  const { reload } = useHalts();
  const [step, setStep] = useState<'idle' | 'sure' | 'asked'>('idle');
  const label = releaseLabel(halt);

  async function release(): Promise<void> {
    setStep('asked');
    try {
      const { resumed } = await releaseHalt(halt.id);
      const detail = resumed ? scopeWords(halt) : 'Another operator has to release it, too.';
      show({ tone: 'good', title: resumed ? 'Trading resumes' : 'Release approved', detail, topic: halt.id });
    } catch (thrown) {
      show({ tone: 'bad', title: 'Not released', detail: describeFailure(thrown), topic: halt.id });
    }
    setStep('idle');
    reload();
  }

  if (step === 'sure') {
    return (
      <span className="release">
        <button type="button" className="button button--primary" onClick={() => void release()}>
          {label} now
        </button>
        <button type="button" className="button" onClick={() => setStep('idle')}>
          Keep the stop
        </button>
      </span>
    );
  }
  return (
    <button
      type="button"
      className="button"
      aria-label={`${label}: ${scopeWords(halt)}`}
      aria-disabled={step === 'asked'}
      onClick={() => step === 'idle' && setStep('sure')}
    >
      {step === 'asked' ? 'Asking …' : label}
    </button>
  );
}
