import type { Express, Request, Response } from 'express';
import { text } from '../decimal.ts';
import type { Faults } from '../control/faults.ts';
import type { Exchange } from '../exchange.ts';
import { equityOf } from '../orders/valuation.ts';
import { openAccount } from '../rest/auth.ts';
import type { Account } from '../state/types.ts';
import type { AuthorizeRequest, Grants } from './grants.ts';
import { approvePage, errorPage, pagePolicy } from './page.ts';

const MOST_CHOICES = 20;

function queryOf(req: Request): URLSearchParams {
  return new URL(req.originalUrl, 'http://sandbox').searchParams;
}

/** A form body; JSON is taken too. */
function formOf(req: Request): URLSearchParams {
  const raw = typeof req.body === 'string' ? req.body : '';
  if (!raw.trimStart().startsWith('{')) return new URLSearchParams(raw);
  try {
    const entries = Object.entries(JSON.parse(raw) as Record<string, unknown>);
    return new URLSearchParams(entries.map(([name, value]): [string, string] => [name, String(value)]));
  } catch {
    return new URLSearchParams();
  }
}

/** The fields of the request, in the address or, for programs, in the form. */
const fieldsOf = (req: Request): URLSearchParams => new URLSearchParams([...queryOf(req), ...formOf(req)]);

function showPage(res: Response, status: number, html: string, redirectUri: string | null): void {
  res.status(status);
  res.setHeader('Content-Security-Policy', pagePolicy(redirectUri));
  res.setHeader('Referrer-Policy', 'no-referrer');
  res.setHeader('X-Content-Type-Options', 'nosniff');
  res.setHeader('Cache-Control', 'no-store');
  res.type('html').send(html);
}

function sendBack(
  res: Response,
  request: { redirectUri: string; state: string | null },
  answer: Readonly<Record<string, string>>,
): void {
  const url = new URL(request.redirectUri);
  for (const [name, value] of Object.entries(answer)) url.searchParams.set(name, value);
  if (request.state !== null) url.searchParams.set('state', request.state);
  res.redirect(302, url.href);
}

type Read =
  | { readonly request: AuthorizeRequest }
  | { readonly refused: string }
  | { readonly back: { redirectUri: string; state: string | null }; readonly error: string };

/** Nothing goes back to an address that is not the client's own; every other mistake is told to the client. */
function readRequest(grants: Grants, query: URLSearchParams): Read {
  const client = grants.client(query.get('client_id') ?? '');
  if (!client) return { refused: 'The application is not known (client_id).' };
  const redirectUri = query.get('redirect_uri') ?? '';
  if (!grants.isAllowed(client, redirectUri))
    return { refused: 'The address to return to is not registered for this application (redirect_uri).' };
  const state = query.get('state');
  const back = { redirectUri, state };
  if (query.get('response_type') !== 'code') return { back, error: 'unsupported_response_type' };
  const scopes = (query.get('scope') ?? '').split(/\s+/).filter((each) => each !== '');
  if (scopes.some((each) => !['account:write', 'trading', 'data'].includes(each)))
    return { back, error: 'invalid_scope' };
  const env = query.get('env') || 'paper';
  if (env !== 'paper' && env !== 'live') return { back, error: 'invalid_request' };
  return { request: { client, redirectUri, state, scope: scopes.join(' '), env } };
}

/** The authorize page and the token endpoint. */
export function addOAuth(app: Express, exchange: Exchange, grants: Grants, faults: Faults): void {
  const { store } = exchange;

  const read = (req: Request, res: Response): AuthorizeRequest | null => {
    const found = readRequest(grants, fieldsOf(req));
    if ('request' in found) return found.request;
    if ('refused' in found) showPage(res, 400, errorPage(found.refused), null);
    else sendBack(res, found.back, { error: found.error });
    return null;
  };

  app.get('/oauth/authorize', (req, res) => {
    const request = read(req, res);
    if (!request) return;
    const newest = [...store.accounts.values()].slice(-MOST_CHOICES).reverse();
    const choices = newest.map((each) => ({
      id: each.id,
      number: each.number,
      equity: text(equityOf(exchange, each), 2),
    }));
    showPage(
      res,
      200,
      approvePage(request, `/oauth/authorize?${queryOf(req).toString()}`, choices),
      request.redirectUri,
    );
  });

  app.post('/oauth/authorize', (req, res) => {
    const request = read(req, res);
    if (!request) return;
    const fields = fieldsOf(req);
    const [decision, wanted] = [fields.get('decision'), fields.get('account')];
    if (decision === 'deny') return sendBack(res, request, { error: 'access_denied' });
    if (decision !== 'approve') return showPage(res, 400, errorPage('The decision must be approve or deny.'), null);
    const account = accountFor(wanted);
    if (!account) return showPage(res, 400, errorPage('There is no such account.'), null);
    exchange.commit();
    sendBack(res, request, { code: grants.issueCode(request, account) });
  });

  function accountFor(wanted: string | null): Account | null {
    if (!wanted || wanted === 'new') return openAccount(exchange);
    return store.accounts.get(wanted) ?? [...store.accounts.values()].find((each) => each.number === wanted) ?? null;
  }

  app.post('/oauth/token', (req, res) => {
    res.setHeader('Cache-Control', 'no-store');
    const body = typeof req.body === 'string' ? req.body : '';
    const early = faults.http(['http_500_before', '503', 'drop_before'], {
      method: 'POST',
      path: '/oauth/token',
      body,
      accountId: null,
    });
    if (early?.kind === 'drop_before') return req.socket.resetAndDestroy();
    if (early)
      return res
        .status(early.kind === '503' ? 503 : 500)
        .json({ code: 50010000, message: 'internal server error occurred' });
    const form = formOf(req);
    const client = grants.client(form.get('client_id') ?? '');
    if (!client || client.clientSecret !== form.get('client_secret'))
      return res.status(401).json({ code: 40110000, message: 'invalid_client' });
    if (form.get('grant_type') !== 'authorization_code')
      return res.status(400).json({ code: 40010000, message: 'unsupported_grant_type' });
    const granted = grants.redeem(form.get('code') ?? '', client.clientId, form.get('redirect_uri') ?? '');
    if (!granted) return res.status(400).json({ code: 40010000, message: 'invalid_grant' });
    return res.json({ access_token: granted.token, token_type: 'bearer', scope: granted.scope });
  });
}
