/** Whether an answer is in Alpaca's own words: whoever stands in between can not give those. */
import { z } from 'zod';

/** `code` is null where Alpaca gives none. */
export interface AlpacaError {
  readonly code: number | null;
  readonly message: string;
}

/** Alpaca: errors are `{"code": <8 digits>, "message": <text>, ...}`; some have no code. With any other number it is not its own. */
const alpacaError = z.object({ code: z.int().min(10_000_000).max(99_999_999).nullish(), message: z.string() });

/** Alpaca's error body; null when it is anything else. */
export function readError(text: string): AlpacaError | null {
  const error = alpacaError.safeParse(readJson(text));
  return error.success ? { code: error.data.code ?? null, message: error.data.message } : null;
}

/** The value of JSON text; undefined when it is not JSON. */
export function readJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
