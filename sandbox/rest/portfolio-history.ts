import { type Dec, fromMicros, times, toNumber, roundTo } from '../decimal.ts';
import type { Exchange } from '../exchange.ts';
import { badInput } from '../failure.ts';
import { previousTradingDay, tradingDay } from '../market/calendar.ts';
import { DAY, HOUR, MINUTE, dayText, newYorkDay, parseInstant } from '../market/time.ts';
import type { Account } from '../state/types.ts';
import { type Desk, type Handler, ok } from './http.ts';

const STEPS: Readonly<Record<string, number>> = {
  '1Min': MINUTE,
  '5Min': 5 * MINUTE,
  '15Min': 15 * MINUTE,
  '1H': HOUR,
  '1D': DAY,
};
const UNIT_DAYS: Readonly<Record<string, number>> = { D: 1, W: 7, M: 31, A: 366 };
const MOST_POINTS = 10_000;

/** What an account was worth at past moments (in time order): its cash then and its positions at the prices of then. */
function equitiesAt(exchange: Exchange, account: Account, moments: readonly number[]): Dec[] {
  const executions = exchange.store.executionsOf(account.id);
  const held = new Map<string, Dec>();
  let [cash, next] = [account.openingCash, 0];
  return moments.map((at) => {
    for (; (executions[next]?.atMs ?? Infinity) <= at; next++) {
      const execution = executions[next];
      if (!execution) break;
      const sign = execution.side === 'buy' ? 1n : -1n;
      cash -= sign * times(execution.qty, execution.price);
      held.set(execution.symbol, (held.get(execution.symbol) ?? 0n) + sign * execution.qty);
    }
    let equity = cash;
    for (const [symbol, qty] of held) {
      const last = qty === 0n ? null : exchange.market.last(symbol, at);
      if (last) equity += times(qty, fromMicros(last.price));
    }
    return equity;
  });
}

function readRange(query: URLSearchParams, now: number): { from: number; to: number } {
  const read = (name: string): number | null => {
    const value = query.get(name);
    const instant = value ? parseInstant(value.trim()) : null;
    if (value && instant === null) throw badInput(`invalid ${name}: not a time`);
    return instant;
  };
  const to = Math.min(now, read('end') ?? read('date_end') ?? now);
  const start = read('start');
  if (start !== null) return { from: start, to };
  const period = /^(\d{1,3})([DWMA])$/.exec(query.get('period') || '1M');
  if (!period) throw badInput('invalid period');
  return { from: to - Number(period[1]) * (UNIT_DAYS[period[2] ?? 'D'] ?? 1) * DAY, to };
}

/** The moments of the answer: closes for daily points, else every step inside the sessions. */
function moments(from: number, to: number, step: number, extended: boolean): number[] {
  const found: number[] = [];
  for (let day = newYorkDay(from); day <= newYorkDay(to) && found.length < MOST_POINTS; day++) {
    const hours = tradingDay(day);
    if (!hours) continue;
    if (step === DAY) {
      found.push(Math.min(hours.close, to));
      continue;
    }
    const [start, end] = extended ? [hours.preOpen, hours.postClose] : [hours.open, hours.close];
    for (let at = start; at <= Math.min(end, to); at += step) if (at >= from) found.push(at);
  }
  return found.filter((at) => at <= to).slice(-MOST_POINTS);
}

/** GET /v2/account/portfolio/history: parallel arrays of JSON numbers. */
export function getPortfolioHistory({ exchange }: Desk): Handler {
  return ({ account, query }) => {
    const { from, to } = readRange(query, exchange.time());
    const timeframe = query.get('timeframe') || (to - from <= 7 * DAY ? '15Min' : '1D');
    const step = STEPS[timeframe];
    if (step === undefined) throw badInput('invalid timeframe: must be one of 1Min, 5Min, 15Min, 1H, 1D');
    const reporting =
      query.get('intraday_reporting') || (query.get('extended_hours') === 'true' ? 'extended_hours' : 'market_hours');
    const points = moments(from, to, step, reporting !== 'market_hours');
    const [base = account.openingCash, ...equity] = equitiesAt(exchange, account, [from, ...points]);
    const profit = equity.map((value) => value - base);
    return ok({
      timestamp: points.map((at) => Math.floor(at / 1000)),
      equity: equity.map((value) => toNumber(roundTo(value, 2))),
      profit_loss: profit.map((value) => toNumber(roundTo(value, 2))),
      profit_loss_pct: profit.map((value) => (base === 0n ? 0 : toNumber(roundTo((value * 10n ** 18n) / base, 6)))),
      base_value: toNumber(roundTo(base, 2)),
      base_value_asof: dayText(previousTradingDay(newYorkDay(from) + 1).day),
      timeframe,
      cashflow: {},
    });
  };
}
