import { z } from 'zod';
import { randomFrom } from '../random.ts';

/** Faults of HTTP requests, by the moment at which they strike. */
export const HTTP_FAULTS = {
  /** While the body is still being sent. */
  sending: ['reset_sending'],
  /** Before the request is worked on, which never happens then. */
  before: ['drop_before', 'http_500_before', '504_before', '503', '429', 'html_before', 'answer_before'],
  /** Work begins only after a while: answered when it is done, or with a 504 at once. */
  late: ['slow_accept', 'late_accept'],
  /** The work is done, and its answer waits. */
  answering: ['delay'],
  /** The work is done, and its answer is spoiled. */
  after: [
    'drop_after',
    'http_500_after',
    '504',
    'html',
    'truncated_json',
    'cut_answer',
    'empty_body',
    'duplicate_id',
    'slow_drip',
    'answer_after',
  ],
} as const;
/** Faults of WebSocket frames and of the event stream. */
const FRAME_KINDS = ['drop_frames', 'duplicate_frames', 'reorder_frames', 'delay_frames'] as const;

export const faultRequest = z.strictObject({
  kind: z.enum([
    ...HTTP_FAULTS.sending,
    ...HTTP_FAULTS.before,
    ...HTTP_FAULTS.late,
    ...HTTP_FAULTS.answering,
    ...HTTP_FAULTS.after,
    ...FRAME_KINDS,
    'close_stream',
    'hold_fills',
    'forget_client_ids',
  ]),
  /** How many times it strikes; 1 when neither count nor probability is given. */
  count: z.int().positive().max(1_000_000).optional(),
  /** The share of matching requests or frames it strikes, by seed. */
  probability: z.number().min(0).max(1).optional(),
  ms: z.int().min(0).max(600_000).optional(),
  on: z.boolean().optional(),
  /** Of `html`, `html_before`, `answer_before` and `answer_after`. */
  status: z.int().min(200).max(599).optional(),
  /** Of `answer_before` and `answer_after`, to the letter, and its content type. */
  body: z.string().max(100_000).optional(),
  type: z.string().max(100).optional(),
  match: z
    .strictObject({
      method: z.string().optional(),
      /** The beginning of the path. */
      path: z.string().optional(),
      account_id: z.string().optional(),
      /** Any text in the request body, such as a client order id or a symbol. */
      body: z.string().optional(),
      stream: z.enum(['trading', 'data']).optional(),
      event: z.string().optional(),
      client_order_id: z.string().optional(),
    })
    .optional(),
});

export type FaultRequest = z.infer<typeof faultRequest>;
export type FaultKind = FaultRequest['kind'];
type Fault = { readonly id: number; readonly request: FaultRequest; left: number; struck: number };

export type HttpSubject = {
  readonly method: string;
  readonly path: string;
  readonly body: string;
  readonly accountId: string | null;
};
export type FrameSubject = {
  readonly stream: 'trading' | 'data';
  readonly accountId: string;
  readonly event: string;
  readonly clientOrderId: string;
};

export type Faults = ReturnType<typeof createFaults>;

/** The faults in force. Each is asked in the order it was set; the first that strikes is spent. */
export function createFaults(seed: number) {
  let faults: Fault[] = [];
  let nextId = 1;

  function strike(kinds: readonly string[], isMatch: (match: FaultRequest['match']) => boolean): FaultRequest | null {
    for (const fault of faults) {
      const { kind, probability, match } = fault.request;
      if (!kinds.includes(kind) || fault.left <= 0 || !isMatch(match)) continue;
      fault.struck += 1;
      if (probability !== undefined && randomFrom(seed, 'fault', fault.id, fault.struck)() >= probability) continue;
      fault.left -= 1;
      faults = faults.filter((each) => each.left > 0);
      return fault.request;
    }
    return null;
  }

  return {
    add(request: FaultRequest): { id: number } {
      const unlimited = request.probability !== undefined && request.count === undefined;
      const fault = { id: nextId++, request, left: unlimited ? Infinity : (request.count ?? 1), struck: 0 };
      faults.push(fault);
      return { id: fault.id };
    },
    clear(): void {
      faults = [];
    },
    /** Whether a fault of one of these kinds is in force at all. */
    some: (kinds: readonly FaultKind[]): boolean => faults.some(({ request }) => kinds.includes(request.kind)),
    list: () =>
      faults.map(({ id, request, left, struck }) => ({
        id,
        ...request,
        left: Number.isFinite(left) ? left : null,
        seen: struck,
      })),
    /** Which of these faults strikes a request. Without a match of its own a fault is about POST /v2/orders. */
    http: (kinds: readonly FaultKind[], subject: HttpSubject): FaultRequest | null =>
      strike(kinds, (match = { method: 'POST', path: '/v2/orders' }) => {
        if (match.method !== undefined && match.method.toUpperCase() !== subject.method) return false;
        if (match.path !== undefined && !subject.path.startsWith(match.path)) return false;
        if (match.body !== undefined && !subject.body.includes(match.body)) return false;
        if (match.client_order_id !== undefined && !subject.body.includes(match.client_order_id)) return false;
        return match.account_id === undefined || match.account_id === subject.accountId;
      }),
    /** Which of these faults strikes a frame. Without a match of its own a fault is about order events. */
    frame: (subject: FrameSubject): FaultRequest | null =>
      strike(FRAME_KINDS, (match) => {
        if ((match?.stream ?? 'trading') !== subject.stream) return false;
        if (match?.event !== undefined && match.event !== subject.event) return false;
        if (match?.client_order_id !== undefined && match.client_order_id !== subject.clientOrderId) return false;
        return match?.account_id === undefined || match.account_id === subject.accountId;
      }),
  };
}
