/** The HTTP server: both API surfaces, the live stream, and the web app. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import express from 'express';
import type { RecordedEvent } from '../../application/ports/event-store.ts';
import { createAuthenticate } from './authentication.ts';
import { createFailedLogins } from './failed-logins.ts';
import { createHalts } from './halts.ts';
import { createLimits } from './limits.ts';
import { createLive } from './live.ts';
import { lastStop, mount } from './mount.ts';
import type { HttpNeeds } from './needs.ts';
import { describeApi } from './openapi.ts';
import { createPortfolios } from './portfolio.ts';
import type { Route } from './route.ts';
import { authRoutes } from './routes/auth.ts';
import { brokerAccountRoutes } from './routes/broker-accounts.ts';
import { brokerOrderRoutes } from './routes/broker-orders.ts';
import { brokerStateRoutes } from './routes/broker-state.ts';
import { haltRoutes } from './routes/halts.ts';
import { liveRoutes } from './routes/live.ts';
import { marketRoutes } from './routes/market.ts';
import { onboardingRoutes } from './routes/onboarding.ts';
import { operationsRoutes } from './routes/operations.ts';
import { riskRoutes } from './routes/risk.ts';
import { positionRoutes } from './routes/positions.ts';
import { crossOrigin, securityHeaders } from './security-headers.ts';
import { serveWebApp } from './static.ts';

export interface HttpApp {
  /** For `http.createServer`. */
  readonly handler: (req: IncomingMessage, res: ServerResponse) => void;
  /** Every route there is. */
  readonly routes: readonly Route[];
  /** To be told of events once the read models show them; feeds the live stream. */
  onApplied(events: readonly RecordedEvent[]): void;
  /** Ends live connections and timers. */
  close(): void;
}

export function createHttpApp(needs: HttpNeeds): HttpApp {
  const { settings, log, ids } = needs;
  const portfolios = createPortfolios(needs);
  const halts = createHalts(needs);
  const live = createLive({ ...needs, portfolios, halts });
  const now = (): number => performance.now();
  const failedLogins = createFailedLogins(now);
  const limits = createLimits(now);
  const parts = { ...needs, portfolios, halts, live, failedLogins, limits, endLive: live.endSession };

  const routes: readonly Route[] = [
    ...authRoutes(parts),
    ...onboardingRoutes(parts),
    ...marketRoutes(parts),
    ...positionRoutes(parts),
    ...liveRoutes(parts),
    ...haltRoutes(parts),
    ...brokerAccountRoutes(parts),
    ...brokerStateRoutes(parts),
    ...brokerOrderRoutes(parts),
    ...riskRoutes(parts),
    ...operationsRoutes({ ...needs, describe: () => description }),
  ];
  const description = describeApi(routes);

  const isSecure = (secureSocket: boolean): boolean =>
    secureSocket || settings.publicUrl?.startsWith('https:') === true;
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.enable('case sensitive routing');
  app.enable('strict routing');
  app.set('query parser', false);
  app.use(securityHeaders(isSecure));
  app.use(['/api', '/broker'], (_req, res, next) => {
    res.set('Cache-Control', 'no-store');
    next();
  });
  app.use('/broker/v1', crossOrigin(settings.brokerApiOrigins));
  mount(app, routes, { authenticate: createAuthenticate(needs), ids, log, isSecure });
  app.use(serveWebApp(settings.webRoot));
  app.use(lastStop({ ids, log }));

  return { handler: app, routes, onApplied: live.onApplied, close: live.close };
}
