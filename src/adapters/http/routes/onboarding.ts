/** What stands between a user and the first order: the texts, and the link to a broker account. */
import { z } from 'zod';
import { acceptDocuments, environment, linkStarted, onboarding, startLink } from '../../../../contracts/onboarding.ts';
import type { BrokerLink, Onboarding } from '../../../../contracts/onboarding.ts';
import type { OpenAccount } from '../../../domain/account/account.ts';
import { missingForTrading } from '../../../domain/account/account.ts';
import { DOCUMENTS } from '../../../domain/account/documents.ts';
import type { DocumentName } from '../../../domain/account/events.ts';
import { tradesIncluded } from '../../../domain/subscription/plans.ts';
import { LINK_COOKIE, linkCookie } from '../cookies.ts';
import type { HttpNeeds } from '../needs.ts';
import { refuse } from '../refusal.ts';
import type { Route } from '../route.ts';
import { route } from '../route.ts';
import { causeOf } from './cause.ts';

type Needs = Pick<
  HttpNeeds,
  'environment' | 'acceptDocuments' | 'beginLink' | 'completeLink' | 'unlink' | 'accountOf' | 'users' | 'read'
>;

const LINK = '/api/v1/broker-links/alpaca';
/** OAuth 2 (RFC 6749, 4.1.2): what the broker's site adds to the callback's address. */
const callbackQuery = z.object({
  state: z.string().max(512).optional(),
  code: z.string().max(2048).optional(),
  error: z.string().max(512).optional(),
});

export function onboardingRoutes(needs: Needs): readonly Route[] {
  const surface = 'api';
  const answerFor = async (userId: string) => {
    const found = await onboardingOf(needs, userId);
    return found === null ? refuse('not_found') : ({ kind: 'ok', body: found } as const);
  };
  return [
    route({
      method: 'GET',
      path: '/api/v1/environment',
      surface,
      auth: 'public',
      summary: 'What this installation stands on: broker and market data',
      success: { statuses: { 200: 'The environment' }, body: environment },
      refusals: [],
      handle: () => Promise.resolve({ kind: 'ok', body: needs.environment }),
    }),
    route({
      method: 'GET',
      path: '/api/v1/onboarding',
      surface,
      auth: 'session',
      summary: 'What has to be done before trading, and what is done',
      success: { statuses: { 200: 'The onboarding' }, body: onboarding },
      refusals: ['not_found'],
      handle: ({ principal }) => answerFor(principal.userId),
    }),
    route({
      method: 'POST',
      path: '/api/v1/onboarding',
      surface,
      auth: 'session',
      summary: 'Accepts the disclaimer and the terms of use, in the versions that were shown',
      body: acceptDocuments,
      success: { statuses: { 200: 'Accepted' }, body: onboarding },
      refusals: ['not_found', 'wrong_document_version'],
      async handle(call) {
        const { principal, body } = call;
        const versions = { disclaimer: body.disclaimerVersion, terms: body.termsVersion };
        const accepted = await needs.acceptDocuments(principal.userId, versions, causeOf(call));
        return accepted.kind === 'done' ? answerFor(principal.userId) : refuse(accepted.code);
      },
    }),
    route({
      method: 'POST',
      path: LINK,
      surface,
      auth: 'session',
      summary: 'Begins to link a broker account; a cookie binds the link to this browser',
      body: startLink,
      success: { statuses: { 200: 'Where to send the browser' }, body: linkStarted },
      refusals: [],
      async handle({ principal, body }) {
        const { authorizeUrl, browserKey } = await needs.beginLink(principal.userId, body.environment);
        return { kind: 'ok', body: { authorizeUrl }, cookies: [linkCookie(browserKey)] };
      },
    }),
    route({
      method: 'GET',
      path: `${LINK}/callback`,
      surface,
      auth: 'optional',
      summary: 'Where the broker sends the browser back to; a program with a session gets the onboarding instead',
      query: callbackQuery,
      success: {
        statuses: { 200: 'Linked (with a session)', 303: 'To /trade?linked=1, or to /link?problem=code' },
        body: onboarding,
      },
      refusals: [
        'not_found',
        'oauth_state_unknown',
        'oauth_denied',
        'oauth_exchange_failed',
        'broker_unavailable',
        'broker_account_taken',
        'broker_account_differs',
      ],
      async handle({ query, principal, cookie, correlationId }) {
        const completed = await needs.completeLink({
          state: query.state ?? '',
          code: query.error === undefined ? (query.code ?? null) : null,
          browserKey: cookie(LINK_COOKIE),
          sessionUserId: principal?.userId ?? null,
          correlationId,
        });
        if (principal !== null) {
          return completed.kind === 'linked' ? answerFor(principal.userId) : refuse(completed.code);
        }
        const location = completed.kind === 'linked' ? '/trade?linked=1' : `/link?problem=${completed.code}`;
        return { kind: 'redirect', location, cookies: [linkCookie(null)] };
      },
    }),
    route({
      method: 'DELETE',
      path: LINK,
      surface,
      auth: 'session',
      summary: 'Lets the linked broker account go',
      success: { statuses: { 204: 'Unlinked' }, body: null },
      refusals: ['broker_link_missing'],
      async handle(call) {
        const unlinked = await needs.unlink(call.principal.userId, causeOf(call));
        return unlinked.kind === 'done' ? { kind: 'ok', body: null } : refuse(unlinked.code);
      },
    }),
  ];
}

/** Null for a user without an account. The account is read from the event store, so that every step shows at once. */
async function onboardingOf({ accountOf, users, read }: Needs, userId: string): Promise<Onboarding | null> {
  const [account, user, figures] = await Promise.all([
    accountOf(userId),
    users.byId(userId),
    read.onboardingFigures(userId),
  ]);
  if (account === null || user === null) return null;
  const missing = missingForTrading(account);
  const included = tradesIncluded.free;
  const used = figures?.tradesUsed ?? 0;
  return {
    user: { id: userId, email: user.email },
    accountId: account.accountId,
    disclaimer: documentOf(account, 'disclaimer'),
    terms: documentOf(account, 'terms'),
    brokerLink: linkOf(account),
    plan: {
      name: 'free',
      tradesIncluded: included,
      tradesUsed: used,
      tradesLeft: included === null ? null : Math.max(0, included - used),
    },
    mayTrade: missing.length === 0,
    missing: [...missing],
  };
}

function documentOf({ accepted }: OpenAccount, name: DocumentName): Onboarding['disclaimer'] {
  const { version, title, paragraphs } = DOCUMENTS[name];
  const acceptance = accepted[name];
  const acceptedAt = acceptance?.version === version ? acceptance.at : null;
  return { version, title, paragraphs: [...paragraphs], acceptedAt };
}

function linkOf({ link }: OpenAccount): BrokerLink | null {
  if (link === null) return null;
  const { broker, environment: kind, brokerAccountNumber, linkedAt, status } = link;
  return { broker, environment: kind, brokerAccount: brokerAccountNumber, linkedAt, status };
}
