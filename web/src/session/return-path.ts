/** The login page's address, with the way back to `from`. */
export const loginPath = (from: string): string => `/login?next=${encodeURIComponent(from)}`;

/** Where to go after login: a path of this app out of `?next=`, else the trade page. Never another site. */
export function returnPath(search: URLSearchParams): string {
  const next = search.get('next') ?? '';
  const sameOrigin = /^\/(?![/\\])/.test(next) && !/[\\\s]/.test(next);
  return sameOrigin && !next.startsWith('/login') ? next : '/trade';
}
