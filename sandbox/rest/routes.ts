import type { Express } from 'express';
import { getAccount, getConfigurations, patchConfigurations, unknownPath } from './account.ts';
import { getActivities } from './activities.ts';
import { getBars, getLatest, getSnapshot, getSnapshots, getSymbolBars, getSymbolLatest } from './data.ts';
import { type Desk, authorised } from './http.ts';
import {
  deleteOrder,
  deleteOrders,
  getOrder,
  getOrderByClientId,
  listOrders,
  patchOrder,
  postOrder,
} from './orders.ts';
import { getPortfolioHistory } from './portfolio-history.ts';
import { deletePosition, deletePositions, getPosition, getPositions } from './positions.ts';
import { getAsset, getAssets, getCalendar, getClock } from './reference.ts';

/** All paths of the Trading API and the data API. */
export function addRoutes(app: Express, desk: Desk): void {
  const read = (handler: Parameters<typeof authorised>[2]) => authorised(desk, null, handler);
  const trade = (handler: Parameters<typeof authorised>[2]) => authorised(desk, 'trading', handler);

  app.get('/v2/account', read(getAccount(desk)));
  app.get('/v2/account/configurations', read(getConfigurations));
  app.patch('/v2/account/configurations', authorised(desk, 'account:write', patchConfigurations(desk)));
  app.get('/v2/account/activities', read(getActivities(desk)));
  app.get('/v2/account/activities/:type', read(getActivities(desk)));
  app.get('/v2/account/portfolio/history', read(getPortfolioHistory(desk)));

  app.post('/v2/orders', trade(postOrder(desk)));
  app.get('/v2/orders', read(listOrders(desk)));
  app.delete('/v2/orders', trade(deleteOrders(desk)));
  app.get('/v2/orders\\:by_client_order_id', read(getOrderByClientId(desk)));
  app.get('/v2/orders/:id', read(getOrder(desk)));
  app.patch('/v2/orders/:id', trade(patchOrder(desk)));
  app.delete('/v2/orders/:id', trade(deleteOrder(desk)));

  app.get('/v2/positions', read(getPositions(desk)));
  app.delete('/v2/positions', trade(deletePositions(desk)));
  app.get('/v2/positions/:symbol', read(getPosition(desk)));
  app.delete('/v2/positions/:symbol', trade(deletePosition(desk)));

  app.get('/v2/assets', read(getAssets(desk)));
  app.get('/v2/assets/:symbol', read(getAsset(desk)));
  app.get('/v2/clock', read(getClock(desk)));
  app.get('/v2/calendar', read(getCalendar));

  app.get('/v2/stocks/bars', read(getBars(desk)));
  app.get('/v2/stocks/snapshots', read(getSnapshots(desk)));
  for (const kind of ['quote', 'trade', 'bar'] as const) {
    app.get(`/v2/stocks/${kind}s/latest`, read(getLatest(desk, kind)));
    app.get(`/v2/stocks/:symbol/${kind}s/latest`, read(getSymbolLatest(desk, kind)));
  }
  app.get('/v2/stocks/:symbol/bars', read(getSymbolBars(desk)));
  app.get('/v2/stocks/:symbol/snapshot', read(getSnapshot(desk)));
  app.use('/v2', read(unknownPath));
}
