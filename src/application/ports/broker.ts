/**
 * The broker, in our words. Adapters translate and nothing else: they never retry a request that could place an order
 * twice, never follow a redirect, and give up within their time limit.
 */
import type { Amendment } from '../../domain/order/amendments.ts';
import type { Execution, OrderTerms, OrderTicket } from '../../domain/order/events.ts';
import type { Admission, ReplacementAdmission } from '../../domain/risk-policy/admission.ts';
import type { ReportedStatus } from '../../domain/order/broker-report.ts';

/** The right to act for one linked account. The token never leaves the adapter's requests. */
export interface BrokerAccess {
  readonly linkId: string;
  readonly userId: string;
  readonly accountId: string;
  readonly environment: 'paper' | 'live';
  readonly token: string;
}

/** An order as the broker has it. */
export interface BrokerOrder {
  readonly brokerOrderId: string;
  readonly clientOrderId: string;
  readonly symbol: string;
  readonly side: 'buy' | 'sell';
  readonly type: OrderTicket['type'];
  readonly terms: OrderTerms;
  readonly trailPrice: string | null;
  readonly extendedHours: boolean;
  readonly status: ReportedStatus;
  /** A request of ours that the broker has taken and not decided yet. */
  readonly underWay: 'cancel' | 'replace' | null;
  readonly filledQuantity: string;
  /** The broker order that took its place, and the one whose place it took. */
  readonly replacedBy: string | null;
  readonly replaces: string | null;
  /** The exits of a bracket order, where the answer shows them. */
  readonly legs: readonly BrokerOrder[];
  readonly updatedAt: string;
}

/** `unauthorized`: the token is not taken any more. `unknown`: no telling whether the request had an effect. */
export type Failure =
  { readonly kind: 'unauthorized'; readonly reason: string } | { readonly kind: 'unknown'; readonly reason: string };

export type SubmitOutcome =
  | { readonly kind: 'acknowledged'; readonly order: BrokerOrder }
  /** The broker's own refusal, proven by its own error body. */
  | { readonly kind: 'rejected'; readonly code: string | null; readonly reason: string }
  /** The broker already has an order under this client order id. */
  | { readonly kind: 'known_already' }
  /** Proven not taken: nothing left this machine, or the broker asked to come back later. */
  | { readonly kind: 'not_sent'; readonly reason: string; readonly retryAfterMs: number }
  | Failure;

export type CancelOutcome =
  /** The request was taken; whether the order ends is told by an update. */
  { readonly kind: 'accepted' } | { readonly kind: 'refused'; readonly reason: string } | Failure;

export type ReplaceOutcome =
  | { readonly kind: 'accepted'; readonly order: BrokerOrder }
  | { readonly kind: 'refused'; readonly reason: string }
  | Failure;

export type LookUp<Found> =
  { readonly kind: 'found'; readonly value: Found } | { readonly kind: 'not_found' } | Failure;

/** A list of the broker's, with how many rows of it could not be read: people are told of each. */
export type Listed<Row> =
  | { readonly kind: 'found'; readonly value: readonly Row[]; readonly unread: number }
  | { readonly kind: 'not_found' }
  | Failure;

/** The orders whose cancel the broker has taken, by its own ids, and those whose cancel it has not. */
export type CancelAllOutcome =
  { readonly kind: 'asked'; readonly accepted: readonly string[]; readonly refused: readonly string[] } | Failure;

/**
 * Asked when nothing is left to wait for and the request would leave in this moment. It leaves only on `true`; otherwise,
 * or when the question fails, not a byte of it does.
 */
export type LastLook = () => Promise<boolean>;

/** `held`: an order can not be sent now; why, in words, and when it is worth asking again. */
export type Readiness =
  { readonly kind: 'ready' } | { readonly kind: 'held'; readonly reason: string; readonly retryAfterMs: number };

/** Sending. None of these is ever repeated by the adapter. Only what the risk engine has admitted can be sent. */
export interface OrderEntry {
  /**
   * Waits until an order or a change of one may be sent for the account, for so long at most: for its turn among the
   * requests that the broker allows, and for a broker that answers. The turn is kept for a second for the `submit` or
   * `replace` that follows. To be asked before an order is claimed, so that nothing is claimed while it waits; whoever
   * does not ask is told `not_sent`, or `unknown` for a change, when there is no turn at once.
   */
  ready(access: BrokerAccess, withinMs: number, signal: AbortSignal): Promise<Readiness>;
  submit(
    access: BrokerAccess,
    admission: Admission,
    clientOrderId: string,
    lastLook?: LastLook,
  ): Promise<SubmitOutcome>;
  replace(
    access: BrokerAccess,
    brokerOrderId: string,
    admission: ReplacementAdmission,
    clientOrderId: string,
    lastLook?: LastLook,
  ): Promise<ReplaceOutcome>;
  cancel(access: BrokerAccess, brokerOrderId: string): Promise<CancelOutcome>;
  /** Asks for the cancel of every open order of the account, or of those in one symbol, whoever has placed them. */
  cancelAll(access: BrokerAccess, symbol: string | null): Promise<CancelAllOutcome>;
}

/** Reading; may be repeated freely. */
export interface OrderRecords {
  byClientOrderId(access: BrokerAccess, clientOrderId: string): Promise<LookUp<BrokerOrder>>;
  byId(access: BrokerAccess, brokerOrderId: string): Promise<LookUp<BrokerOrder>>;
  /** All executions of one broker order, oldest first. */
  executionsOf(access: BrokerAccess, brokerOrderId: string): Promise<LookUp<readonly Execution[]>>;
  /** All executions of the account after a moment, of whichever orders, oldest first, all pages. */
  executionsAfter(access: BrokerAccess, moment: string): Promise<Listed<Execution>>;
  /** Every order submitted after a moment, finished ones too, oldest first, all pages. */
  submittedAfter(access: BrokerAccess, moment: string): Promise<Listed<BrokerOrder>>;
  /** Every unfinished order, however old, all pages. Exits of brackets stand for themselves. */
  unfinished(access: BrokerAccess): Promise<Listed<BrokerOrder>>;
}

export type BrokerUpdate =
  | {
      readonly kind: 'order';
      readonly order: BrokerOrder;
      readonly execution: Execution | null;
      /** What the broker has changed about an execution of the order. */
      readonly amendment: Amendment | null;
      /** A request of ours that the broker refused. */
      readonly refused: 'cancel' | 'replace' | null;
      readonly reason: string | null;
    }
  /** A message that the adapter could not understand, to the letter; the order that it names is to be read anew. */
  | {
      readonly kind: 'unreadable';
      readonly raw: string;
      readonly problem: string;
      readonly clientOrderId: string | null;
    };

export interface OrderUpdates {
  /**
   * Follows the account's order updates until `signal` aborts, reconnecting for ever. `onConnected` is called each time
   * the subscription stands: whatever happened before must be asked for. Updates are handed over one after another, those
   * that come meanwhile after it; `onCaughtUp` follows when they are all handed over and the subscription still stands.
   * `onTrouble` is called at once when it is lost. Ends with `unauthorized` when the token is not taken any more.
   */
  follow(
    access: BrokerAccess,
    listener: {
      onConnected(): Promise<void>;
      onCaughtUp(): void;
      onUpdate(update: BrokerUpdate): Promise<void>;
      onTrouble(reason: string): void;
    },
    signal: AbortSignal,
  ): Promise<'stopped' | 'unauthorized'>;
}

export interface BrokerAccountInfo {
  readonly brokerAccountId: string;
  readonly brokerAccountNumber: string;
  /** Whether the broker lets the account trade, and why not. */
  readonly mayTrade: boolean;
  readonly cash: string;
  readonly equity: string;
  /** What opening orders may cost, by the broker's own reckoning: its open orders are taken off. */
  readonly buyingPower: string;
  readonly shortingEnabled: boolean;
}

export interface BrokerPosition {
  readonly symbol: string;
  /** Negative for a short position. */
  readonly quantity: string;
  readonly averagePrice: string;
}

export interface BrokerAccounts {
  account(access: BrokerAccess): Promise<LookUp<BrokerAccountInfo>>;
  positions(access: BrokerAccess): Promise<LookUp<readonly BrokerPosition[]>>;
}

export type Broker = OrderEntry & OrderRecords & OrderUpdates & BrokerAccounts;

/** Getting the right to act for an account: OAuth 2, authorization code. */
export interface BrokerAuthorization {
  /** Where to send the browser. */
  authorizeUrl(request: { readonly state: string; readonly environment: 'paper' | 'live' }): string;
  /** Turns the code of the callback into a token, once. */
  exchange(
    code: string,
  ): Promise<
    | { readonly kind: 'granted'; readonly token: string }
    | { readonly kind: 'refused'; readonly reason: string }
    | Failure
  >;
}

/** The tokens of links, kept sealed. */
export interface BrokerTokens {
  keep(
    link: {
      readonly linkId: string;
      readonly userId: string;
      readonly accountId: string;
      readonly environment: 'paper' | 'live';
    },
    token: string,
  ): Promise<void>;
  /** Nothing can be sent with the link any more. */
  forget(linkId: string): Promise<void>;
  /** The tokens that are kept for an account, of former links too. */
  of(accountId: string): Promise<readonly BrokerAccess[]>;
  /** Every link of which a token is kept. */
  all(): Promise<readonly { readonly linkId: string; readonly accountId: string; readonly userId: string }[]>;
}

/** The links that may be used now: current, active, and with a token. */
export interface LinkedAccounts {
  /** Null when the account has no such link. */
  accessFor(accountId: string): Promise<BrokerAccess | null>;
  all(): Promise<readonly { readonly linkId: string; readonly accountId: string; readonly userId: string }[]>;
}
