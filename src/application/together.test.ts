import { describe, expect, it } from 'vitest';
import { childOf } from '../adapters/node/child-signal.ts';
import { together } from './together.ts';

const untilAborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));

describe('parts that belong together', () => {
  it('end when they are told to', async () => {
    const stop = new AbortController();
    const ended = together([untilAborted, untilAborted], stop.signal, childOf);
    stop.abort();
    await expect(ended).resolves.toBeUndefined();
  });

  it('end when one of them ends', async () => {
    const { signal } = new AbortController();
    await expect(together([untilAborted, () => Promise.resolve()], signal, childOf)).resolves.toBeUndefined();
    expect(signal.aborted).toBe(false);
  });

  it('end when one of them fails, with its error, after the others have ended', async () => {
    const { signal } = new AbortController();
    let isOver = false;
    const orderly = async (told: AbortSignal): Promise<void> => {
      await untilAborted(told);
      isOver = true;
    };
    const failing = (): Promise<void> => Promise.reject(new Error('no more'));
    await expect(together([failing, orderly], signal, childOf)).rejects.toThrow('no more');
    expect(isOver).toBe(true);
  });
});
