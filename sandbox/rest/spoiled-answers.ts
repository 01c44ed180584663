import { setTimeout as pause } from 'node:timers/promises';
import type { Response } from 'express';
import type { FaultRequest } from '../control/faults.ts';
import type { Answer } from './answer.ts';

const PAGE = '<html><body><h1>502 Bad Gateway</h1></body></html>';
const DRIP_EVERY = 1000;

/** Answers as a fault wants it; `answer` is the right one, where the request was worked on. */
export async function answerWith(fault: FaultRequest, res: Response, answer?: Answer): Promise<void> {
  const { kind, ms, status } = fault;
  switch (kind) {
    case 'drop_before':
    case 'drop_after':
    case 'reset_sending':
      res.socket?.resetAndDestroy();
      return;
    case 'html':
    case 'html_before':
      res
        .status(status ?? 502)
        .type('html')
        .send(PAGE);
      return;
    case 'truncated_json': {
      const whole = wholeOf(answer);
      res
        .status(answer?.status ?? 200)
        .type('json')
        .send(whole.slice(0, Math.max(1, Math.floor(whole.length / 2))));
      return;
    }
    case 'cut_answer':
      return cut(res, answer);
    case 'slow_drip':
      return drip(res, ms ?? DRIP_EVERY, answer);
    case 'empty_body':
      res
        .status(answer?.status ?? 200)
        .type('json')
        .end();
      return;
    case 'answer_before':
    case 'answer_after':
      res
        .status(status ?? 200)
        .type(fault.type ?? 'json')
        .send(fault.body ?? '');
      return;
    case 'duplicate_id':
      res.status(422).json({ code: 40010001, message: 'client_order_id must be unique' });
      return;
    case '429':
      if (ms !== undefined) res.setHeader('Retry-After', String(Math.ceil(ms / 1000)));
      res.status(429).json({ code: 42910000, message: 'rate limit exceeded' });
      return;
    case '503':
      res.status(503).json({ code: 50310000, message: 'service unavailable' });
      return;
    case '504':
    case '504_before':
    case 'late_accept':
      res.status(504).json({ code: 50410000, message: 'gateway timeout' });
      return;
    default:
      res.status(500).json({ code: 50010000, message: 'internal server error occurred' });
  }
}

const wholeOf = (answer: Answer | undefined): string => JSON.stringify(answer?.body ?? {});

/** Half of what was announced, then a reset. */
async function cut(res: Response, answer: Answer | undefined): Promise<void> {
  const whole = Buffer.from(wholeOf(answer));
  res.status(answer?.status ?? 200).type('json');
  res.setHeader('Content-Length', whole.length);
  // A reset overtakes what is still in the buffers.
  await new Promise<void>((resolve) => res.write(whole.subarray(0, Math.ceil(whole.length / 2)), () => resolve()));
  setTimeout(() => res.socket?.resetAndDestroy(), 20);
}

/** One byte after another, until all are sent or nobody listens any more. */
async function drip(res: Response, everyMs: number, answer: Answer | undefined): Promise<void> {
  const whole = Buffer.from(wholeOf(answer));
  res.status(answer?.status ?? 200).type('json');
  res.setHeader('Content-Length', whole.length);
  const gone = new AbortController();
  res.once('close', () => gone.abort());
  for (const byte of whole) {
    if (res.destroyed) return;
    res.write(Buffer.of(byte));
    await pause(everyMs, undefined, { signal: gone.signal }).catch(() => undefined);
  }
  res.end();
}
