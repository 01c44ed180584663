import { describe, expect, it } from 'vitest';

import { signatureOf } from '../projections/signature.ts';
import type { View } from '../projections/view.ts';
import { viewsToBuild, viewsToGoBackTo } from './plan.ts';

const view = (name: string, version = 1, reads: readonly string[] = []): View => ({
  name,
  version,
  tables: [name],
  types: [],
  reads,
  apply: () => Promise.resolve(),
});

const VIEWS = [view('orders'), view('executions', 1, ['orders']), view('profits', 1, ['executions']), view('accounts')];
const LIVE = signatureOf('postgres', VIEWS);
const names = (views: readonly View[] | null): readonly string[] | null => views?.map(({ name }) => name) ?? null;

describe('the views to build', () => {
  it.each([
    [['accounts'], ['accounts']],
    [['orders'], ['orders']],
    [['executions'], ['orders', 'executions']],
    [['profits'], ['orders', 'executions', 'profits']],
  ])('for %s are %s', (named, built) => {
    expect(names(viewsToBuild(VIEWS, named, LIVE, 'postgres'))).toEqual(built);
  });

  it('are also those of which the live rows are of another version, or all when they are of another store', () => {
    const changed = VIEWS.with(1, view('executions', 2, ['orders']));
    expect(names(viewsToBuild(changed, ['accounts'], LIVE, 'postgres'))).toEqual(['orders', 'executions', 'accounts']);
    expect(names(viewsToBuild(VIEWS, [], LIVE, 'esdb'))).toEqual(names(VIEWS));
  });
});

describe('going back', () => {
  const live = LIVE.replace('accounts@1', 'accounts@2');

  it('is for previous rows that make the live ones this release’s', () => {
    expect(names(viewsToGoBackTo(VIEWS, live, 'postgres: accounts@1 orders@1', 'postgres'))).toEqual([
      'orders',
      'accounts',
    ]);
  });

  it.each([
    ['do not have what has changed', 'postgres: orders@1'],
    ['are of another version', 'postgres: accounts@3'],
    ['are of another store', 'esdb: accounts@1'],
    ['have a view that this release has not', 'postgres: accounts@1 tips@1'],
  ])('is not for those that %s', (_, previous) => {
    expect(viewsToGoBackTo(VIEWS, live, previous, 'postgres')).toBeNull();
  });
});
