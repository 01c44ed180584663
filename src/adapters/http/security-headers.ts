/** Headers that tell browsers what not to do with our answers, and who may call the Broker API from another site. */
import type { RequestHandler } from 'express';
import helmet from 'helmet';

const POLICY = {
  defaultSrc: ["'none'"],
  scriptSrc: ["'self'"],
  styleSrc: ["'self'", "'unsafe-inline'"],
  connectSrc: ["'self'"],
  imgSrc: ["'self'", 'data:'],
  fontSrc: ["'self'"],
  manifestSrc: ["'self'"],
  formAction: ["'self'"],
  frameAncestors: ["'none'"],
  baseUri: ["'none'"],
};
const YEAR_SECONDS = 365 * 24 * 60 * 60;

/** `isSecure`: whether the browser reaches us by https, and may be told to insist on it. */
export function securityHeaders(isSecure: (secureSocket: boolean) => boolean): RequestHandler {
  const common = helmet({
    contentSecurityPolicy: { useDefaults: false, directives: POLICY },
    xFrameOptions: { action: 'deny' },
    strictTransportSecurity: false,
  });
  const strict = helmet.strictTransportSecurity({ maxAge: YEAR_SECONDS });
  return (req, res, next) => {
    common(req, res, (error?: unknown) => {
      if (error !== undefined || !isSecure(req.secure)) return next(error);
      strict(req, res, next);
    });
  };
}

/** The longest time for which browsers keep a preflight's answer: two hours. */
const PREFLIGHT_SECONDS = 7200;

/**
 * CORS for the Broker API, which TradingView's page calls from its users' browsers with a bearer token.
 * `origins` may have one `*` for any subdomain: `https://*.tradingview.com`.
 */
export function crossOrigin(origins: readonly string[]): RequestHandler {
  const patterns = origins.map((origin) => {
    const [before = '', after] = origin.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'));
    return new RegExp(after === undefined ? `^${before}$` : `^${before}[a-z0-9-]+(\\.[a-z0-9-]+)*${after}$`);
  });
  return (req, res, next) => {
    res.vary('Origin');
    const origin = req.get('origin');
    if (origin !== undefined && patterns.some((pattern) => pattern.test(origin))) {
      res.set('Access-Control-Allow-Origin', origin);
      if (req.method === 'OPTIONS') {
        res.set('Access-Control-Allow-Methods', 'GET, POST, PUT, DELETE');
        res.set('Access-Control-Allow-Headers', 'Authorization, Content-Type');
        res.set('Access-Control-Max-Age', String(PREFLIGHT_SECONDS));
      }
    }
    if (req.method === 'OPTIONS') res.status(204).end();
    else next();
  };
}
