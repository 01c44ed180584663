import type { RequestHandler } from 'express';
import { badInput } from '../failure.ts';
import type { Faults } from '../control/faults.ts';
import { parseInstant } from '../market/time.ts';
import { credentialsOf } from '../rest/auth.ts';
import type { Desk } from '../rest/http.ts';
import type { TradeUpdate } from '../state/types.ts';
import { type Connections, createFramePipe } from './connections.ts';

const HEARTBEAT = 10_000;

/**
 * GET /v2/events/trades: order events as server-sent events, from `since` / `since_id` on, for ever or up to `until` /
 * `until_id`.
 */
export function serveEvents(desk: Desk, connections: Connections, faults: Faults): RequestHandler {
  return (req, res) => {
    const login = desk.logIn(credentialsOf(req.headers));
    if (!login) {
      res.status(401).json({ code: 40110000, message: 'request is not authorized' });
      return;
    }
    const query = new URL(req.originalUrl, 'http://sandbox').searchParams;
    const range = readRange(query);
    if (typeof range === 'string') {
      res.status(422).json(badInput(range).body);
      return;
    }
    const accountId = login.account.id;
    res.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-cache', Connection: 'keep-alive' });
    res.write(': connected\n\n');
    const pipe = createFramePipe(faults);
    const send = (update: TradeUpdate): void => {
      pipe({ stream: 'trading', accountId, event: update.event, clientOrderId: '' }, () => {
        res.write(`data: ${JSON.stringify(update)}\n\n`);
      });
    };
    if (range.hasStart)
      for (const { update } of desk.exchange.store.updatesOf(accountId)) if (range.holds(update)) send(update);
    if (range.hasEnd) {
      res.end();
      return;
    }
    const stop = desk.exchange.onUpdate(accountId, send);
    const heartbeat = setInterval(() => res.write(': heartbeat\n\n'), HEARTBEAT);
    const forget = connections.add({
      stream: 'trading',
      accountId: () => accountId,
      token: () => login.token?.token ?? null,
      close: () => res.destroy(),
    });
    res.on('close', () => {
      clearInterval(heartbeat);
      stop();
      forget();
    });
  };
}

type Range = { readonly hasStart: boolean; readonly hasEnd: boolean; holds(update: TradeUpdate): boolean };

function readRange(query: URLSearchParams): Range | string {
  const [sinceId, untilId] = [query.get('since_id') ?? '', query.get('until_id') ?? ''];
  const [since, until] = [query.get('since') ?? '', query.get('until') ?? ''];
  const [from, to] = [since === '' ? null : parseInstant(since), until === '' ? null : parseInstant(until)];
  if (since !== '' && from === null) return 'invalid since: not a time';
  if (until !== '' && to === null) return 'invalid until: not a time';
  return {
    hasStart: sinceId !== '' || from !== null || untilId !== '' || to !== null,
    hasEnd: untilId !== '' || to !== null,
    holds(update) {
      const at = parseInstant(update.at) ?? 0;
      if (sinceId !== '' && update.event_id <= sinceId) return false;
      if (untilId !== '' && update.event_id > untilId) return false;
      return (from === null || at >= from) && (to === null || at <= to);
    },
  };
}
