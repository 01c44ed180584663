import { createHash } from 'node:crypto';
import { parseUrl } from '../url.ts';
import type { AuthorizeRequest } from './grants.ts';

const STYLE = `
:root { color-scheme: light dark; --back: #f4f5f7; --card: #fff; --ink: #16202b; --soft: #5b6875; --line: #d5dbe1; --go: #14663d; --mark: #8a5a00; }
@media (prefers-color-scheme: dark) {
  :root { --back: #0f151b; --card: #18212a; --ink: #e8edf2; --soft: #9fadba; --line: #33414e; --go: #1f7a4b; --mark: #f0b849; }
}
* { box-sizing: border-box; }
body { margin: 0; min-height: 100vh; display: grid; place-items: center; padding: 1rem; background: var(--back); color: var(--ink); font: 16px/1.5 system-ui, sans-serif; }
main { width: 100%; max-width: 30rem; padding: 1.75rem; background: var(--card); border: 1px solid var(--line); border-radius: 12px; }
.mark { display: inline-block; margin: 0 0 .75rem; padding: .1rem .6rem; border: 1px solid var(--mark); border-radius: 99px; color: var(--mark); font-size: .8rem; font-weight: 600; }
h1 { margin: 0 0 .5rem; font-size: 1.35rem; line-height: 1.3; overflow-wrap: anywhere; }
p, li { color: var(--soft); }
ul { padding-left: 1.2rem; }
fieldset { margin: 1.25rem 0; padding: .75rem 1rem; border: 1px solid var(--line); border-radius: 8px; }
legend { padding: 0 .4rem; font-weight: 600; }
fieldset { max-height: 15rem; overflow-y: auto; }
label { display: flex; gap: .6rem; align-items: baseline; padding: .4rem 0; cursor: pointer; overflow-wrap: anywhere; }
.choice { display: flex; gap: .75rem; }
button { flex: 1; min-height: 2.9rem; border: 1px solid var(--line); border-radius: 8px; background: transparent; color: var(--ink); font: inherit; font-weight: 600; cursor: pointer; }
button.go { background: var(--go); border-color: var(--go); color: #fff; }
button:focus-visible, input:focus-visible { outline: 3px solid var(--mark); outline-offset: 2px; }
`;

const SCOPES: Readonly<Record<string, string>> = {
  'account:write': 'Change account settings',
  trading: 'Place, replace and cancel orders',
  data: 'Read market data',
};

function escape(text: string): string {
  return text.replace(/[&<>"']/g, (each) => `&#${each.charCodeAt(0)};`);
}

function document(title: string, body: string): string {
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${escape(title)}</title><style>${STYLE}</style></head><body><main><span class="mark">Sandbox</span>${body}</main></body></html>`;
}

/**
 * The policy of the pages: no scripts, no external resources; the form may lead to the redirect address. Browsers hold
 * `form-action` against every redirect that follows, so for a loopback address all loopback ports are named.
 */
export function pagePolicy(redirectUri: string | null): string {
  const url = redirectUri === null ? null : parseUrl(redirectUri);
  const isLoopback = url !== null && ['127.0.0.1', 'localhost', '[::1]'].includes(url.hostname);
  const targets = url === null ? '' : ` ${url.origin}${isLoopback ? ' http://127.0.0.1:* http://localhost:*' : ''}`;
  const style = createHash('sha256').update(STYLE).digest('base64');
  return `default-src 'none'; style-src 'sha256-${style}'; form-action 'self'${targets}; frame-ancestors 'none'; base-uri 'none'`;
}

const dollars = (amount: string): string =>
  Number(amount).toLocaleString('en-US', { style: 'currency', currency: 'USD' });

export type AccountChoice = { readonly id: string; readonly number: string; readonly equity: string };

/** The page on which a person approves or denies. `action` repeats the query of the request. */
export function approvePage(request: AuthorizeRequest, action: string, accounts: readonly AccountChoice[]): string {
  const asked = request.scope.split(' ').flatMap((scope) => SCOPES[scope] ?? []);
  const rights = ['Read the account, its orders and positions', ...asked]
    .map((each) => `<li>${escape(each)}</li>`)
    .join('');
  const existing = accounts
    .map(
      (each) =>
        `<label><input type="radio" name="account" value="${escape(each.id)}"> <span>${escape(each.number)} (${escape(dollars(each.equity))})</span></label>`,
    )
    .join('');
  return document(
    'Authorize access',
    `<h1>Allow ${escape(request.client.clientId)} to use a paper account?</h1>
<p>This is a simulated broker. No real money and no real orders are involved.</p>
<ul>${rights}</ul>
<form method="post" action="${escape(action)}">
<fieldset><legend>Account</legend>
<label><input type="radio" name="account" value="new" checked> <span>Open a new paper account ($100,000.00)</span></label>
${existing}</fieldset>
<div class="choice"><button type="submit" name="decision" value="deny">Deny</button><button class="go" type="submit" name="decision" value="approve">Approve</button></div>
</form>`,
  );
}

/** The page shown when a request can not be sent back to its application. */
export function errorPage(message: string): string {
  return document('Request refused', `<h1>This request can not be authorized</h1><p>${escape(message)}</p>`);
}
