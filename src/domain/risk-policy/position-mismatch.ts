/**
 * A position of ours that is not the broker's: no order in its symbol until both agree again, or a person has declared the
 * broker's to be the right one. Fills are never invented to make them agree.
 */
import { quantity, toText } from '../kernel/decimal.ts';
import type { Decision } from '../kernel/decider.ts';
import { accept, refuse } from '../kernel/decider.ts';
import { netQuantity } from '../kernel/lots.ts';
import type { RiskEvent } from './events.ts';
import type { Rule } from './rules/check.ts';
import { holdingOf } from './state.ts';
import type { RiskState } from './state.ts';

export type PositionCommand =
  /** What a comparison has found, and the broker's quantity then; `ours` is what it was compared with. */
  | {
      readonly type: 'ReportPositionMismatch';
      readonly symbol: string;
      readonly ours: string;
      readonly brokers: string;
      readonly at: string;
    }
  /** `quantity`: what the broker holds. */
  | {
      readonly type: 'ResolvePositionMismatch';
      readonly symbol: string;
      readonly quantity: string;
      readonly at: string;
    }
  /** `quantity` and `averagePrice`: as the broker has them at a moment of the market's time. */
  | {
      readonly type: 'AdoptBrokerPosition';
      readonly symbol: string;
      readonly quantity: string;
      readonly averagePrice: string;
      readonly by: string;
      readonly at: string;
    };

export type PositionRefusal = { readonly code: 'no_mismatch' };

export function decidePosition(command: PositionCommand, state: RiskState): Decision<RiskEvent, PositionRefusal> {
  const { symbol, at } = command;
  const held = netQuantity(holdingOf(state, symbol));
  const standing = state.mismatches.get(symbol);
  switch (command.type) {
    case 'ReportPositionMismatch': {
      const { ours, brokers } = command;
      // Something was booked since it was compared, so the comparison says nothing.
      if (quantity(ours) !== held || quantity(brokers) === held) return accept();
      if (standing?.ours === held && standing.brokers === quantity(brokers)) return accept();
      return accept({ type: 'PositionMismatchFound', data: { symbol, ours, brokers, foundAt: at } });
    }
    case 'ResolvePositionMismatch':
      if (standing === undefined || quantity(command.quantity) !== held) return accept();
      return accept({
        type: 'PositionMismatchResolved',
        data: { symbol, quantity: command.quantity, resolvedAt: at },
      });
    case 'AdoptBrokerPosition': {
      const { quantity: brokers, averagePrice, by } = command;
      if (standing === undefined) {
        const isDone = state.adopted.get(symbol)?.quantity === held && quantity(brokers) === held;
        return isDone ? accept() : refuse({ code: 'no_mismatch' });
      }
      return accept({
        type: 'BrokerPositionAdopted',
        data: { symbol, quantity: brokers, averagePrice, previous: toText(held), adoptedBy: by, adoptedAt: at },
      });
    }
  }
}

/** Stops every order in a symbol of which it is not known what is held. */
export const positionMismatch: Rule = ({ ticket, account }) => {
  const standing = account.mismatches.get(ticket.symbol);
  if (standing === undefined) return null;
  const [limit, actual] = [toText(standing.ours), toText(standing.brokers)];
  return { rule: 'position_mismatch', limit, actual, unit: 'shares', detail: null };
};

/** Why nothing is sent in a symbol; null when nothing stands in the way. */
export const heldBackBy = (state: RiskState, symbol: string): string | null =>
  state.mismatches.has(symbol) ? `The position in ${symbol} is not what the broker has.` : null;
