/** Alpaca, behind our ports. */
import { trading } from '@alpacahq/alpaca-trade-api/rest';
import type { Broker, BrokerAuthorization } from '../../application/ports/broker.ts';
import type { Clock } from '../../application/ports/clock-and-ids.ts';
import type { Log } from '../../application/ports/log.ts';
import type { MarketData, Venue } from '../../application/ports/market-data.ts';
import type { RequestBudget } from '../../application/ports/request-budget.ts';
import type { BrokerCapabilities } from '../../domain/order/capabilities.ts';
import { createAuthorization } from './authorization.ts';
import { type Breaker, createBreaker } from './breaker.ts';
import { createBrokerAccounts } from './broker-accounts.ts';
import { ALPACA_CAPABILITIES } from './capabilities.ts';
import { createCarrier } from './carrier.ts';
import type { AlpacaConfig, Environment } from './config.ts';
import { createConfigurations } from './http.ts';
import { createMarketData } from './market-data.ts';
import { createOrderEntry } from './order-entry.ts';
import { createOrderRecords } from './order-records.ts';
import { createOrderUpdates } from './order-updates.ts';
import { createTransport } from './transport.ts';
import { createVenue } from './venue.ts';

export interface Alpaca {
  readonly broker: Broker;
  /** What the broker takes. */
  readonly capabilities: BrokerCapabilities;
  readonly authorization: BrokerAuthorization;
  readonly marketData: MarketData;
  readonly venue: Venue;
  /** In words: `ok`, or why orders wait, for each environment in which they do. */
  sending(): string;
}

export interface AlpacaNeeds {
  readonly clock: Clock;
  readonly log: Log;
  readonly budget: RequestBudget;
}

/** Everything Alpaca does for us. Nothing is opened before it is used, and nothing needs to be closed. */
export function createAlpaca(config: AlpacaConfig, { clock, log, budget }: AlpacaNeeds): Alpaca {
  const breakerOf = (environment: Environment): Breaker =>
    createBreaker({
      name: `alpaca ${environment}`,
      times: config.times.breaker,
      // The clock, under the house's own key: where that is not taken, the refusal tells as much.
      probe: () => probes[environment].legacyClockRaw(),
      log,
      random: Math.random,
      later: (act, milliseconds) => void setTimeout(act, milliseconds).unref(),
    });
  const breakers = { paper: breakerOf('paper'), live: breakerOf('live') };
  const transport = createTransport(config.times.connect);
  const carrier = createCarrier({ transport, budget, breakers, times: config.times });
  const configurations = createConfigurations(config, carrier);
  const records = createOrderRecords(configurations, log);
  const clockAt = (environment: Environment) =>
    new trading.ClockApi(configurations.houseTrading('look-up', environment));
  const probes = { paper: clockAt('paper'), live: clockAt('live') };

  return {
    broker: {
      ...createOrderEntry(configurations, { carrier, records, log }),
      ...records,
      ...createBrokerAccounts(configurations, log),
      ...createOrderUpdates(config, clock),
    },
    capabilities: ALPACA_CAPABILITIES,
    authorization: createAuthorization(config, carrier.forRegistration()),
    marketData: createMarketData(config, configurations, log),
    venue: createVenue(config, configurations, clock, log),
    sending() {
      const held = (['paper', 'live'] as const).flatMap((environment) => {
        const reason = breakers[environment].held()?.reason;
        return reason === undefined ? [] : [`${environment}: ${reason}`];
      });
      return held.length === 0 ? 'ok' : held.join(' ');
    },
  };
}
