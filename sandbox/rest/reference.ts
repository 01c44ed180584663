import { badInput, notFound } from '../failure.ts';
import { nextTradingDay, phaseAt, sessionFor, tradingDay } from '../market/calendar.ts';
import { type Day, dayOf, dayText, newYorkText, parseDay, parseInstant } from '../market/time.ts';
import { assetOf, findAsset } from '../orders/assets.ts';
import { type Desk, type Handler, ok } from './http.ts';
import { listOf } from './orders.ts';

/** GET /v2/assets. */
export function getAssets({ exchange }: Desk): Handler {
  return ({ query }) => {
    const [status, assetClass, venue] = [query.get('status'), query.get('asset_class'), query.get('exchange')];
    const attributes = listOf(query, 'attributes');
    const assets = exchange.market.source.listings
      .map((listing) => assetOf(exchange, listing.symbol))
      .filter((asset) => asset !== null)
      .filter(
        (asset) => (!status || status === 'all' || asset.status === status) && (!venue || asset.exchange === venue),
      )
      .filter(
        (asset) =>
          (!assetClass || assetClass === asset.class) && attributes.every((each) => asset.attributes.includes(each)),
      );
    return ok(assets);
  };
}

/** GET /v2/assets/{symbol or id}. */
export function getAsset({ exchange }: Desk): Handler {
  return ({ params }) => {
    const wanted = params['symbol'] ?? '';
    const asset = findAsset(exchange, wanted);
    if (!asset) throw notFound(`asset not found for ${wanted.slice(0, 60)}`);
    return ok(asset);
  };
}

/** GET /v2/clock. `is_open` speaks of the regular session only. */
export function getClock({ exchange }: Desk): Handler {
  return () => {
    const now = exchange.time();
    const isOpen = phaseAt(now) === 'regular';
    const session = sessionFor(now);
    const nextOpen = now < session.open ? session : nextTradingDay(session.day);
    return ok({
      timestamp: newYorkText(now, true),
      is_open: isOpen,
      next_open: newYorkText(nextOpen.open),
      next_close: newYorkText(session.close),
    });
  };
}

const FIRST_DAY = dayOf(1998, 1, 1);
const LAST_DAY = dayOf(2029, 12, 31);

function readDay(query: URLSearchParams, name: string, fallback: Day): Day {
  const value = query.get(name);
  if (value === null || value === '') return fallback;
  const day = parseDay(value.slice(0, 10));
  if (day === null || (value.length > 10 && parseInstant(value) === null))
    throw badInput(`invalid ${name}: not a date`);
  return day;
}

/** GET /v2/calendar. `start` and `end` may be dates or date-times, of which the date part counts. */
export const getCalendar: Handler = ({ query }) => {
  const start = Math.max(FIRST_DAY, readDay(query, 'start', FIRST_DAY));
  const end = Math.min(LAST_DAY, readDay(query, 'end', LAST_DAY));
  const rows: Readonly<Record<string, string>>[] = [];
  for (let day = start; day <= end; day++) {
    const hours = tradingDay(day);
    if (!hours) continue;
    const settlement = hours.day >= dayOf(2024, 5, 28) ? nextTradingDay(day) : nextTradingDay(nextTradingDay(day).day);
    rows.push({
      date: dayText(day),
      open: '09:30',
      close: hours.half ? '13:00' : '16:00',
      session_open: '0400',
      session_close: hours.half ? '1700' : '2000',
      settlement_date: dayText(settlement.day),
    });
  }
  return ok(rows);
};
