import { liveMessage, type LiveMessage } from '../../../contracts/live.ts';
import { authorizedExchange } from '../api/client.ts';
import { failureOf } from '../api/exchange.ts';
import { ApiFailure } from '../api/failure.ts';
import { createEventStreamReader } from './event-stream.ts';
import { reconnectDelay } from './reconnect-delay.ts';

/** `waiting_for_link`: the server has nothing to stream until a broker account is linked. */
export type LiveStatus = 'connecting' | 'live' | 'reconnecting' | 'waiting_for_link' | 'signed_out';

/** The server speaks at least every 15 seconds; a connection silent for longer than this is dead. */
const SILENCE_MS = 35_000;
/** The stream has no end of its own, so only the silence watch may end it. */
const NO_TIMEOUT_MS = 2 ** 31 - 1;

export interface LiveConnectionOptions {
  symbols: readonly string[];
  onMessage: (message: LiveMessage) => void;
  onStatus: (status: LiveStatus) => void;
}

/** Reads one connection until it ends, however it ends. */
async function readConnection(
  symbols: readonly string[],
  controller: AbortController,
  onMessage: (message: LiveMessage) => void,
): Promise<void> {
  let watch: ReturnType<typeof setTimeout> | undefined;
  const heard = (): void => {
    clearTimeout(watch);
    watch = setTimeout(() => controller.abort(), SILENCE_MS);
  };
  heard();
  try {
    const response = await authorizedExchange(
      `/api/v1/live?symbols=${encodeURIComponent(symbols.join(','))}`,
      { headers: { Accept: 'text/event-stream' }, signal: controller.signal, cache: 'no-store' },
      NO_TIMEOUT_MS,
    );
    if (!response.ok || response.body === null) throw await failureOf(response);
    const read = createEventStreamReader((data) => {
      const message = liveMessage.safeParse(JSON.parse(data));
      if (message.success) onMessage(message.data);
    });
    const decoder = new TextDecoder();
    const reader = response.body.getReader();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      heard();
      read(decoder.decode(value, { stream: true }));
    }
  } finally {
    clearTimeout(watch);
    controller.abort();
  }
}

/**
 * Keeps one live stream open: reconnects with growing pauses until closed, at once when the browser comes back online
 * or the page is looked at again. Stops by itself only when the session has ended.
 */
export function openLiveConnection({ symbols, onMessage, onStatus }: LiveConnectionOptions): () => void {
  let closed = false;
  let controller = new AbortController();
  let wake = (): void => undefined;

  const pause = (ms: number): Promise<void> =>
    new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  const hurry = (): void => wake();
  const hurryWhenSeen = (): void => {
    if (document.visibilityState === 'visible') wake();
  };

  async function run(): Promise<void> {
    let failures = 0;
    while (!closed) {
      let failure: unknown = null;
      controller = new AbortController();
      try {
        await readConnection(symbols, controller, (message) => {
          if (closed) return;
          if (message.type === 'snapshot') {
            failures = 0;
            onStatus('live');
          }
          onMessage(message);
        });
      } catch (thrown) {
        failure = thrown;
      }
      if (closed) return;
      if (failure instanceof ApiFailure && failure.kind === 'session_ended') return onStatus('signed_out');
      const noLink = failure instanceof ApiFailure && failure.problem?.code === 'broker_link_missing';
      onStatus(noLink ? 'waiting_for_link' : 'reconnecting');
      await pause(noLink ? SILENCE_MS : reconnectDelay(failures, Math.random()));
      failures += 1;
    }
  }

  window.addEventListener('online', hurry);
  document.addEventListener('visibilitychange', hurryWhenSeen);
  onStatus('connecting');
  void run();

  return () => {
    closed = true;
    controller.abort();
    wake();
    window.removeEventListener('online', hurry);
    document.removeEventListener('visibilitychange', hurryWhenSeen);
  };
}
