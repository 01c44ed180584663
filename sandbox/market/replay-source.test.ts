import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { type Bench, type Json, startBench, temporaryFolder } from '../test-kit.ts';
import { replaySource } from './replay-source.ts';
import { usableDays } from './usable-days.ts';
import { dayText, parseDay } from './time.ts';

const HEAD = 'timestamp,open,high,low,close,volume';

describe('bars from files', () => {
  const folders: ReturnType<typeof temporaryFolder>[] = [];
  let bench: Bench | null = null;

  afterEach(async () => {
    await bench?.stop();
    bench = null;
  });
  afterAll(() => folders.forEach((each) => each.remove()));

  function folderWith(files: Record<string, readonly string[]>): string {
    const folder = temporaryFolder();
    folders.push(folder);
    for (const [name, lines] of Object.entries(files)) writeFileSync(join(folder.path, name), lines.join('\n'));
    return folder.path;
  }

  it.each([
    ['a price that is none', '2024-03-13T14:00:00Z,10,11,9,abc,5', /XYZ\.1Min\.csv:3: a price/],
    ['a close above the high', '2024-03-13T14:00:00Z,10,11,9,12,5', /XYZ\.1Min\.csv:3: open and close must lie/],
    ['a time that is none', 'noon,10,11,9,10,5', /XYZ\.1Min\.csv:3: "noon" is not a time/],
    ['rows out of order', '2024-03-13T13:30:00Z,10,11,9,10,5', /XYZ\.1Min\.csv:3: the rows are not in time order/],
  ])('names the file and line of %s', (_name, row, message) => {
    const folder = folderWith({ 'XYZ.1Min.csv': [HEAD, '2024-03-13T13:59:00Z,10,11,9,10,5', row] });
    expect(() => replaySource(folder, 1)).toThrow(message);
  });

  it('takes other column orders, quotes, blank lines, line ends and time forms', () => {
    const folder = folderWith({
      'ABC.1Min.csv': [
        'Volume,Time,Open,High,Low,Close\r',
        '7,"2024-03-13 14:00:00",10,11,9,10.5\r',
        '',
        '8,1710338460,10,11,9,10.25\r',
      ],
    });
    const bars = replaySource(folder, 1).minutes('ABC', parseDay('2024-03-13') ?? 0);
    expect(bars.map((bar) => [new Date(bar.t).toISOString(), bar.c, bar.v])).toEqual([
      ['2024-03-13T14:00:00.000Z', 10_500_000, 7],
      ['2024-03-13T14:01:00.000Z', 10_250_000, 8],
    ]);
  });

  it('prefers the latest day with the most minute bars', () => {
    const folder = folderWith({
      'AAA.1Min.csv': [
        HEAD,
        '2024-03-12T14:00:00Z,10,11,9,10,5',
        '2024-03-13T14:00:00Z,10,11,9,10,5',
        '2024-03-15T14:00:00Z,10,11,9,10,5',
      ],
      'BBB.1Min.csv': [HEAD, '2024-03-12T14:00:00Z,10,11,9,10,5', '2024-03-13T14:00:00Z,10,11,9,10,5'],
      'BBB.1Day.csv': [HEAD, '2024-03-18T04:00:00Z,10,11,9,10,5'],
    });
    const days = usableDays(replaySource(folder, 1), 0);
    expect(dayText(days.best())).toBe('2024-03-13');
    expect(dayText(days.next(days.best()) ?? 0)).toBe('2024-03-15');
    expect(days.next(parseDay('2024-03-18') ?? 0)).toBeNull();
  });

  it('gives bars as in the files, raw or adjusted, and the day under way only as far as it has come', async () => {
    const folder = folderWith({
      'AAA.1Day.csv': [
        HEAD,
        '2024-03-11T04:00:00Z,100,110,90,105,1000',
        '2024-03-12T04:00:00Z,105,120,100,110,2000',
        '2024-03-13T04:00:00Z,111,130,80,120,3000',
      ],
      'AAA.factors.csv': [
        'last_date_of_factor,price_factor,split_factor,reference_price',
        '2024-03-11,0.9,0.5,105',
        '2050-12-31,1,1,0',
      ],
    });
    bench = await startBench({ barsFolder: folder, start: Date.parse('2024-03-13T14:00:00Z') });
    const bars = async (adjustment: string): Promise<Json[]> =>
      (await bench?.client.get(`/v2/stocks/AAA/bars?timeframe=1Day&start=2024-03-01&adjustment=${adjustment}`))?.body[
        'bars'
      ] as Json[];
    const [first, second, today] = await bars('raw');
    expect(first).toMatchObject({ t: '2024-03-11T04:00:00Z', o: 100, h: 110, l: 90, c: 105, v: 1000 });
    expect(second).toMatchObject({ o: 105, h: 120, l: 100, c: 110, v: 2000 });
    expect(today).toMatchObject({ t: '2024-03-13T04:00:00Z', o: 111 });
    expect(Number(today?.['v'])).toBeLessThan(3000);
    expect((await bars('split'))[0]).toMatchObject({ o: 50, h: 55, l: 45, c: 52.5, v: 2000 });
    expect((await bars('all'))[0]).toMatchObject({ o: 45, c: 47.25 });
    expect((await bars('dividend'))[1]).toMatchObject({ o: 105, c: 110 });
    const page = await bench.client.get('/v2/stocks/AAA/bars?timeframe=1Day&start=2030-01-01');
    expect(page.body).toEqual({ bars: null, symbol: 'AAA', next_page_token: null });
  });
});
