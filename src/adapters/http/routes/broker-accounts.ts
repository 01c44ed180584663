/** TradingView's REST API for brokers: the session, what the platform must know beforehand, and the accounts. */
import { z } from 'zod';
import {
  accessToken,
  accountPath,
  authorizeForm,
  brokerAccount,
  brokerConfig,
  instrument,
  localeQuery,
} from '../../../../contracts/broker-api.ts';
import type { OpenAccount } from '../../../domain/account/account.ts';
import type { BrokerCapabilities } from '../../../domain/order/capabilities.ts';
import { durationsOf, instrumentOf, orderFlagsOf } from '../capabilities.ts';
import type { FailedLogins } from '../failed-logins.ts';
import type { Limits } from '../limits.ts';
import type { HttpNeeds } from '../needs.ts';
import { SUMMARY_ROW } from '../portfolio.ts';
import { refuse } from '../refusal.ts';
import type { Route } from '../route.ts';
import { route } from '../route.ts';
import { tryLogin } from './auth.ts';
import { isOwn } from './own-account.ts';

type Needs = Pick<HttpNeeds, 'logIn' | 'sessions' | 'accountOf' | 'venue' | 'capabilities'> & {
  readonly failedLogins: FailedLogins;
  readonly limits: Pick<Limits, 'passwords'>;
  readonly endLive: (sessionId: string) => void;
};

export function brokerAccountRoutes(needs: Needs): readonly Route[] {
  const { capabilities } = needs;
  const surface = 'broker';
  return [
    route({
      method: 'POST',
      path: '/broker/v1/authorize',
      surface,
      auth: 'public',
      summary: 'Signs in with e-mail address and password; every call gives a new token',
      body: authorizeForm,
      success: { statuses: { 200: 'A bearer token and when it ends (Unix seconds)' }, body: accessToken },
      refusals: ['wrong_credentials', 'too_many_requests'],
      async handle({ body, ...call }) {
        const attempt = { email: body.login, password: body.password };
        const signedIn = await tryLogin(needs, attempt, call);
        if (signedIn.kind === 'refusal') return signedIn;
        const { accessToken: token, expiresAt } = signedIn.session;
        return {
          kind: 'ok',
          body: { access_token: token, expiration: Math.floor(Date.parse(expiresAt) / 1000) },
        };
      },
    }),
    route({
      method: 'POST',
      path: '/broker/v1/logout',
      surface,
      auth: 'session',
      summary: 'Ends the session',
      success: { statuses: { 200: 'Signed out' }, body: null },
      refusals: [],
      async handle({ principal }) {
        await needs.sessions.end(principal.sessionId);
        needs.endLive(principal.sessionId);
        return { kind: 'ok', body: null };
      },
    }),
    route({
      method: 'GET',
      path: '/broker/v1/config',
      surface,
      auth: 'session',
      summary: 'What the platform shows and how often it asks',
      query: localeQuery,
      success: { statuses: { 200: 'The configuration' }, body: brokerConfig },
      refusals: [],
      handle: () => Promise.resolve({ kind: 'ok', body: configOf(capabilities) }),
    }),
    route({
      method: 'GET',
      path: '/broker/v1/accounts',
      surface,
      auth: 'session',
      summary: 'The accounts of the user',
      query: localeQuery,
      success: { statuses: { 200: 'One account' }, body: z.array(brokerAccount) },
      refusals: ['not_found'],
      async handle({ principal }) {
        const account = await needs.accountOf(principal.userId);
        return account === null ? refuse('not_found') : { kind: 'ok', body: [toBrokerAccount(account, capabilities)] };
      },
    }),
    route({
      method: 'GET',
      path: '/broker/v1/accounts/{accountId}/instruments',
      surface,
      auth: 'session',
      summary: 'Everything that may be traded',
      params: accountPath,
      query: localeQuery,
      success: { statuses: { 200: 'The instruments' }, body: z.array(instrument) },
      refusals: ['not_found', 'unavailable'],
      async handle({ principal, params }) {
        if (!(await isOwn(needs, principal, params.accountId))) return refuse('not_found');
        const instruments = await needs.venue.instruments().catch(() => null);
        if (instruments === null) return refuse('unavailable');
        const tradable = [...instruments.values()].filter((each) => each.tradable);
        return { kind: 'ok', body: tradable.map((each) => instrumentOf(capabilities, each)) };
      },
    }),
  ];
}

/** TradingView: Config. The intervals (milliseconds) are within the protocol's largest ones. */
const configOf = (capabilities: BrokerCapabilities): z.output<typeof brokerConfig> => ({
  accountSummaryRow: SUMMARY_ROW,
  durations: durationsOf(capabilities),
  pullingInterval: { quotes: 1000, orders: 1000, positions: 1000, accountManager: 1500 },
});

/**
 * TradingView: Account.config, besides what the broker's table says of orders. Some flags count as true when they are
 * left out, so all are said.
 */
const FLAGS: Readonly<Record<string, boolean>> = {
  supportPositionBrackets: false,
  supportPositions: true,
  supportMultiposition: false,
  supportClosePosition: false,
  supportPartialClosePosition: false,
  supportReversePosition: false,
  supportNativeReversePosition: false,
  // The protocol means brackets by it; ours are orders of their own.
  supportTrailingStop: false,
  supportStopOrdersInBothDirections: false,
  supportStopLimitOrdersInBothDirections: false,
  supportPartialOrderExecution: true,
  supportModifyBrackets: false,
  supportCryptoExchangeOrderTicket: false,
  supportDigitalSignature: false,
  supportPlaceOrderPreview: false,
  supportModifyOrderPreview: false,
  showQuantityInsteadOfAmount: true,
  supportBalances: false,
  supportOrdersHistory: true,
  supportExecutions: true,
  supportLeverage: false,
  supportLeverageButton: false,
  supportDOM: false,
  supportLevel2Data: false,
  supportPLUpdate: true,
  supportDisplayBrokerNameInSymbolSearch: true,
  supportLogout: true,
  supportCustomAccountSummaryRow: true,
  supportPositionCustomFields: false,
  supportOrderCustomFields: false,
  supportOrderHistoryCustomFields: false,
  supportTrackLatency: false,
};

const toBrokerAccount = (
  { accountId, link }: OpenAccount,
  capabilities: BrokerCapabilities,
): z.output<typeof brokerAccount> => ({
  id: accountId,
  name: link === null ? 'Not linked to a broker' : `Alpaca ${link.brokerAccountNumber}`,
  type: link?.environment === 'live' ? 'live' : 'demo',
  currency: 'USD',
  currencySign: '$',
  config: { ...FLAGS, ...orderFlagsOf(capabilities) },
});
