/**
 * Lets the sandbox be reached through the app's own port, at the vendor's own paths, so that everything on one machine
 * has one address. Used with the sandbox only.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { createProxyServer } from 'httpxy';

const VENDOR_PATHS = /^\/(v2|v3|v1beta1|v2beta1|stream|oauth|control)(\/|$|:|\?)/;

export interface Gateway {
  /** Whether a request is the sandbox's; if so it is taken care of. */
  request(req: IncomingMessage, res: ServerResponse): boolean;
  upgrade(req: IncomingMessage, socket: Duplex, head: Buffer): boolean;
  close(): void;
}

export function createGateway(target: string): Gateway {
  const proxy = createProxyServer({ target, ws: true, xfwd: true });
  proxy.on('error', (_error, _req, res) => {
    if (res !== undefined && 'writeHead' in res && !res.headersSent) {
      res.writeHead(502, { 'content-type': 'application/json' }).end('{"message":"the sandbox does not answer"}');
    } else {
      res?.destroy();
    }
  });
  const isVendors = (req: IncomingMessage): boolean => VENDOR_PATHS.test(req.url ?? '');
  return {
    request(req, res) {
      if (!isVendors(req)) return false;
      void proxy.web(req, res);
      return true;
    },
    upgrade(req, socket, head) {
      if (!isVendors(req)) return false;
      void proxy.ws(req, socket as never, {}, head);
      return true;
    },
    close: () => proxy.close(() => undefined),
  };
}
