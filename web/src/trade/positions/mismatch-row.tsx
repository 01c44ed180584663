import { useState } from 'react';
import type { BrokerPosition } from '../../../../contracts/broker-api.ts';
import { describeFailure } from '../../api/failure.ts';
import { adoptPosition } from '../../api/tradsy-api.ts';
import { formatQuantity } from '../../numbers/format.ts';
import { useToasts } from '../../ui/toast-context.ts';

interface MismatchRowProps {
  symbol: string;
  mismatch: NonNullable<BrokerPosition['mismatch']>;
}

/** Under a position of which the broker has another quantity: both figures, and the way to take the broker's over, in two steps. */
export function MismatchRow({ symbol, mismatch: { ours, brokers } }: MismatchRowProps) {
  const { show } = useToasts();
  const [step, setStep] = useState<'idle' | 'sure' | 'asked'>('idle');
  const theirs = formatQuantity(brokers);

  async function adopt(): Promise<void> {
    if (step === 'asked') return;
    if (step === 'idle') {
      setStep('sure');
      return;
    }
    setStep('asked');
    try {
      await adoptPosition(symbol, brokers);
      show({ tone: 'good', title: `${symbol} is as at the broker`, detail: `Your record now has ${theirs}.` });
    } catch (thrown) {
      show({ tone: 'bad', title: `${symbol} was not taken over`, detail: describeFailure(thrown) });
    }
    setStep('idle');
  }

  return (
    <tr className="positions__mismatch">
      <td colSpan={6}>
        <span className="badge badge--warn">Differs</span> Your record has {formatQuantity(ours)}, the broker has{' '}
        {theirs}. No orders in {symbol} until they agree.{' '}
        <button
          type="button"
          className="button button--small"
          aria-disabled={step === 'asked'}
          onClick={() => void adopt()}
        >
          {step === 'idle' && 'Use the broker’s…'}
          {step === 'sure' && `Yes, record ${theirs} ${symbol}`}
          {step === 'asked' && 'Recording…'}
        </button>
      </td>
    </tr>
  );
}
