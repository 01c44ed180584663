/** Reading the broker's table of capabilities: the server decides by the same one, and has the last word. */
import type {
  BrokerCapabilities,
  OrderTraits,
  TraitValues,
  UnsupportedReason,
} from '../../../../contracts/capabilities.ts';
import { compare } from '../../numbers/decimal.ts';
import { formatMarketMinute, isWeekend } from '../../time/new-york.ts';

export type TicketType = OrderTraits['type'];
export type Duration = OrderTraits['timeInForce'];
export type PriceName = BrokerCapabilities['orderTypes'][number]['prices'][number];
type Rules = Pick<BrokerCapabilities, 'combinations'>;

/** The reasons that the traits give. A trait that is not known stands against nothing. */
export const reasonsAgainst = ({ combinations }: Rules, traits: Partial<OrderTraits>): UnsupportedReason[] =>
  combinations
    .filter(({ of, only }) => agree(of, traits, false) && !agree(only, traits, true))
    .map(({ reason }) => reason);

/** Whether each of the traits has one of its values; one that is not known counts as `unknown` says. */
function agree(values: TraitValues, traits: Partial<OrderTraits>, unknown: boolean): boolean {
  return (Object.keys(values) as (keyof OrderTraits)[]).every((trait) => {
    const [own, wanted] = [traits[trait], values[trait] as readonly string[] | undefined];
    return own === undefined ? unknown : wanted?.includes(own) === true;
  });
}

/** Whether an order type has a price of this kind. */
export const hasPrice = ({ orderTypes }: Pick<BrokerCapabilities, 'orderTypes'>, type: TicketType, name: PriceName) =>
  orderTypes.find((each) => each.type === type)?.prices.includes(name) === true;

/** The step in which a price may be given. */
export const priceStep = ({ priceSteps }: Pick<BrokerCapabilities, 'priceSteps'>, price: string): string =>
  priceSteps.findLast(({ from }) => compare(from, price) <= 0)?.step ?? '0.01';

/** Why orders with a time in force are turned down at a moment of the market's time; null when they are not. */
export function closedWindow(
  { orderWindows }: Pick<BrokerCapabilities, 'orderWindows'>,
  duration: Duration,
  now: string,
): UnsupportedReason | null {
  const window = orderWindows.find(({ timeInForce }) => timeInForce === duration);
  const at = new Date(now);
  if (window === undefined || isWeekend(at)) return null;
  const time = formatMarketMinute(at);
  return window.closedFrom <= time && time < window.closedUntil ? window.reason : null;
}

// --- What can be chosen ---

/** The choices of a ticket that the rules about combinations look at. */
export interface Choices {
  readonly type: TicketType;
  readonly duration: Duration;
  readonly extendedHours: boolean;
  readonly bracket: boolean;
}

/** The times in force that go with an order type. */
export const timesFor = (table: BrokerCapabilities, type: TicketType): BrokerCapabilities['timesInForce'] =>
  table.timesInForce.filter(({ timeInForce }) => reasonsAgainst(table, { type, timeInForce }).length === 0);

/** Whether any order of the type can have extended hours, or a bracket. */
export const canHave = (
  table: BrokerCapabilities,
  type: TicketType,
  more: Pick<Partial<OrderTraits>, 'hours' | 'exits'>,
) =>
  timesFor(table, type).some(({ timeInForce }) => reasonsAgainst(table, { type, timeInForce, ...more }).length === 0);

/** Why this draft can not be for extended hours too; null when it can. */
export const againstExtendedHours = (table: BrokerCapabilities, { type, duration, bracket }: Choices) =>
  reasonsAgainst(table, { type, timeInForce: duration, hours: 'extended', exits: bracket ? 'both' : 'none' })[0] ??
  null;

/** Why this draft can not carry a bracket; null when it can. */
export const againstBracket = (table: BrokerCapabilities, { type, duration, extendedHours }: Choices) =>
  reasonsAgainst(table, {
    type,
    timeInForce: duration,
    hours: extendedHours ? 'extended' : 'regular',
    exits: 'both',
  })[0] ?? null;

/** A draft in which type and time in force stand, and what does not go with them is put back. */
export function settled<D extends Choices>(table: BrokerCapabilities, draft: D): D {
  const times = timesFor(table, draft.type).map(({ timeInForce }) => timeInForce);
  const duration = times.includes(draft.duration) ? draft.duration : (times[0] ?? draft.duration);
  const timed = { ...draft, duration };
  const bracket = draft.bracket && againstBracket(table, timed) === null;
  const extendedHours = draft.extendedHours && againstExtendedHours(table, { ...timed, bracket }) === null;
  return { ...timed, bracket, extendedHours };
}
