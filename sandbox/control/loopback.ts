import { parseUrl } from '../url.ts';
import type { RequestHandler } from 'express';

const NAMES = new Set(['localhost', '127.0.0.1', '[::1]', '::1']);

function isLoopback(address: string): boolean {
  const plain = address.trim().replace(/^::ffff:/, '');
  return plain === '::1' || plain === 'localhost' || /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(plain);
}

/** Lets in only callers on this machine: by socket address, by every forwarded address, and by the origin of a web page. */
export const loopbackOnly: RequestHandler = (req, res, next) => {
  const forwarded = String(req.headers['x-forwarded-for'] ?? '')
    .split(',')
    .filter((each) => each.trim() !== '');
  const origin = req.headers.origin;
  const originHost = origin === undefined ? 'localhost' : (parseUrl(origin)?.hostname ?? '');
  if (isLoopback(req.socket.remoteAddress ?? '') && forwarded.every(isLoopback) && NAMES.has(originHost)) return next();
  res.status(403).json({ error: 'the control interface is only for this machine' });
};
