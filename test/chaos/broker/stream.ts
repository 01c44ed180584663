/** The broker's update stream, with frames that are lost, doubled and late. */
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocket, WebSocketServer } from 'ws';
import { z } from 'zod';
import type { Faults } from './faults.ts';

export interface StreamNeeds {
  readonly faults: () => Faults | null;
  readonly nameOf: (clientOrderId: string) => string;
  readonly nth: (key: string) => number;
  readonly count: (what: string) => void;
  /** Is shown the orders that pass. */
  readonly learn: (order: unknown) => void;
}

const update = z.object({
  stream: z.literal('trade_updates'),
  data: z.object({ event: z.string(), order: z.looseObject({ client_order_id: z.string() }) }),
});

export function serveStream(sandboxUrl: string, needs: StreamNeeds) {
  const server = new WebSocketServer({ noServer: true, perMessageDeflate: false });
  const open = new Set<WebSocket>();
  const target = `${sandboxUrl.replace(/^http/, 'ws')}/stream`;

  function relay(near: WebSocket): void {
    const far = new WebSocket(target, { perMessageDeflate: false });
    const early: { readonly data: Buffer; readonly binary: boolean }[] = [];
    for (const socket of [near, far]) {
      open.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        open.delete(socket);
        near.close();
        far.close();
      });
    }
    near.on('message', (data: Buffer, binary) => {
      if (far.readyState === WebSocket.OPEN) far.send(data, { binary });
      else early.push({ data, binary });
    });
    far.on('open', () => {
      for (const { data, binary } of early) far.send(data, { binary });
    });
    far.on('message', (data: Buffer, binary) => {
      for (const ms of deliveries(data)) {
        const send = (): void => {
          if (near.readyState === WebSocket.OPEN) near.send(data, { binary });
        };
        if (ms === 0) send();
        else setTimeout(send, ms);
      }
    });
  }

  /** After how many milliseconds each a frame is delivered. */
  function deliveries(data: Buffer): readonly number[] {
    const frame = update.safeParse(parsed(data));
    const faults = needs.faults();
    if (!frame.success || faults === null) return [0];
    const { event, order } = frame.data.data;
    needs.learn(order);
    const subject = `${needs.nameOf(order.client_order_id)}/${event}`;
    const fault = faults.frame(subject, needs.nth(`frame/${subject}`));
    needs.count('frames');
    if (fault.name !== 'delivered') needs.count(`frames ${fault.name}`);
    return fault.deliverAfterMs;
  }

  return {
    upgrade(req: IncomingMessage, socket: Duplex, head: Buffer): void {
      if (req.url !== '/stream') return void socket.destroy();
      server.handleUpgrade(req, socket, head, relay);
    },
    close(): void {
      for (const socket of open) socket.terminate();
      server.close();
    },
  };
}

function parsed(data: Buffer): unknown {
  try {
    return JSON.parse(data.toString()) as unknown;
  } catch {
    return undefined;
  }
}
