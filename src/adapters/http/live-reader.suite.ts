/** Reads the live stream as a page would. For the tests beside this file. */
import { request } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { liveMessage } from '../../../contracts/live.ts';
import type { LiveMessage } from '../../../contracts/live.ts';

export type LiveReader = Awaited<ReturnType<typeof openLive>>;
type Kind = LiveMessage['type'];

/** Opens the stream; every message is checked against the contract. */
export async function openLive(port: number, token: string, symbols = '') {
  const messages: LiveMessage[] = [];
  const waiting = new Set<() => void>();
  const asked = request({
    host: '127.0.0.1',
    port,
    path: `/api/v1/live?symbols=${symbols}`,
    headers: { authorization: `Bearer ${token}` },
    agent: false,
  });
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    asked.once('response', resolve).once('error', reject).end();
  });
  let rest = '';
  response.setEncoding('utf8').on('data', (piece: string) => {
    const parts = (rest + piece).split('\n\n');
    rest = parts.pop() ?? '';
    for (const part of parts) messages.push(liveMessage.parse(JSON.parse(part.replace(/^data: /, ''))));
    for (const look of waiting) look();
  });
  const ended = new Promise<void>((resolve) => {
    response.once('close', resolve).on('error', () => undefined);
  });

  return {
    status: response.statusCode,
    headers: response.headers,
    /** All that came so far. */
    messages,
    ended,
    /** The first message of a kind, come or to come, that is as wanted. */
    next<K extends Kind>(
      kind: K,
      wanted: (message: Extract<LiveMessage, { type: K }>) => boolean = () => true,
    ): Promise<Extract<LiveMessage, { type: K }>> {
      const find = () =>
        messages.find(
          (message): message is Extract<LiveMessage, { type: K }> =>
            message.type === kind && wanted(message as Extract<LiveMessage, { type: K }>),
        );
      return new Promise((resolve) => {
        const look = (): void => {
          const found = find();
          if (found === undefined) return;
          waiting.delete(look);
          resolve(found);
        };
        waiting.add(look);
        look();
      });
    },
    close(): void {
      response.destroy();
    },
  };
}
