/** Signing up, in and out, on the Tradsy API. */
import { credentials, session, signup } from '../../../../contracts/auth.ts';
import type { Session } from '../../../../contracts/auth.ts';
import type { SignedIn } from '../../../application/account/sign-up.ts';
import type { Cookie } from '../cookies.ts';
import { REFRESH_COOKIE, refreshCookie } from '../cookies.ts';
import type { FailedLogins } from '../failed-logins.ts';
import type { Limits } from '../limits.ts';
import type { HttpNeeds } from '../needs.ts';
import type { Refusal } from '../refusal.ts';
import { refuse } from '../refusal.ts';
import type { Request, Route } from '../route.ts';
import { route } from '../route.ts';

type Needs = Pick<HttpNeeds, 'signUp' | 'logIn' | 'refreshSession' | 'sessions' | 'settings'> & {
  readonly failedLogins: FailedLogins;
  readonly limits: Pick<Limits, 'passwords'>;
  readonly endLive: (sessionId: string) => void;
};

export function authRoutes(needs: Needs): readonly Route[] {
  const surface = 'api';
  return [
    route({
      method: 'POST',
      path: '/api/v1/auth/signup',
      surface,
      auth: 'public',
      summary: 'Signs up, and begins a session',
      body: signup,
      success: { statuses: { 201: 'Signed up; the refresh token is in a cookie' }, body: session },
      refusals: ['email_taken', 'weak_password', 'too_many_requests'],
      async handle({ body, client, correlationId }) {
        const tooMany = needs.limits.passwords(client);
        if (tooMany !== null) return tooMany;
        const signedUp = await needs.signUp(body, correlationId);
        return signedUp.kind === 'done' ? begun(signedUp.session) : refuse(signedUp.kind);
      },
    }),
    route({
      method: 'POST',
      path: '/api/v1/auth/login',
      surface,
      auth: 'public',
      summary: 'Begins a session',
      body: credentials,
      success: { statuses: { 200: 'Signed in; the refresh token is in a cookie' }, body: session },
      refusals: ['wrong_credentials', 'too_many_requests'],
      async handle({ body, ...call }) {
        const signedIn = await tryLogin(needs, body, call);
        return signedIn.kind === 'refusal' ? signedIn : begun(signedIn.session);
      },
    }),
    route({
      method: 'POST',
      path: '/api/v1/auth/refresh',
      surface,
      auth: 'public',
      summary: 'Exchanges the refresh cookie for the next session; needs the header X-Requested-With: tradsy',
      success: { statuses: { 200: 'The session goes on, with a new token and cookie' }, body: session },
      refusals: ['session_ended', 'unauthenticated'],
      async handle(request) {
        const refusal = fromElsewhere(request, needs.settings.publicUrl);
        if (refusal !== null) return refusal;
        const token = request.cookie(REFRESH_COOKIE);
        const signedIn = token === null ? null : await needs.refreshSession(token);
        return signedIn === null ? refuse('session_ended') : begun(signedIn);
      },
    }),
    route({
      method: 'POST',
      path: '/api/v1/auth/logout',
      surface,
      auth: 'session',
      summary: 'Ends the session',
      success: { statuses: { 204: 'Signed out' }, body: null },
      refusals: [],
      async handle({ principal }) {
        await needs.sessions.end(principal.sessionId);
        needs.endLive(principal.sessionId);
        return { kind: 'ok', body: null, cookies: [refreshCookie(null)] };
      },
    }),
  ];
}

function begun(signedIn: SignedIn): { kind: 'ok'; body: Session; cookies: readonly Cookie[] } {
  const { accessToken, expiresAt, user, refreshToken } = signedIn;
  return { kind: 'ok', body: { accessToken, expiresAt, user }, cookies: [refreshCookie(refreshToken)] };
}

/** Tries a login within the limits on tries and on failed ones. */
export async function tryLogin(
  { logIn, failedLogins, limits }: Pick<Needs, 'logIn' | 'failedLogins' | 'limits'>,
  attempt: Parameters<HttpNeeds['logIn']>[0],
  { client, correlationId }: Pick<Request, 'client' | 'correlationId'>,
): Promise<{ readonly kind: 'signed-in'; readonly session: SignedIn } | Refusal> {
  const tooMany = limits.passwords(client);
  if (tooMany !== null) return tooMany;
  const allowed = failedLogins.begin(client, attempt.email);
  if (allowed.kind === 'refused') {
    return refuse('too_many_requests', {
      detail: 'Too many failed logins for this e-mail address; wait a while and try again.',
      retryAfterSeconds: allowed.retryAfterSeconds,
    });
  }
  const session = await logIn(attempt, correlationId);
  if (session === null) return refuse('wrong_credentials');
  allowed.succeeded();
  return { kind: 'signed-in', session };
}

/**
 * A cookie comes along whoever's page made the request: a header that only our own pages can add, and the page's origin
 * where the browser tells it, show whose it was.
 */
function fromElsewhere({ header }: Pick<Request, 'header'>, publicUrl: string | null): Refusal | null {
  if (header('x-requested-with') !== 'tradsy') {
    const errors = [{ field: 'X-Requested-With', message: 'must be tradsy' }];
    return refuse('invalid_request', { detail: 'The header X-Requested-With must be tradsy.', errors });
  }
  const origin = header('origin');
  if (origin === null) return null;
  const host = hostOf(origin);
  const own = [header('host'), publicUrl === null ? null : hostOf(publicUrl)];
  return host !== null && own.includes(host) ? null : refuse('unauthenticated');
}

const hostOf = (origin: string): string | null => (URL.canParse(origin) ? new URL(origin).host : null);
