/** Writing answers, each in its surface's own shape. */
import type { Response } from 'express';
import type { Cookie } from './cookies.ts';
import type { Refusal } from './refusal.ts';
import { SESSION_REFUSALS, statusOf, toEnvelope, toProblem } from './refusal.ts';
import type { Answer, Route, Surface } from './route.ts';

export function writeRefusal(res: Response, surface: Surface, refusal: Refusal): void {
  if (refusal.retryAfterSeconds !== undefined) res.set('Retry-After', String(refusal.retryAfterSeconds));
  if (refusal.allow !== undefined) res.set('Allow', refusal.allow.join(', '));
  const ofSession = SESSION_REFUSALS.includes(refusal.code);
  if (ofSession) res.set('WWW-Authenticate', 'Bearer');
  if (surface === 'broker') writeJson(res, ofSession ? 401 : 200, toEnvelope(refusal));
  else writeJson(res, statusOf(refusal.code), toProblem(refusal), 'application/problem+json');
}

/** `secure` marks the cookies for https only. */
export function writeAnswer(
  res: Response,
  { surface, success }: Route,
  answer: Answer<unknown>,
  secure: boolean,
): void {
  switch (answer.kind) {
    case 'refusal':
      return writeRefusal(res, surface, answer);
    case 'stream':
      return answer.open(res);
    case 'redirect':
      setCookies(res, answer.cookies, secure);
      res.status(303).set('Location', answer.location).end();
      return;
    case 'ok': {
      setCookies(res, answer.cookies, secure);
      const status = answer.status ?? Number(Object.keys(success.statuses)[0]);
      if (surface === 'broker')
        writeJson(res, status, answer.body === null ? { s: 'ok' } : { s: 'ok', d: answer.body });
      else if (answer.body === null) res.status(status).end();
      else writeJson(res, status, answer.body);
    }
  }
}

function setCookies(res: Response, cookies: readonly Cookie[] = [], secure: boolean): void {
  for (const { name, value, options } of cookies) {
    if (value === null) res.clearCookie(name, { ...options, secure });
    else res.cookie(name, value, { ...options, secure });
  }
}

function writeJson(res: Response, status: number, body: unknown, type = 'application/json'): void {
  const text = JSON.stringify(body);
  res
    .status(status)
    .set({ 'Content-Type': type, 'Content-Length': String(Buffer.byteLength(text)) })
    .end(text);
}
