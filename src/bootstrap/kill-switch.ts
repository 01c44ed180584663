/** The kill switch, put together from the container's parts: halting, releasing, and what its owner does. */
import type { Container } from 'inversify';
import { childOf } from '../adapters/node/child-signal.ts';
import type { OwnersWork } from '../application/as-owner.ts';
import type { ReportRevoked } from '../application/account/link-broker.ts';
import { createAccountWork } from '../application/kill-switch/account-work.ts';
import { createCarryOutHalts } from '../application/kill-switch/carry-out.ts';
import { createHaltTrading, createReleaseHalt } from '../application/kill-switch/halt-trading.ts';
import type { HaltTradingNow, ReleaseHalt } from '../application/kill-switch/halt-trading.ts';
import { createKillSwitchOwner } from '../application/kill-switch/owner.ts';
import { createPlaceClosingOrder } from '../application/kill-switch/place-closing-order.ts';
import { createLossLimit } from '../application/kill-switch/trips/loss-limit.ts';
import { createRejectStorm } from '../application/kill-switch/trips/reject-storm.ts';
import { createStaleData } from '../application/kill-switch/trips/stale-data.ts';
import { createWatch } from '../application/kill-switch/trips/watch.ts';
import { limitBasis } from '../application/risk-policy/gather-inputs.ts';
import { PORT } from './container.ts';

export interface KillSwitch {
  readonly haltTrading: HaltTradingNow;
  readonly releaseHalt: ReleaseHalt;
  readonly owner: OwnersWork;
}

export function createKillSwitch(container: Container, reportRevoked: ReportRevoked): KillSwitch {
  const { broker, marketData, venue } = container.get(PORT.alpaca);
  const common = {
    aggregates: container.get(PORT.aggregates),
    store: container.get(PORT.store),
    clock: container.get(PORT.clock),
    ids: container.get(PORT.ids),
    log: container.get(PORT.log),
    linked: container.get(PORT.linked),
    checkpoints: container.get(PORT.checkpoints),
    passedOver: container.get(PORT.passedOver),
    unfinished: container.get(PORT.orders).unfinished,
    limitTables: container.get(PORT.limitTables),
    broker,
    marketData,
    venue,
    reportRevoked,
    childOf,
  };
  const acting = { ...common, haltTrading: createHaltTrading(common), releaseHalt: createReleaseHalt(common) };
  const work = createAccountWork({ ...common, placeClosingOrder: createPlaceClosingOrder(common) });
  const lossLimit = createLossLimit({ ...acting, basis: limitBasis(common) });
  return {
    haltTrading: acting.haltTrading,
    releaseHalt: acting.releaseHalt,
    owner: createKillSwitchOwner({
      ...common,
      carryOutHalts: createCarryOutHalts({ ...common, work }),
      watch: createWatch({ ...common, staleData: createStaleData(acting), lossLimit }),
      rejectStorm: createRejectStorm(acting),
    }),
  };
}
