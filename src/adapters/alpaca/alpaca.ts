/** Alpaca, behind our ports. */
import type { Broker, BrokerAuthorization } from '../../application/ports/broker.ts';
import type { Clock } from '../../application/ports/clock-and-ids.ts';
import type { Log } from '../../application/ports/log.ts';
import type { MarketData, Venue } from '../../application/ports/market-data.ts';
import type { BrokerCapabilities } from '../../domain/order/capabilities.ts';
import { createAuthorization } from './authorization.ts';
import { createBrokerAccounts } from './broker-accounts.ts';
import { ALPACA_CAPABILITIES } from './capabilities.ts';
import type { AlpacaConfig } from './config.ts';
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
}

/** Everything Alpaca does for us. Nothing is opened before it is used, and nothing needs to be closed. */
export function createAlpaca(
  config: AlpacaConfig,
  { clock, log }: { readonly clock: Clock; readonly log: Log },
): Alpaca {
  const transport = createTransport(config.times.connect);
  const configurations = createConfigurations(config, transport);
  return {
    broker: {
      ...createOrderEntry(configurations, log),
      ...createOrderRecords(configurations, log),
      ...createBrokerAccounts(configurations, log),
      ...createOrderUpdates(config, clock),
    },
    capabilities: ALPACA_CAPABILITIES,
    authorization: createAuthorization(config, transport),
    marketData: createMarketData(config, configurations, log),
    venue: createVenue(config, configurations, clock, log),
  };
}
