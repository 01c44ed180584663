/**
 * What permits a request to the broker: the risk engine's own record that the order, or a change of it, was admitted. An
 * admission can be had here and nowhere else, and the broker port takes nothing less, so no path goes around the rules.
 */
import { find } from '../kernel/dictionary.ts';
import { sameTerms, sameTicket } from '../order/events.ts';
import type { Channel, OrderTerms, OrderTicket } from '../order/events.ts';
import type { RiskState } from './state.ts';

declare const admitted: unique symbol;

/** An order that the risk engine has admitted, word for word. */
export interface Admission {
  readonly ticket: OrderTicket;
  /** By which way it came: closing orders of a halt pass the halts in force. */
  readonly channel: Channel;
  readonly admittedAt: string;
  readonly [admitted]: 'order';
}

/** A change of an admitted order that the risk engine has admitted too. */
export interface ReplacementAdmission {
  readonly orderId: string;
  /** Which change of the order it is, from 1. */
  readonly revision: number;
  readonly terms: OrderTerms;
  readonly [admitted]: 'replacement';
}

/** Null when the account's record does not admit exactly this order. */
export function admissionOf(state: RiskState, ticket: OrderTicket): Admission | null {
  const answer = find(state.answers, ticket.orderId);
  if (answer?.kind !== 'admitted' || !sameTicket(answer.ticket, ticket)) return null;
  return { ticket: answer.ticket, channel: answer.channel, admittedAt: answer.admittedAt } as Admission;
}

/** Null when the account's record does not admit exactly this change. */
export function replacementAdmissionOf(
  state: RiskState,
  change: { readonly orderId: string; readonly revision: number; readonly terms: OrderTerms },
): ReplacementAdmission | null {
  const { orderId, revision, terms } = change;
  const answer = find(state.answers, orderId);
  if (answer?.kind !== 'admitted') return null;
  const isAdmitted = answer.changes.some((each) => each.revision === revision && sameTerms(each.terms, terms));
  return isAdmitted ? ({ orderId, revision, terms } as ReplacementAdmission) : null;
}
