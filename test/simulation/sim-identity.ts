/** Who somebody is, in the simulation: kept by the world, so that it outlives every process. */
import type { BrokerAccess, BrokerAuthorization, BrokerTokens } from '../../src/application/ports/broker.ts';
import type {
  AccessTokens,
  LinkAttempts,
  Passwords,
  Sessions,
  User,
  Users,
} from '../../src/application/ports/identity.ts';
import type { ProcessLife } from './life.ts';
import type { Random } from './random.ts';

export interface SimIdentity {
  of(life: ProcessLife): {
    readonly users: Users;
    readonly passwords: Passwords;
    readonly sessions: Sessions;
    readonly tokens: AccessTokens;
    readonly attempts: LinkAttempts;
    readonly brokerTokens: BrokerTokens;
    readonly authorization: BrokerAuthorization;
  };
  /** The code with which a person comes back from the broker's page. */
  grant(brokerAccountId: string): string;
  /** The broker account that a token opens; null for one that is not taken any more. */
  brokerAccountOf(token: string): string | null;
  revoke(brokerAccountId: string): void;
}

export function createSimIdentity(random: Random): SimIdentity {
  const users = new Map<string, User>();
  const attempts = new Map<string, { readonly userId: string; readonly environment: 'paper' | 'live' }>();
  const kept = new Map<string, BrokerAccess>();
  const codes = new Map<string, string>();
  const granted = new Map<string, string>();

  return {
    grant(brokerAccountId) {
      const code = `code-${random.uuid()}`;
      codes.set(code, brokerAccountId);
      return code;
    },
    brokerAccountOf: (token) => granted.get(token) ?? null,
    revoke(brokerAccountId) {
      for (const [token, owner] of granted) if (owner === brokerAccountId) granted.delete(token);
    },
    of: (life) => {
      const seen = <T>(work: () => T): Promise<T> => life.ask(random.between(1, 3), work, random.between(1, 2));
      return {
        users: {
          add: (user) =>
            seen(() => {
              if ([...users.values()].some(({ email }) => email === user.email)) return 'taken';
              users.set(user.userId, user);
              return 'added';
            }),
          byEmail: (email) => seen(() => [...users.values()].find((user) => user.email === email) ?? null),
          byId: (userId) => seen(() => users.get(userId) ?? null),
        },
        passwords: {
          hash: (password) => Promise.resolve(`hash of ${password}`),
          matches: (password, hash) => Promise.resolve(hash === `hash of ${password}`),
        },
        sessions: {
          start: () => seen(() => ({ sessionId: random.uuid(), refreshToken: random.uuid() })),
          refresh: () => Promise.resolve(null),
          end: () => Promise.resolve(),
          isLive: () => Promise.resolve(true),
        },
        tokens: {
          issue: ({ userId }) => ({ token: userId, expiresAt: '2100-01-01T00:00:00.000Z' }),
          read: () => null,
        },
        attempts: {
          begin: (attempt) =>
            seen(() => {
              const state = random.uuid();
              attempts.set(state, attempt);
              return { state, browserKey: `key of ${state}` };
            }),
          take: (state) =>
            seen(() => {
              const attempt = attempts.get(state);
              attempts.delete(state);
              return attempt === undefined
                ? null
                : { ...attempt, belongsTo: (browserKey) => browserKey === `key of ${state}` };
            }),
        },
        brokerTokens: {
          keep: (link, token) => seen(() => void kept.set(link.linkId, { ...link, token })),
          forget: (linkId) => seen(() => void kept.delete(linkId)),
          of: (accountId) => life.read(1, () => [...kept.values()].filter((access) => access.accountId === accountId)),
          all: () => life.read(1, () => [...kept.values()]),
        },
        authorization: {
          authorizeUrl: ({ state }) => `https://broker.test/authorize?state=${state}`,
          exchange: (code) =>
            seen(() => {
              const brokerAccountId = codes.get(code);
              codes.delete(code);
              if (brokerAccountId === undefined) return { kind: 'refused', reason: 'unknown code' };
              const token = `token-${random.uuid()}`;
              granted.set(token, brokerAccountId);
              return { kind: 'granted', token };
            }),
        },
      };
    },
  };
}
