/** Linking a broker account by OAuth, and letting it go. The token is sealed; events hold only which account it is. */
import { ACCOUNT_EVENT_VERSIONS, accountStream } from '../../domain/account/events.ts';
import type { BrokerAccountClaimed } from '../../domain/account/events.ts';
import { riskStream } from '../../domain/risk-policy/events.ts';
import type { Aggregates } from '../aggregates.ts';
import type { Cause } from '../handle.ts';
import type {
  BrokerAccess,
  BrokerAccounts,
  BrokerAuthorization,
  BrokerTokens,
  LinkedAccounts,
} from '../ports/broker.ts';
import type { Clock, Ids } from '../ports/clock-and-ids.ts';
import { eventId } from '../ports/event-id.ts';
import { unlessUnreadable } from '../ports/event-store.ts';
import type { EventStore, Position } from '../ports/event-store.ts';
import type { LinkAttempts } from '../ports/identity.ts';
import type { Log } from '../ports/log.ts';
import type { Venue } from '../ports/market-data.ts';
import { readPositions } from '../risk-policy/read-positions.ts';

export interface LinkBrokerNeeds {
  readonly aggregates: Aggregates;
  readonly store: EventStore;
  readonly authorization: BrokerAuthorization;
  readonly broker: BrokerAccounts;
  readonly venue: Venue;
  readonly attempts: LinkAttempts;
  readonly brokerTokens: BrokerTokens;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
}

export type BeginLink = (
  userId: string,
  environment: 'paper' | 'live',
) => Promise<{ readonly authorizeUrl: string; readonly browserKey: string }>;

export function createBeginLink({ attempts, authorization }: LinkBrokerNeeds): BeginLink {
  return async (userId, environment) => {
    const { state, browserKey } = await attempts.begin({ userId, environment });
    return { authorizeUrl: authorization.authorizeUrl({ state, environment }), browserKey };
  };
}

export interface LinkCallback {
  readonly state: string;
  readonly code: string | null;
  /** The key that stayed with the browser, or null; and the user whose session the callback carries, or null. */
  readonly browserKey: string | null;
  readonly sessionUserId: string | null;
  readonly correlationId: string;
}

export type LinkRefusal =
  | 'oauth_state_unknown'
  | 'oauth_denied'
  | 'oauth_exchange_failed'
  | 'broker_unavailable'
  | 'broker_account_taken'
  | 'broker_account_differs';

export type CompleteLink = (
  callback: LinkCallback,
) => Promise<
  | { readonly kind: 'linked'; readonly userId: string; readonly position: Position | null }
  | { readonly kind: 'refused'; readonly code: LinkRefusal }
>;

export function createCompleteLink(needs: LinkBrokerNeeds): CompleteLink {
  const { aggregates, authorization, broker, attempts, brokerTokens, clock, ids } = needs;
  const refused = (code: LinkRefusal) => ({ kind: 'refused', code }) as const;

  return async ({ state, code, browserKey, sessionUserId, correlationId }) => {
    const attempt = await attempts.take(state);
    if (attempt === null) return refused('oauth_state_unknown');
    // Only who began may finish, or somebody could have their broker account linked to another's user, or the reverse.
    const sameBrowser = browserKey !== null && attempt.belongsTo(browserKey);
    if (!sameBrowser && sessionUserId !== attempt.userId) return refused('oauth_state_unknown');
    if (code === null) return refused('oauth_denied');

    const { userId, environment } = attempt;
    const owner = await aggregates.accounts.load(accountStream(userId));
    if (owner.status === 'none') return refused('oauth_state_unknown');
    const granted = await authorization.exchange(code);
    if (granted.kind !== 'granted') return refused('oauth_exchange_failed');

    const { accountId } = owner;
    const linkId = ids.random();
    const access: BrokerAccess = { linkId, userId, accountId, environment, token: granted.token };
    const [info, held] = await Promise.all([broker.account(access), readPositions(needs, access)]);
    if (info.kind !== 'found' || held === null) return refused('broker_unavailable');

    const { brokerAccountId, brokerAccountNumber } = info.value;
    if (owner.brokerAccountId !== null && owner.brokerAccountId !== brokerAccountId)
      return refused('broker_account_differs');
    const cause: Cause = { correlationId, causationId: null, actor: { kind: 'user', id: userId } };
    if (!(await claim(needs, brokerAccountId, userId, cause))) return refused('broker_account_taken');
    const at = clock.now();
    const link = {
      type: 'LinkBroker',
      linkId,
      broker: 'alpaca',
      environment,
      brokerAccountId,
      brokerAccountNumber,
      linkedAt: at,
    } as const;
    const opening = { type: 'RecordOpeningPositions', ...held } as const;
    // In this order a process that dies in between leaves a token that no link uses, never a link without its token.
    await aggregates.risk.handle(riskStream(accountId), opening, cause);
    await brokerTokens.keep({ linkId, userId, accountId, environment }, granted.token);
    const accepted = await aggregates.accounts.handle(accountStream(userId), link, cause);
    if (accepted.kind === 'refused') {
      await brokerTokens.forget(linkId);
      return refused('broker_account_differs');
    }
    for (const former of await brokerTokens.of(accountId))
      if (former.linkId !== linkId) await brokerTokens.forget(former.linkId);
    return { kind: 'linked', userId, position: accepted.position };
  };
}

/** A broker account belongs to the first user who links it, for good: its orders must be told to one account only. */
async function claim(
  { store, ids, clock }: LinkBrokerNeeds,
  brokerAccountId: string,
  userId: string,
  cause: Cause,
): Promise<boolean> {
  const stream = `broker-account-alpaca-${brokerAccountId}`;
  const claimed: BrokerAccountClaimed = { type: 'BrokerAccountClaimed', data: { userId, claimedAt: clock.now() } };
  const metadata = { ...cause, schemaVersion: ACCOUNT_EVENT_VERSIONS[claimed.type] };
  const taken = await store.append(stream, 'no-stream', [{ ...claimed, id: eventId(stream, ids.random()), metadata }]);
  if (taken.kind === 'appended') return true;
  const [first] = await store.readStream(stream, { limit: 1 });
  return (first?.data as BrokerAccountClaimed['data'] | undefined)?.userId === userId;
}

export type Unlink = (
  userId: string,
  cause: Cause,
) => Promise<
  | { readonly kind: 'done'; readonly position: Position | null }
  | { readonly kind: 'refused'; readonly code: 'broker_link_missing' }
>;

/** The token goes first: whatever happens afterwards, nothing can be sent with it any more. */
export function createUnlink({ aggregates, brokerTokens, clock }: LinkBrokerNeeds): Unlink {
  return async (userId, cause) => {
    const owner = await aggregates.accounts.load(accountStream(userId));
    if (owner.status === 'none') return { kind: 'refused', code: 'broker_link_missing' };
    for (const { linkId } of await brokerTokens.of(owner.accountId)) await brokerTokens.forget(linkId);
    const unlinked = await aggregates.accounts.handle(
      accountStream(userId),
      { type: 'UnlinkBroker', at: clock.now() },
      cause,
    );
    if (unlinked.kind === 'refused') return { kind: 'refused', code: 'broker_link_missing' };
    return { kind: 'done', position: unlinked.position };
  };
}

export type ReportRevoked = (access: BrokerAccess, reason: string, cause: Cause) => Promise<void>;

/** The broker takes a link's token no more: the link is marked, and the trader must link again. */
export function createReportRevoked({ aggregates, brokerTokens, clock, log }: LinkBrokerNeeds): ReportRevoked {
  return async ({ userId, accountId, linkId }, reason, cause) => {
    log.alarm('a broker link was revoked', { accountId, reason });
    const command = { type: 'RecordLinkRevoked', linkId, reason, at: clock.now() } as const;
    await aggregates.accounts.handle(accountStream(userId), command, cause);
    await brokerTokens.forget(linkId);
  };
}

/** The accounts whose current link is active, by what the accounts themselves say; a token of another link is not used. */
export function createLinkedAccounts({
  aggregates,
  brokerTokens,
}: Pick<LinkBrokerNeeds, 'aggregates' | 'brokerTokens'>): LinkedAccounts {
  type Link = { readonly userId: string; readonly linkId: string };
  const isCurrent = async (link: Link, how: 'load' | 'glance'): Promise<boolean> => {
    const owner = await aggregates.accounts[how](accountStream(link.userId));
    return owner.status === 'open' && owner.link?.linkId === link.linkId && owner.link.status === 'active';
  };
  return {
    async accessFor(accountId) {
      for (const access of await brokerTokens.of(accountId)) if (await isCurrent(access, 'load')) return access;
      return null;
    },
    async all() {
      const links = await brokerTokens.all();
      // Asked for all the time. A link that ends loses its token, so what was current is so while its token is there.
      const current = await Promise.all(
        links.map((link) =>
          unlessUnreadable(isCurrent(link, 'glance').then((current) => current || isCurrent(link, 'load'))),
        ),
      );
      return links.filter((_link, index) => current[index]);
    },
  };
}
