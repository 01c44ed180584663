import { useEffect, useRef, useState, type FormEvent } from 'react';
import { modifyOrderForm, type BrokerOrder } from '../../../../contracts/broker-api.ts';
import { modifyOrder } from '../../api/broker-api.ts';
import { describeFailure } from '../../api/failure.ts';
import { fromNumber } from '../../numbers/decimal.ts';
import { useTrading } from '../trading-context.ts';
import { againstChange, checkChange } from './check-change.ts';
import { orderName, sideWord, typeWords } from './order-words.ts';
import { Field } from '../../ui/field.tsx';

interface ModifyRowProps {
  order: BrokerOrder;
  accountId: string;
  columns: number;
  onDone: () => void;
}

const asText = (value: number | undefined): string => (value === undefined ? '' : fromNumber(value));

/** An order's row while its quantity and prices are being changed. */
export function ModifyRow({ order, accountId, columns, onDone }: ModifyRowProps) {
  const [quantity, setQuantity] = useState(asText(order.qty));
  const [limitPrice, setLimitPrice] = useState(asText(order.limitPrice));
  const [stopPrice, setStopPrice] = useState(asText(order.stopPrice));
  const [wrong, setWrong] = useState<Record<string, string>>({});
  const [failure, setFailure] = useState<string | null>(null);
  const [sending, setSending] = useState(false);
  const quantityRef = useRef<HTMLInputElement>(null);
  const { capabilities } = useTrading();
  const against = capabilities === null ? null : againstChange(capabilities, order);
  const blocked = sending || against !== null;

  useEffect(() => quantityRef.current?.select(), []);

  async function submit(event: FormEvent): Promise<void> {
    event.preventDefault();
    if (blocked) return;
    const form = modifyOrderForm.safeParse({
      qty: quantity.trim(),
      ...(order.limitPrice === undefined ? {} : { limitPrice: limitPrice.trim() }),
      ...(order.stopPrice === undefined || order.isTrailingStop === true ? {} : { stopPrice: stopPrice.trim() }),
    });
    setFailure(null);
    if (!form.success) {
      const wrongFields = form.error.issues.map((issue) => String(issue.path[0]));
      setWrong(Object.fromEntries(wrongFields.map((field) => [field, 'Enter a number greater than 0'])));
      return;
    }
    const notTaken = capabilities === null ? {} : checkChange(capabilities, form.data);
    setWrong(notTaken);
    if (Object.keys(notTaken).length > 0) return;
    setSending(true);
    try {
      const refusal = await modifyOrder(accountId, order.id, form.data);
      if (refusal === null) onDone();
      else setFailure([refusal.message, ...(refusal.breaches ?? []).map((breach) => breach.message)].join(' '));
    } catch (thrown) {
      setFailure(describeFailure(thrown));
    } finally {
      setSending(false);
    }
  }

  return (
    <tr className="modify">
      <td colSpan={columns}>
        <form
          className="modify__form"
          aria-label={`Modify ${orderName(order)}`}
          noValidate
          onSubmit={(event) => void submit(event)}
          onKeyDown={(event) => {
            if (event.key === 'Escape') onDone();
          }}
        >
          <p className="modify__order">
            <b>{order.instrument}</b> {sideWord(order.side)}
            <span className="muted modify__type"> {typeWords(order)}</span>
          </p>
          <Field
            label="New quantity"
            inputMode="decimal"
            autoComplete="off"
            unit="shares"
            inputRef={quantityRef}
            value={quantity}
            error={wrong['qty']}
            onChange={setQuantity}
          />
          {order.stopPrice !== undefined && order.isTrailingStop !== true && (
            <Field
              label="New stop price"
              inputMode="decimal"
              autoComplete="off"
              unit="USD"
              value={stopPrice}
              error={wrong['stopPrice']}
              onChange={setStopPrice}
            />
          )}
          {order.limitPrice !== undefined && (
            <Field
              label="New limit price"
              inputMode="decimal"
              autoComplete="off"
              unit="USD"
              value={limitPrice}
              error={wrong['limitPrice']}
              onChange={setLimitPrice}
            />
          )}
          <div className="modify__actions">
            <button type="submit" className="button button--primary" aria-disabled={blocked}>
              {sending ? 'Saving…' : 'Save changes'}
            </button>
            <button type="button" className="button" onClick={onDone}>
              Back
            </button>
          </div>
          {(against ?? failure) !== null && (
            <p className="field__error modify__failure" role="alert">
              {against ?? failure}
            </p>
          )}
        </form>
      </td>
    </tr>
  );
}
