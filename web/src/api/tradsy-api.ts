import { session as sessionContract, type Credentials, type Session } from '../../../contracts/auth.ts';
import {
  brokerCapabilities,
  instrumentFacts,
  type BrokerCapabilities,
  type InstrumentFacts,
} from '../../../contracts/capabilities.ts';
import { haltAnswer, halts, releaseAnswer, type Halt, type Halts, type WantedHalt } from '../../../contracts/halts.ts';
import { bars, type Bars, type Timeframe } from '../../../contracts/market.ts';
import {
  environment,
  linkStarted,
  onboarding,
  type BrokerLink,
  type Environment,
  type Onboarding,
} from '../../../contracts/onboarding.ts';
import {
  riskOverview,
  type ChooseRiskProfile,
  type ClearOverfill,
  type RiskOverview,
  type TightenLimits,
} from '../../../contracts/risk.ts';
import { orderStory, type OrderStory } from '../../../contracts/story.ts';
import { call, callEmpty, jsonBody } from './client.ts';
import { exchange, parseAnswer } from './exchange.ts';

const postPublic = async (path: string, body: unknown): Promise<Session> =>
  parseAnswer(sessionContract, await exchange(path, { method: 'POST', ...jsonBody(body) }));

export const signUp = (credentials: Credentials): Promise<Session> => postPublic('/api/v1/auth/signup', credentials);
export const logIn = (credentials: Credentials): Promise<Session> => postPublic('/api/v1/auth/login', credentials);
export const logOut = (): Promise<void> => callEmpty('/api/v1/auth/logout', { method: 'POST' });

export const getEnvironment = async (): Promise<Environment> =>
  parseAnswer(environment, await exchange('/api/v1/environment'));

export const getOnboarding = (): Promise<Onboarding> => call(onboarding, '/api/v1/onboarding');

export const acceptDocuments = (disclaimerVersion: string, termsVersion: string): Promise<Onboarding> =>
  call(onboarding, '/api/v1/onboarding', { method: 'POST', ...jsonBody({ disclaimerVersion, termsVersion }) });

/** The address at the broker where the trader agrees to the link. */
export async function startBrokerLink(linkEnvironment: BrokerLink['environment']): Promise<string> {
  const started = await call(linkStarted, '/api/v1/broker-links/alpaca', {
    method: 'POST',
    ...jsonBody({ environment: linkEnvironment }),
  });
  return started.authorizeUrl;
}

export const unlinkBroker = (): Promise<void> => callEmpty('/api/v1/broker-links/alpaca', { method: 'DELETE' });

export interface BarsWanted {
  symbol: string;
  timeframe: Timeframe;
  limit: number;
  /** Unix seconds: only bars that start before it. */
  before?: number;
}

export function getBars(wanted: BarsWanted, signal: AbortSignal): Promise<Bars> {
  const query = new URLSearchParams({
    symbol: wanted.symbol,
    timeframe: wanted.timeframe,
    limit: String(wanted.limit),
    ...(wanted.before === undefined ? {} : { before: String(wanted.before) }),
  });
  return call(bars, `/api/v1/market/bars?${query.toString()}`, { signal });
}

/** What the broker takes. */
export const getCapabilities = (): Promise<BrokerCapabilities> =>
  call(brokerCapabilities, '/api/v1/broker/capabilities');

export const getInstrument = (symbol: string, signal: AbortSignal): Promise<InstrumentFacts> =>
  call(instrumentFacts, `/api/v1/market/instrument?symbol=${encodeURIComponent(symbol)}`, { signal });

export const getStory = (orderId: string, signal: AbortSignal): Promise<OrderStory> =>
  call(orderStory, `/api/v1/orders/${encodeURIComponent(orderId)}/story`, { signal });

/** What limits the account, and how much of it is used. */
export const getRisk = (signal: AbortSignal): Promise<RiskOverview> => call(riskOverview, '/api/v1/risk', { signal });

const changeRisk = (path: string, body: unknown = {}): Promise<RiskOverview> =>
  call(riskOverview, `/api/v1/risk/${path}`, { method: 'POST', ...jsonBody(body) });

export const chooseRiskProfile = (choice: ChooseRiskProfile): Promise<RiskOverview> => changeRisk('profile', choice);

/** For good: no call takes it back. */
export const tightenLimits = (limits: TightenLimits): Promise<RiskOverview> => changeRisk('limits', limits);

export const allowOrdersAgain = (): Promise<RiskOverview> => changeRisk('allow-orders');

/** Has looked at what was executed too much of an order or of its exits; `excess` is as the trader has seen it. */
export const clearOverfill = (orderId: string, seen: ClearOverfill): Promise<RiskOverview> =>
  changeRisk(`overfills/${encodeURIComponent(orderId)}/clear`, seen);

/** Takes the broker's position over in place of ours; `quantity` is the broker's, as the trader has seen it. */
export const adoptPosition = (symbol: string, quantity: string): Promise<void> =>
  callEmpty(`/api/v1/positions/${encodeURIComponent(symbol)}/adopt`, { method: 'POST', ...jsonBody({ quantity }) });

export const getHalts = (signal: AbortSignal): Promise<Halts> => call(halts, '/api/v1/halts', { signal });

export const stopTrading = (wanted: WantedHalt): Promise<{ halt: Halt; recorded: boolean }> =>
  call(haltAnswer, '/api/v1/halts', { method: 'POST', ...jsonBody(wanted) });

/** `resumed`: the halt is over. Otherwise another operator has to release it, too. */
export const releaseHalt = (haltId: string): Promise<{ resumed: boolean }> =>
  call(releaseAnswer, `/api/v1/halts/${encodeURIComponent(haltId)}/release`, { method: 'POST' });
