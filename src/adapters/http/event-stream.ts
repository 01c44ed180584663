/** Writing `text/event-stream` (WHATWG HTML, server-sent events), to readers that keep up. */
import type { ServerResponse } from 'node:http';

const MOST_UNREAD_BYTES = 1024 * 1024;

export interface EventStream {
  send(message: unknown): void;
  close(): void;
}

/** A reader that lets more than a megabyte lie is cut off: it will come back and begin anew. */
export function openEventStream(response: ServerResponse): EventStream {
  response.writeHead(200, { 'Content-Type': 'text/event-stream', 'X-Accel-Buffering': 'no' });
  return {
    send(message) {
      if (response.writableEnded || response.destroyed) return;
      response.write(`data: ${JSON.stringify(message)}\n\n`);
      if (response.writableLength > MOST_UNREAD_BYTES) response.destroy();
    },
    close() {
      response.end();
    },
  };
}
