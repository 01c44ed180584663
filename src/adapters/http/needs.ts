/** All that the HTTP server stands on; bootstrap puts it together. */
import type { Environment } from '../../../contracts/onboarding.ts';
import type { AcceptDocuments } from '../../application/account/accept-documents.ts';
import type { KnowsAccount } from '../../application/account/knows-account.ts';
import type { BeginLink, CompleteLink, Unlink } from '../../application/account/link-broker.ts';
import type { LogIn, RefreshSession, SignUp } from '../../application/account/sign-up.ts';
import type { CancelOrder, ReplaceOrder } from '../../application/order/change-order.ts';
import type { HaltTradingNow, ReleaseHalt } from '../../application/kill-switch/halt-trading.ts';
import type { PlaceOrder } from '../../application/order/place-order.ts';
import type { BrokerAccounts, LinkedAccounts } from '../../application/ports/broker.ts';
import type { PassCrashPoint } from '../../application/ports/crash-points.ts';
import type { Ids } from '../../application/ports/clock-and-ids.ts';
import type { AccessTokens, Sessions, Users } from '../../application/ports/identity.ts';
import type { Log } from '../../application/ports/log.ts';
import type { MarketData, Venue } from '../../application/ports/market-data.ts';
import type {
  AllowOrdersAgain,
  ClearOverfill,
  ChooseRiskProfile,
  ShowRisk,
  TightenLimits,
} from '../../application/risk-policy/own-limits.ts';
import type { KillSwitchState } from '../../domain/risk-policy/kill-switch/state.ts';
import type { AdoptBrokerPosition } from '../../application/risk-policy/adopt-broker-position.ts';
import type { OpenAccount } from '../../domain/account/account.ts';
import type { BrokerCapabilities } from '../../domain/order/capabilities.ts';
import type { ReadSide } from './read-side.ts';

/** Whether every part works, and how each of them is: `ok`, or what is wrong with it. */
export interface Readiness {
  readonly ready: boolean;
  readonly parts: Readonly<Record<string, string>>;
}

export interface HttpSettings {
  /** How browsers reach the server, such as `https://tradsy.example`; null: by the address they ask for. */
  readonly publicUrl: string | null;
  /** The folder of the built web app. */
  readonly webRoot: string;
  /** Pages of other sites that may call the Broker API; `*` stands for any subdomain. */
  readonly brokerApiOrigins: readonly string[];
}

export const TRADINGVIEW_ORIGINS: readonly string[] = ['https://*.tradingview.com'];

export interface HttpNeeds {
  readonly settings: HttpSettings;
  readonly environment: Environment;
  readonly signUp: SignUp;
  readonly logIn: LogIn;
  readonly refreshSession: RefreshSession;
  readonly acceptDocuments: AcceptDocuments;
  readonly beginLink: BeginLink;
  readonly completeLink: CompleteLink;
  readonly unlink: Unlink;
  readonly placeOrder: PlaceOrder;
  readonly replaceOrder: ReplaceOrder;
  readonly cancelOrder: CancelOrder;
  readonly showRisk: ShowRisk;
  readonly chooseRiskProfile: ChooseRiskProfile;
  readonly tightenLimits: TightenLimits;
  readonly allowOrdersAgain: AllowOrdersAgain;
  readonly clearOverfill: ClearOverfill;
  readonly haltTrading: HaltTradingNow;
  readonly releaseHalt: ReleaseHalt;
  /** What is halted, as the event store has it now. */
  readonly killSwitch: () => Promise<KillSwitchState>;
  readonly adoptBrokerPosition: AdoptBrokerPosition;
  /** The user's account as the event store has it now. */
  readonly accountOf: (userId: string) => Promise<OpenAccount | null>;
  readonly knowsAccount: KnowsAccount;
  readonly users: Pick<Users, 'byId' | 'byEmail'>;
  readonly sessions: Pick<Sessions, 'isLive' | 'end'>;
  readonly tokens: Pick<AccessTokens, 'read'>;
  readonly read: ReadSide;
  readonly venue: Venue;
  readonly marketData: MarketData;
  /** What the broker takes. */
  readonly capabilities: BrokerCapabilities;
  readonly broker: Pick<BrokerAccounts, 'account'>;
  readonly linked: Pick<LinkedAccounts, 'accessFor'>;
  readonly ids: Pick<Ids, 'random' | 'named'>;
  readonly log: Log;
  readonly pass: PassCrashPoint;
  readonly readiness: () => Promise<Readiness>;
}
