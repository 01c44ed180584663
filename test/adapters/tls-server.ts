/** A server that speaks TLS under a certificate that nobody trusts, and counts what it can read. */
import { type Socket, createServer } from 'node:net';
import { TLSSocket, createSecureContext } from 'node:tls';
import { onTestFinished } from 'vitest';
import { listenBelowEphemeral } from './raw-server.ts';

/** Made for these tests, for 127.0.0.1; they guard nothing. */
const KEY = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgFUMoHuwzuGZPSocL
e+eVRNI8rU+EFLZ/WbTSs6hAGHShRANCAAQuoDTwynsafkiDCDSo2C5nwxBx3Qws
pr5QMNKSTqgCWymdrAyDbfFNRvHefVZ5tEOy009CDoweH1qRM0WCaO4U
-----END PRIVATE KEY-----
`;
const CERTIFICATE = `-----BEGIN CERTIFICATE-----
MIIBkDCCATagAwIBAgIUO43UAo6L1A/s8A3I58iCo5WxPZkwCgYIKoZIzj0EAwIw
FDESMBAGA1UEAwwJMTI3LjAuMC4xMCAXDTI2MTEyNjE1MDQwMFoYDzIxMjYxMTAy
MTUwNDAwWjAUMRIwEAYDVQQDDAkxMjcuMC4wLjEwWTATBgcqhkjOPQIBBggqhkjO
PQMBBwNCAAQuoDTwynsafkiDCDSo2C5nwxBx3Qwspr5QMNKSTqgCWymdrAyDbfFN
RvHefVZ5tEOy009CDoweH1qRM0WCaO4Uo2QwYjAdBgNVHQ4EFgQUYLxvASl4jRnw
1cAQh5ireZLu+sswHwYDVR0jBBgwFoAUYLxvASl4jRnw1cAQh5ireZLu+sswDwYD
VR0TAQH/BAUwAwEB/zAPBgNVHREECDAGhwR/AAABMAoGCCqGSM49BAMCA0gAMEUC
IQDTTaWuJKUbNCS/0U7/ArluscgQxs0znB5BO4P5eIHo5QIgf0JKZKdJH8VzyQms
V4Nw5qAoYxnn5JZtRYRqThUPzdA=
-----END CERTIFICATE-----
`;

export interface TlsServer {
  readonly url: string;
  /** What came through, decrypted. */
  readonly read: () => string;
  readonly connections: () => number;
}

/** `meet` gets each connection before a byte of it was read, and what makes it a secure one. Until the test has finished. */
export async function serveTls(
  meet: (socket: Socket, secure: () => TLSSocket) => void = (_socket, secure) => void secure(),
): Promise<TlsServer> {
  const secureContext = createSecureContext({ key: KEY, cert: CERTIFICATE });
  const sockets = new Set<Socket>();
  let read = '';
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    meet(socket, () => {
      const secured = new TLSSocket(socket, { isServer: true, secureContext });
      secured.on('data', (bytes: Buffer) => (read += bytes.toString()));
      secured.on('error', () => undefined);
      return secured;
    });
  });
  const port = await listenBelowEphemeral(server);
  onTestFinished(
    () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  );
  return { url: `https://127.0.0.1:${port}`, read: () => read, connections: () => sockets.size };
}
