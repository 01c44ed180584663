/** The two cookies of the server. Neither can be read by scripts. */
import type { CookieOptions } from 'express';

export interface Cookie {
  readonly name: string;
  /** Null: forget it. */
  readonly value: string | null;
  readonly options: CookieOptions;
}

export const REFRESH_COOKIE = 'tradsy_refresh';
export const LINK_COOKIE = 'tradsy_link';

const DAY_MS = 24 * 60 * 60 * 1000;

/** The refresh token: sent to the session's own routes only, and never from another site. */
export const refreshCookie = (value: string | null): Cookie => ({
  name: REFRESH_COOKIE,
  value,
  options: { httpOnly: true, sameSite: 'strict', path: '/api/v1/auth', maxAge: 7 * DAY_MS },
});

/** Binds a link request to the browser that began it. Lax, since the broker's site sends the browser back to us. */
export const linkCookie = (value: string | null): Cookie => ({
  name: LINK_COOKIE,
  value,
  options: { httpOnly: true, sameSite: 'lax', path: '/api/v1/broker-links', maxAge: 10 * 60 * 1000 },
});

/** The value of a cookie in a `Cookie` header; null when it is absent or can not be decoded. */
export function readCookie(header: string | undefined, name: string): string | null {
  for (const part of (header ?? '').split(';')) {
    const [key = '', ...rest] = part.split('=');
    if (key.trim() !== name) continue;
    try {
      return decodeURIComponent(rest.join('=').trim());
    } catch {
      return null;
    }
  }
  return null;
}
