/** Whether the instrument can be traded, in such a quantity, and with which exits. */
import { onlyOpening, plain } from './check.ts';
import type { Rule } from './check.ts';
import { isFraction } from './short.ts';

export const instrumentTradable: Rule = ({ inputs: { instrument } }) =>
  instrument?.tradable === true ? null : plain('instrument_state', 'not_tradable');

export const instrumentFraction: Rule = ({ ticket, inputs: { instrument } }) =>
  instrument?.fractionable === false && isFraction(ticket.quantity) ? plain('instrument_state', 'fraction') : null;

/** Where the limits ask for it, a position is never opened without a way out on both sides. */
export const protectionRequired: Rule = onlyOpening(({ ticket, inputs: { limits } }) => {
  const isProtected = ticket.stopLoss !== null && ticket.takeProfit !== null;
  return limits.protectionRequired && !isProtected ? plain('protection_required') : null;
});
