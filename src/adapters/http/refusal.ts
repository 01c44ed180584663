/** Refusals of both HTTP surfaces: the code, what it is in HTTP, and its sentence for people. */
import type { ErrorEnvelope } from '../../../contracts/broker-api.ts';
import type { UnsupportedReason } from '../../../contracts/capabilities.ts';
import type { Breach, Problem, RefusalCode } from '../../../contracts/problem.ts';
import type { Immutable } from './immutable.ts';

export interface FieldError {
  readonly field: string;
  readonly message: string;
}

export interface Refusal {
  readonly kind: 'refusal';
  readonly code: RefusalCode;
  /** One or more sentences for people, without internals. */
  readonly detail: string;
  readonly errors?: readonly FieldError[];
  readonly breaches?: readonly Breach[];
  /** For `unsupported_order`. */
  readonly reasons?: readonly UnsupportedReason[];
  /** For `denied`. */
  readonly orderId?: string;
  readonly retryAfterSeconds?: number;
  /** The methods that a path has, for `method_not_allowed`. */
  readonly allow?: readonly string[];
}

const WORDS: Readonly<Record<RefusalCode, readonly [status: number, title: string, detail: string]>> = {
  invalid_request: [400, 'Invalid request', 'The request can not be understood.'],
  unauthenticated: [401, 'Not signed in', 'Sign in to continue.'],
  not_found: [404, 'Not found', 'There is nothing under this name.'],
  method_not_allowed: [405, 'Method not allowed', 'This address does not know this method.'],
  payload_too_large: [413, 'Too large', 'The request body is larger than 64 kB.'],
  unsupported_media_type: [
    415,
    'Unsupported content type',
    'The request body has a content type that is not taken here.',
  ],
  too_many_requests: [429, 'Too many requests', 'Too many tries; wait a while and try again.'],
  email_taken: [409, 'Address taken', 'Somebody signed up with this e-mail address already.'],
  weak_password: [422, 'Weak password', 'This password is too easy to guess; choose another one.'],
  wrong_credentials: [401, 'Wrong credentials', 'E-mail address or password is wrong.'],
  session_ended: [401, 'Session ended', 'The session has ended; sign in again.'],
  wrong_document_version: [409, 'Wrong version', 'A newer version of the text must be read and accepted.'],
  oauth_state_unknown: [
    400,
    'Unknown link request',
    'This link request is too old, was used already, or began elsewhere.',
  ],
  oauth_denied: [403, 'Link declined', 'The link was declined at the broker.'],
  oauth_exchange_failed: [400, 'Link not confirmed', 'The broker did not confirm the link; start it again.'],
  broker_account_taken: [409, 'Broker account taken', 'This broker account is linked to another user.'],
  broker_account_differs: [
    409,
    'Other broker account',
    'The account belongs to another broker account; link that one.',
  ],
  broker_link_missing: [409, 'No broker account', 'No broker account is linked.'],
  broker_unavailable: [503, 'Broker unavailable', 'The broker can not be reached at the moment; try again soon.'],
  unknown_instrument: [404, 'Unknown instrument', 'There is no such instrument to trade.'],
  unsupported_order: [422, 'Unsupported order', 'The broker does not take such an order.'],
  request_id_reused: [409, 'Request id reused', 'This request id was used for another order.'],
  denied: [403, 'Denied', 'The risk engine denied the order.'],
  order_not_working: [409, 'Order not working', 'The order has ended; nothing can be changed any more.'],
  order_unconfirmed: [409, 'Order unconfirmed', 'The broker has not confirmed the order yet; try again in a moment.'],
  too_many_changes: [
    409,
    'Too many changes',
    'This order can not be changed any more; cancel it and place another one.',
  ],
  replace_pending: [409, 'Change pending', 'Another change of this order is on its way.'],
  only_tighter: [409, 'Only tighter', 'Limits can be made tighter, and by nobody looser.'],
  not_permitted: [403, 'Not permitted', 'Only an operator may do that.'],
  second_operator_needed: [
    409,
    'Second operator needed',
    'You have approved it already; another operator has to, too.',
  ],
  overfill_changed: [409, 'Overfill changed', 'More was executed too much by now; look at it again.'],
  position_moved: [409, 'Position moved', 'The broker has another position by now; look at it again.'],
  unavailable: [503, 'Unavailable', 'Market data can not be read at the moment; nothing was done.'],
  internal: [500, 'Internal error', 'Something went wrong on our side.'],
};

/** A refusal with the code's own sentence, unless `more` has another. */
export const refuse = (code: RefusalCode, more: Omit<Partial<Refusal>, 'kind' | 'code'> = {}): Refusal => ({
  kind: 'refusal',
  code,
  detail: WORDS[code][2],
  ...more,
});

/** The HTTP status of a refusal on the Tradsy API. */
export const statusOf = (code: RefusalCode): number => WORDS[code][0];

/** The refusals that are a matter of the session; the only ones with an HTTP status of their own on the Broker API. */
export const SESSION_REFUSALS: readonly RefusalCode[] = ['unauthenticated', 'session_ended'];

/** RFC 9457: problem details. */
export const toProblem = (refusal: Refusal): Immutable<Problem> => ({
  type: 'about:blank',
  title: WORDS[refusal.code][1],
  status: statusOf(refusal.code),
  code: refusal.code,
  detail: refusal.detail,
  ...(refusal.errors !== undefined && { errors: refusal.errors }),
});

/** TradingView's error envelope; `errmsg` is shown to the trader as it is. */
export const toEnvelope = ({
  code,
  detail,
  orderId,
  breaches,
  reasons,
  errors,
}: Refusal): Immutable<ErrorEnvelope> => ({
  s: 'error',
  errmsg: detail,
  refusal: {
    code,
    ...(orderId !== undefined && { orderId }),
    ...(breaches !== undefined && { breaches }),
    ...(reasons !== undefined && { reasons }),
    ...(errors !== undefined && { errors }),
  },
});
