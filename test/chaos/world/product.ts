/** The product of one world: started, killed and started again at the same address. */
import { setTimeout as wait } from 'node:timers/promises';
import { launch } from '../../support/running-product.ts';

export const PROGRAM = 'dist/chaos/app.js';

export interface Life {
  readonly startedAt: number;
  /** When it could serve, in milliseconds of the wall clock; null when it died before, or was not ready in time. */
  readonly ready: Promise<number | null>;
  readonly ended: Promise<void>;
  isOver(): boolean;
  /** Whether it has ended by itself, and was not killed. */
  hasGivenUp(): boolean;
  /** As `kill -9`, or asked to end. */
  end(signal: 'SIGKILL' | 'SIGTERM'): Promise<void>;
  output(): string;
}

const READY_WITHIN_MS = 60_000;
const LOOK_EVERY_MS = 25;

export function startLife(url: string, env: Readonly<Record<string, string>>): Life {
  const running = launch(PROGRAM, { HOST: '127.0.0.1', PORT: new URL(url).port, ...env }, url);
  const startedAt = Date.now();
  let over = false;
  let givenUp = false;
  const ended = running.ended.then((signal) => {
    over = true;
    givenUp = signal === null;
  });

  async function untilReady(): Promise<number | null> {
    while (!over && Date.now() - startedAt < READY_WITHIN_MS) {
      const answer = await fetch(`${url}/readyz`).catch(() => null);
      await answer?.body?.cancel();
      if (answer?.status === 200) return Date.now();
      await wait(LOOK_EVERY_MS);
    }
    return null;
  }

  return {
    startedAt,
    ready: untilReady(),
    ended,
    isOver: () => over,
    hasGivenUp: () => givenUp,
    end: (signal) => running.kill(signal),
    output: running.output,
  };
}
