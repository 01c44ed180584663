import { expect, it } from 'vitest';
import type { Instrument } from '../../../contracts/broker-api.ts';
import { searchInstruments } from './search-instruments.ts';

const instrument = (name: string, description: string): Instrument => ({
  name,
  description,
  type: 'stock',
  minTick: 0.01,
  pipSize: 0.01,
  pipValue: 0.01,
  minQty: 0.000001,
  maxQty: 1_000_000,
  qtyStep: 0.000001,
  variableMinTick: '0.0001 1 0.01',
});

const all = [
  instrument('MA', 'Mastercard Inc.'),
  instrument('AAPL', 'Apple Inc.'),
  instrument('APP', 'AppLovin Corp.'),
  instrument('PINE', 'Alpine Apparel'),
];

const found = (typed: string): string[] => searchInstruments(all, typed, 3).map((each) => each.name);

it('finds the symbol first, then symbols that begin so, then names', () => {
  expect(found('app')).toEqual(['APP', 'AAPL', 'PINE']);
  expect(found('ma')).toEqual(['MA']);
  expect(found(' lovin ')).toEqual(['APP']);
  expect(found('')).toEqual(['AAPL', 'APP', 'MA']);
  expect(found('zzz')).toEqual([]);
});
