/** What the broker's table says against changing a working order: as the server will, and before anything is sent. */
import type { BrokerOrder, ModifyOrderForm } from '../../../../contracts/broker-api.ts';
import type { BrokerCapabilities } from '../../../../contracts/capabilities.ts';
import { fromNumber, isMultipleOf } from '../../numbers/decimal.ts';
import { priceStep } from '../ticket/broker-table.ts';

const wholeOnly = ({ replacement }: BrokerCapabilities, quantity: string): boolean =>
  replacement?.wholeSharesOnly === true && !isMultipleOf(quantity, '1');

/** Why an order can not be changed at all; null when it can. */
export function againstChange(table: BrokerCapabilities, order: BrokerOrder): string | null {
  if (table.replacement === null) return table.words.change_not_taken;
  return wholeOnly(table, fromNumber(order.qty)) ? table.words.change_whole_shares : null;
}

/** What is wrong with new terms, field by field. */
export function checkChange(table: BrokerCapabilities, form: ModifyOrderForm): Record<string, string> {
  const prices = { limitPrice: form.limitPrice, stopPrice: form.stopPrice };
  const isOff = (price: string | undefined): boolean =>
    price !== undefined && !isMultipleOf(price, priceStep(table, price));
  return {
    ...(wholeOnly(table, form.qty) && { qty: table.words.change_whole_shares }),
    ...Object.fromEntries(
      Object.entries(prices)
        .filter(([, price]) => isOff(price))
        .map(([field]) => [field, table.words.price_step]),
    ),
  };
}
