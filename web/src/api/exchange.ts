import type { z } from 'zod';
import { problem } from '../../../contracts/problem.ts';
import { ApiFailure } from './failure.ts';

const TIMEOUT_MS = 20_000;

/**
 * One HTTP exchange on this origin. Rejects with an ApiFailure when no answer came; an abort by the caller's own signal
 * passes through as it is.
 */
export async function exchange(path: string, init: RequestInit = {}, timeoutMs = TIMEOUT_MS): Promise<Response> {
  const timeout = AbortSignal.timeout(timeoutMs);
  const signal = init.signal ? AbortSignal.any([init.signal, timeout]) : timeout;
  try {
    return await fetch(path, { credentials: 'same-origin', ...init, signal });
  } catch (thrown) {
    if (init.signal?.aborted) throw thrown;
    throw new ApiFailure(timeout.aborted ? 'timeout' : 'unreachable');
  }
}

async function readJson(response: Response): Promise<unknown> {
  try {
    return await response.json();
  } catch {
    throw new ApiFailure(response.ok ? 'unreadable' : 'unreachable');
  }
}

/** The ApiFailure that an answer outside 2xx stands for. */
export async function failureOf(response: Response): Promise<ApiFailure> {
  const parsed = problem.safeParse(await readJson(response));
  return parsed.success ? new ApiFailure('refused', parsed.data) : new ApiFailure('unreadable');
}

/** Reads a JSON answer through its contract. Rejects with an ApiFailure for problems and unknown shapes. */
export async function parseAnswer<T extends z.ZodType>(schema: T, response: Response): Promise<z.infer<T>> {
  if (!response.ok) throw await failureOf(response);
  const parsed = schema.safeParse(await readJson(response));
  if (!parsed.success) throw new ApiFailure('unreadable');
  return parsed.data;
}
