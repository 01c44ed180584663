import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Ajv, type ValidateFunction } from 'ajv';
import formats from 'ajv-formats';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Bench, type Json, control, startBench } from './test-kit.ts';

const SPECS = fileURLToPath(new URL('../../shared/specs', import.meta.url));
const FILES = { trading: 'alpaca-trading-openapi.json', data: 'alpaca-market-data-openapi.json' } as const;

/** OpenAPI 3.0 in JSON Schema's words: `nullable` becomes a second type, and an enum then includes null. */
function asJsonSchema(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(asJsonSchema);
  if (typeof value !== 'object' || value === null) return value;
  const { nullable, example: _example, ...rest } = value as Json;
  const plain = Object.fromEntries(Object.entries(rest).map(([name, each]) => [name, asJsonSchema(each)]));
  return nullable === true ? { anyOf: [plain, { type: 'null' }] } : plain;
}

function schemasOf(file: string) {
  const document = asJsonSchema(JSON.parse(readFileSync(join(SPECS, file), 'utf8'))) as {
    paths: Record<string, Record<string, Json>>;
  };
  const ajv = new Ajv({ strict: false, allErrors: true, validateFormats: true });
  (formats as unknown as (instance: Ajv) => void)(ajv);
  ajv.addFormat('decimal', /^-?\d+(\.\d+)?$/);
  for (const format of ['uint32', 'uint64'])
    ajv.addFormat(format, { type: 'number', validate: (value: number) => Number.isInteger(value) && value >= 0 });
  ajv.addSchema(document, file);
  return (path: string, method: string, status: number): ValidateFunction => {
    const encoded = path.replaceAll('~', '~0').replaceAll('/', '~1').replaceAll('{', '%7B').replaceAll('}', '%7D');
    const operation = document.paths[path]?.[method] as { responses: Record<string, Json> };
    let pointer = `#/paths/${encoded}/${method}/responses/${status}`;
    const reference = operation.responses[String(status)]?.['$ref'];
    if (typeof reference === 'string') pointer = reference;
    return ajv.compile({ $ref: `${file}${pointer}/content/application~1json/schema` });
  };
}

describe('OpenAPI read as JSON Schema', () => {
  it('makes null a second type of what is nullable, and drops examples', () => {
    expect(asJsonSchema({ type: 'string', nullable: true, example: 'x', enum: ['a'] })).toEqual({
      anyOf: [{ type: 'string', enum: ['a'] }, { type: 'null' }],
    });
    expect(asJsonSchema({ oneOf: [{ type: 'integer' }] })).toEqual({ oneOf: [{ type: 'integer' }] });
  });
});

if (Object.values(FILES).every((file) => existsSync(join(SPECS, file)))) {
  describe('answers against the published OpenAPI files', () => {
    const trading = schemasOf(FILES.trading);
    const data = schemasOf(FILES.data);
    let bench: Bench;
    let orderId: string;

    beforeAll(async () => {
      bench = await startBench();
      const { client } = bench;
      const bought = await client.post('/v2/orders', {
        symbol: 'SPY',
        qty: '4',
        side: 'buy',
        type: 'market',
        time_in_force: 'day',
      });
      orderId = String(bought.body['id']);
      await client.untilOrder(orderId, 'filled');
      await client.post('/v2/orders', {
        symbol: 'SPY',
        qty: '2',
        side: 'sell',
        type: 'limit',
        limit_price: '9999',
        time_in_force: 'gtc',
      });
      const price = Number(((await client.get('/v2/stocks/MSFT/trades/latest')).body['trade'] as Json)['p']);
      const [above, below] = [(price * 1.1).toFixed(2), (price * 0.9).toFixed(2)];
      const bracket = { order_class: 'bracket', take_profit: { limit_price: above }, stop_loss: { stop_price: below } };
      await client.post('/v2/orders', {
        symbol: 'MSFT',
        qty: '1',
        side: 'buy',
        type: 'market',
        time_in_force: 'day',
        ...bracket,
      });
      await control(bench.sandbox.url, 'clock', { advance_seconds: 120 });
    });
    afterAll(() => bench.stop());

    const reads: readonly (readonly ['trading' | 'data', string, string])[] = [
      ['trading', '/v2/account', '/v2/account'],
      ['trading', '/v2/account/configurations', '/v2/account/configurations'],
      ['trading', '/v2/account/portfolio/history', '/v2/account/portfolio/history?period=1W&timeframe=1D'],
      ['trading', '/v2/orders', '/v2/orders?status=all&nested=true'],
      ['trading', '/v2/positions', '/v2/positions'],
      ['trading', '/v2/positions/{symbol_or_asset_id}', '/v2/positions/SPY'],
      ['trading', '/v2/assets', '/v2/assets'],
      ['trading', '/v2/assets/{symbol_or_asset_id}', '/v2/assets/SPY'],
      ['trading', '/v2/clock', '/v2/clock'],
      ['trading', '/v2/calendar', '/v2/calendar?start=2024-03-01&end=2024-04-01'],
      ['data', '/v2/stocks/bars', '/v2/stocks/bars?symbols=SPY,AAPL&timeframe=1Hour&start=2024-03-12'],
      ['data', '/v2/stocks/{symbol}/bars', '/v2/stocks/SPY/bars?timeframe=1Week&start=2024-01-01'],
      ['data', '/v2/stocks/quotes/latest', '/v2/stocks/quotes/latest?symbols=SPY,NOPE'],
      ['data', '/v2/stocks/{symbol}/quotes/latest', '/v2/stocks/SPY/quotes/latest'],
      ['data', '/v2/stocks/trades/latest', '/v2/stocks/trades/latest?symbols=SPY'],
      ['data', '/v2/stocks/bars/latest', '/v2/stocks/bars/latest?symbols=SPY'],
      ['data', '/v2/stocks/snapshots', '/v2/stocks/snapshots?symbols=SPY,AAPL'],
      ['data', '/v2/stocks/{symbol}/snapshot', '/v2/stocks/SPY/snapshot'],
    ];

    it.each(reads)('%s GET %s', async (api, path, address) => {
      const validate = (api === 'trading' ? trading : data)(path, 'get', 200);
      const { status, body } = await bench.client.get(address);
      validate(body);
      expect({ status, errors: validate.errors }).toEqual({ status: 200, errors: null });
      expect(JSON.stringify(body).length).toBeGreaterThan(40);
    });

    it('GET, POST, PATCH and DELETE of orders', async () => {
      const { client } = bench;
      const check = (path: string, method: string, status: number, reply: { status: number; body: unknown }): void => {
        const validate = trading(path, method, status);
        validate(reply.body);
        expect({ status: reply.status, errors: validate.errors }).toEqual({ status, errors: null });
      };
      check('/v2/orders/{order_id}', 'get', 200, await client.get(`/v2/orders/${orderId}?nested=true`));
      const posted = await client.post('/v2/orders', {
        symbol: 'IBM',
        qty: '2',
        side: 'buy',
        type: 'limit',
        limit_price: '20',
        time_in_force: 'gtc',
      });
      check('/v2/orders', 'post', 200, posted);
      await client.untilOrder(posted.body['id'], 'new');
      const patched = await client.patch(`/v2/orders/${String(posted.body['id'])}`, { limit_price: '21' });
      check('/v2/orders/{order_id}', 'patch', 200, patched);
      await client.untilOrder(patched.body['id'], 'new');
      check('/v2/orders', 'delete', 207, await client.delete('/v2/orders'));
      check('/v2/positions', 'delete', 207, await client.delete('/v2/positions?cancel_orders=true'));
    });
  });
}
