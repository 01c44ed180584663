import express, { type Express, type Request, type Response } from 'express';
import { z } from 'zod';
import { Refusal } from '../failure.ts';
import { createActions } from './actions.ts';
import { createAmendments } from './amendments.ts';
import { loopbackOnly } from './loopback.ts';
import type { ControlParts } from './parts.ts';
import { accountRows, info, ledger } from './views.ts';

type Action = (body: unknown) => unknown;

/** The control interface: how tests move the market, fill orders, break answers and look behind the counter. */
export function addControl(app: Express, parts: ControlParts): void {
  const { desk } = parts;
  const actions = createActions(parts);
  const amendments = createAmendments(parts);
  const control = express.Router();
  control.use(loopbackOnly);

  const run =
    (action: Action) =>
    (req: Request, res: Response): void => {
      desk.engine.advance();
      const raw = typeof req.body === 'string' ? req.body.trim() : '';
      let body: unknown;
      try {
        body = raw === '' ? {} : JSON.parse(raw);
      } catch {
        res.status(400).json({ error: 'the body is not JSON' });
        return;
      }
      try {
        const answer = action(body);
        desk.exchange.commit();
        res.json(answer);
      } catch (error) {
        if (error instanceof z.ZodError) res.status(400).json({ error: z.prettifyError(error) });
        else if (error instanceof Refusal) res.status(error.status).json({ error: error.message });
        else throw error;
      }
    };

  control.post('/price', run(actions.price));
  control.post('/fill', run(actions.fill));
  control.post('/bust', run(amendments.bust));
  control.post('/correct', run(amendments.correct));
  control.post('/announce', run(amendments.announce));
  control.post('/fault', run(actions.fault));
  control.get(
    '/fault',
    run(() => ({ faults: desk.faults.list() })),
  );
  control.delete('/fault', run(actions.clearFaults));
  control.post('/clock', run(actions.clock));
  control.get(
    '/clock',
    run(() => actions.clockNow()),
  );
  control.post('/revoke', run(actions.revoke));
  control.post('/settings', run(actions.settings));
  control.get(
    '/settings',
    run(() => desk.exchange.settings),
  );
  control.post('/oauth-clients', run(actions.registerClient));
  control.post('/asset', run(actions.asset));
  control.post('/account', run(actions.account));
  control.post('/position', run(actions.position));
  control.get('/ledger', (req, res) => {
    desk.engine.advance();
    res.json(ledger(desk.exchange, new URL(req.originalUrl, 'http://sandbox').searchParams));
  });
  control.get('/requests', (req, res) => {
    res.json(desk.requests.list(new URL(req.originalUrl, 'http://sandbox').searchParams));
  });
  control.get(
    '/info',
    run(() => info(desk.exchange, parts.timekeeper)),
  );
  control.get(
    '/accounts',
    run(() => accountRows(desk.exchange)),
  );
  control.use((_req, res) => {
    res.status(404).json({ error: 'there is no such control' });
  });
  app.use('/control', control);
}
