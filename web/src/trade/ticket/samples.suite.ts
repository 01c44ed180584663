/** The broker's table as the server tells it, a draft and the world around it, for the tests beside this file. */
import { brokerCapabilities } from '../../../../contracts/capabilities.ts';
import { ALPACA_CAPABILITIES } from '../../../../src/adapters/alpaca/capabilities.ts';
import { shownCapabilities } from '../../../../src/adapters/http/capabilities.ts';
import type { World } from './check-draft.ts';
import { emptyDraft, type Draft } from './draft.ts';

export const table = brokerCapabilities.parse(shownCapabilities(ALPACA_CAPABILITIES));

export const quote = {
  symbol: 'AAPL',
  bid: '187.20',
  ask: '187.25',
  last: '187.22',
  previousClose: '186.00',
  at: '2026-03-02T14:31:00.000Z',
};

export const draft = (change: Partial<Draft>): Draft => ({ ...emptyDraft, quantity: '10', ...change });

/** In the session, around 187, with nothing held of a share that can be traded in every way. */
export const world = (change: Partial<World> = {}): World => ({
  table,
  instrument: {
    symbol: 'AAPL',
    name: 'Apple Inc.',
    tradable: true,
    fractionable: true,
    fractionableInExtendedHours: true,
    shortable: true,
  },
  most: '10000',
  position: '0',
  quote,
  now: '2026-03-02T15:00:00.000Z',
  ...change,
});
