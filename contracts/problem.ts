import { z } from 'zod';

/** Why one rule stands against an order: the rule, its limit and what the order would have made of it. */
export const breach = z
  .object({
    rule: z.enum([
      'disclaimer',
      'terms',
      'broker_link',
      'account_blocked',
      'trading_halted',
      'repeated_execution',
      'trades_left',
      'instrument_state',
      'largest_order_value',
      'largest_order_quantity',
      'largest_position',
      'largest_exposure',
      'open_orders',
      'daily_loss',
      'position_flip',
      'short_sale',
      'buying_power',
      'margin',
      'protection_required',
      'price_collar',
      'fresh_quote',
      'duplicate_order',
      'order_rate',
      'key_rate',
      'reduce_only',
      'position_mismatch',
      'overfill',
    ]),
    /** What is allowed, and what would have been: decimals as text in `unit`; null where a rule has no number. */
    limit: z.string().nullable(),
    actual: z.string().nullable(),
    unit: z.enum(['USD', 'shares', 'percent', 'seconds', 'trades', 'orders']).nullable(),
    /** One sentence for the trader. */
    message: z.string(),
  })
  .meta({ id: 'Breach' });
export type Breach = z.infer<typeof breach>;

/** Codes of refusals: stable words that programs may depend on. */
export const refusalCode = z
  .enum([
    'invalid_request',
    'unauthenticated',
    'not_found',
    'method_not_allowed',
    'payload_too_large',
    'unsupported_media_type',
    'too_many_requests',
    'email_taken',
    'weak_password',
    'wrong_credentials',
    'session_ended',
    'wrong_document_version',
    'oauth_state_unknown',
    'oauth_denied',
    'oauth_exchange_failed',
    'broker_account_taken',
    'broker_account_differs',
    'broker_link_missing',
    'broker_unavailable',
    'unknown_instrument',
    'unsupported_order',
    'request_id_reused',
    'denied',
    'order_not_working',
    'order_unconfirmed',
    'replace_pending',
    'too_many_changes',
    'only_tighter',
    'not_permitted',
    'second_operator_needed',
    'overfill_changed',
    'position_moved',
    'unavailable',
    'internal',
  ])
  .meta({ id: 'RefusalCode' });
export type RefusalCode = z.infer<typeof refusalCode>;

/** A refusal of the Tradsy API: RFC 9457 problem details with a stable `code`. */
export const problem = z
  .object({
    type: z.literal('about:blank'),
    title: z.string(),
    status: z.int(),
    code: refusalCode,
    detail: z.string(),
    /** For `invalid_request`: the field (dotted path) and what is wrong with it. */
    errors: z.array(z.object({ field: z.string(), message: z.string() })).optional(),
  })
  .meta({ id: 'Problem' });
export type Problem = z.infer<typeof problem>;
