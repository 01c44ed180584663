import { z } from 'zod';

/**
 * An exact decimal as text, such as `"187.25"`: how money, prices and quantities cross every border of our own APIs.
 * At most 12 digits before the point and 9 after it; no exponent, no sign but `-`.
 */
export const decimalText = z
  .string()
  .regex(/^-?\d{1,12}(\.\d{1,9})?$/, 'must be a decimal number such as 187.25')
  .meta({ id: 'Decimal', description: 'An exact decimal as text', example: '187.25' });

/** A moment: RFC 3339, UTC, milliseconds, such as `2026-03-02T14:31:05.250Z`. */
export const instantText = z.iso
  .datetime({ precision: 3 })
  .meta({ id: 'Instant', example: '2026-03-02T14:31:05.250Z' });

/** A ticker symbol as the broker spells it: capital letters and digits, perhaps a class after a dot (`BRK.B`). */
export const symbolText = z
  .string()
  .regex(/^[A-Z][A-Z0-9]{0,9}(\.[A-Z]{1,3})?$/, 'must be a ticker symbol such as AAPL')
  .meta({ id: 'Symbol', example: 'AAPL' });

/** An id as the record has it, in small letters: whoever writes it in capitals means the same one. */
export const uuidText = z.uuid().toLowerCase();
