/** The broker's table of capabilities as our APIs tell it: whole on the Tradsy API, in TradingView's terms on the other. */
import type { z } from 'zod';
import type { brokerConfig, instrument } from '../../../contracts/broker-api.ts';
import type { BrokerCapabilities as ShownCapabilities } from '../../../contracts/capabilities.ts';
import type { Instrument } from '../../application/ports/market-data.ts';
import type { BrokerCapabilities, OrderTraits } from '../../domain/order/capabilities.ts';
import type { OrderType, TimeInForce } from '../../domain/order/events.ts';
import { combinationReasons } from '../../domain/order/unsupported.ts';
import { UNSUPPORTED } from '../words/sentences.ts';
import type { Immutable } from './immutable.ts';

const TITLES: Readonly<Record<TimeInForce, string>> = {
  day: 'Day',
  gtc: 'Until cancelled',
  ioc: 'Immediate or cancel',
  fok: 'Fill or kill',
  opg: 'At the open',
  cls: 'At the close',
};

/** The table with a title or a sentence beside each code. */
export const shownCapabilities = (capabilities: BrokerCapabilities): Immutable<ShownCapabilities> => ({
  ...capabilities,
  timesInForce: capabilities.timesInForce.map((timeInForce) => ({ timeInForce, title: TITLES[timeInForce] })),
  words: UNSUPPORTED,
});

type Config = z.output<typeof brokerConfig>;

/** TradingView's order types in ours. Trailing stops are brackets there, and here orders of their own. */
const TYPES = { market: 'market', limit: 'limit', stop: 'stop', stoplimit: 'stop_limit' } as const;

const takesType = ({ orderTypes }: BrokerCapabilities, wanted: OrderType): boolean =>
  orderTypes.some(({ type }) => type === wanted);

const takes = (capabilities: BrokerCapabilities, traits: Partial<OrderTraits>): boolean =>
  combinationReasons(traits, capabilities).length === 0;

/** TradingView: Config.durations. The first one is the usual one. */
export const durationsOf = (capabilities: BrokerCapabilities): Config['durations'] =>
  capabilities.timesInForce.flatMap((timeInForce, index) => {
    const supportedOrderTypes = (Object.keys(TYPES) as (keyof typeof TYPES)[]).filter(
      (name) => takesType(capabilities, TYPES[name]) && takes(capabilities, { type: TYPES[name], timeInForce }),
    );
    if (supportedOrderTypes.length === 0) return [];
    return { id: timeInForce, title: TITLES[timeInForce], default: index === 0, supportedOrderTypes };
  });

/** TradingView: the flags of Account.config that speak of orders. */
export function orderFlagsOf(capabilities: BrokerCapabilities) {
  const brackets = ({ type }: { readonly type: OrderType }): boolean =>
    capabilities.timesInForce.some((timeInForce) => takes(capabilities, { type, timeInForce, exits: 'both' }));
  const changes = capabilities.replacement?.terms ?? [];
  return {
    supportOrderBrackets: capabilities.orderTypes.some(brackets),
    supportMarketBrackets: capabilities.orderTypes.some(({ type }) => type === 'market' && brackets({ type })),
    supportMarketOrders: takesType(capabilities, 'market'),
    supportLimitOrders: takesType(capabilities, 'limit'),
    supportStopOrders: takesType(capabilities, 'stop'),
    supportStopLimitOrders: takesType(capabilities, 'stop_limit'),
    supportModifyOrderPrice: changes.includes('limitPrice') && changes.includes('stopPrice'),
    supportEditAmount: changes.includes('quantity'),
    supportModifyDuration: changes.includes('timeInForce'),
  };
}

const LARGEST_QUANTITY = 1_000_000;

/** TradingView: Instrument. `variableMinTick` reads "step limit step": each step holds below the limit after it. */
export function instrumentOf(
  { priceSteps, quantityStep }: BrokerCapabilities,
  { symbol, name, fractionable }: Instrument,
): z.output<typeof instrument> {
  const usual = Number(priceSteps.at(-1)?.step);
  const quantity = fractionable ? Number(quantityStep) : 1;
  return {
    name: symbol,
    description: name,
    type: 'stock',
    minTick: usual,
    pipSize: usual,
    pipValue: usual,
    minQty: quantity,
    maxQty: LARGEST_QUANTITY,
    qtyStep: quantity,
    variableMinTick: priceSteps.flatMap(({ from, step }, index) => (index === 0 ? [step] : [from, step])).join(' '),
  };
}
