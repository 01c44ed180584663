import { describe, expect, it } from 'vitest';
import { configFor, createMemoryLog, plenty } from '../../../test/adapters/alpaca-setup.ts';
import { type RawAnswer, json, serveRaw } from '../../../test/adapters/raw-server.ts';
import { createAlpaca } from './alpaca.ts';

/** A venue whose wall clock is moved by hand. */
async function serving(answer: RawAnswer) {
  const server = await serveRaw(answer);
  let wall = Date.parse('2026-11-23T12:00:00Z');
  const log = createMemoryLog();
  const clock = { now: () => new Date(wall).toISOString(), sleep: () => Promise.resolve() };
  const { venue } = createAlpaca(configFor(server.url), { clock, log, budget: plenty() });
  return { venue, received: server.received, lines: log.lines, pass: (ms: number) => (wall += ms) };
}

const open = {
  timestamp: '2026-07-01T10:00:00.123456789-04:00',
  is_open: true,
  next_open: '2026-07-02T09:30:00-04:00',
  next_close: '2026-07-01T16:00:00-04:00',
};

describe('the market clock', () => {
  it('is read under the key of the house and told in UTC', async () => {
    const { venue, received } = await serving((r) => json(r, 200, open));
    expect(await venue.clock()).toEqual({
      now: '2026-07-01T14:00:00.123Z',
      isOpen: true,
      nextOpen: '2026-07-02T13:30:00.000Z',
      nextClose: '2026-07-01T20:00:00.000Z',
    });
    expect(received[0]).toMatchObject({ path: '/v2/clock', headers: { 'apca-api-key-id': 'house' } });
  });

  it('runs on between two readings, and is read again after 5 s', async () => {
    const { venue, received, pass } = await serving((r) => json(r, 200, open));
    await venue.clock();
    pass(4_000);
    expect((await venue.clock()).now).toBe('2026-07-01T14:00:04.123Z');
    expect(received).toHaveLength(1);
    pass(1_000);
    expect((await venue.clock()).now).toBe('2026-07-01T14:00:00.123Z');
    expect(received).toHaveLength(2);
  });

  it('is read again as soon as the session that it told of is over', async () => {
    const { venue, received, pass } = await serving((r) =>
      json(r, 200, { ...open, timestamp: '2026-07-01T15:59:58-04:00' }),
    );
    await venue.clock();
    pass(1_999);
    await venue.clock();
    expect(received).toHaveLength(1);
    pass(1);
    await venue.clock();
    expect(received).toHaveLength(2);
  });

  it('is read once however many ask', async () => {
    const { venue, received } = await serving((r) => json(r, 200, open));
    const all = await Promise.all(Array.from({ length: 20 }, () => venue.clock()));
    expect(new Set(all.map(({ now }) => now)).size).toBe(1);
    expect(received).toHaveLength(1);
  });

  it('fails when it can not be read, and is asked for anew the next time', async () => {
    let answers = 0;
    const { venue } = await serving((r) => (answers++ === 0 ? json(r, 503, {}) : json(r, 200, open)));
    await expect(venue.clock()).rejects.toThrow('503');
    expect((await venue.clock()).isOpen).toBe(true);
    const odd = await serving((r) => json(r, 200, { ...open, timestamp: 'noon' }));
    await expect(odd.venue.clock()).rejects.toThrow('timestamp');
  });
});

describe('the instruments', () => {
  const asset = (symbol: string, changes: object = {}) => ({
    id: symbol,
    class: 'us_equity',
    exchange: 'NASDAQ',
    symbol,
    name: `${symbol} Inc.`,
    status: 'active',
    tradable: true,
    marginable: true,
    shortable: true,
    easy_to_borrow: true,
    fractionable: true,
    attributes: ['fractional_eh_enabled', 'has_options'],
    ...changes,
  });

  it('are the shares that there are, with what can be done with them', async () => {
    const { venue, received } = await serving((r) =>
      json(r, 200, [
        asset('AAPL'),
        asset('HARD', { easy_to_borrow: false, borrow_status: 'hard_to_borrow', fractionable: false }),
        asset('NEW', { easy_to_borrow: undefined, borrow_status: 'easy_to_borrow', name: null }),
        asset('GONE', { status: 'inactive' }),
        asset('HALT', { tradable: false, attributes: [] }),
        asset('BTC/USD', { class: 'crypto' }),
      ]),
    );
    const all = { tradable: true, fractionable: true, fractionableInExtendedHours: true, shortable: true };
    expect([...(await venue.instruments()).values()]).toEqual([
      { symbol: 'AAPL', name: 'AAPL Inc.', ...all },
      { symbol: 'HARD', name: 'HARD Inc.', ...all, fractionable: false, shortable: false },
      { symbol: 'NEW', name: 'NEW', ...all },
      { symbol: 'HALT', name: 'HALT Inc.', ...all, tradable: false, fractionableInExtendedHours: false },
    ]);
    expect(received[0]?.path).toBe('/v2/assets?status=active&asset_class=us_equity');
  });

  it('are read once in 15 minutes, however many ask', async () => {
    const { venue, received, pass } = await serving((r) => json(r, 200, [asset('AAPL')]));
    await Promise.all([venue.instruments(), venue.instruments()]);
    pass(15 * 60_000 - 1);
    await venue.instruments();
    expect(received).toHaveLength(1);
    pass(1);
    await venue.instruments();
    expect(received).toHaveLength(2);
  });

  it('lose one that can not be understood, which is reported', async () => {
    const { venue, lines } = await serving((r) => json(r, 200, [asset('AAPL'), { symbol: 'ODD' }]));
    expect([...(await venue.instruments()).keys()]).toEqual(['AAPL']);
    expect(lines).toMatchObject([{ level: 'alarm', facts: { rows: 1 } }]);
  });
});
