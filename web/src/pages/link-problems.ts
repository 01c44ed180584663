const WORDS: Record<string, string> = {
  oauth_denied: 'You declined at Alpaca. Nothing was linked; you can start again whenever you like.',
  oauth_state_unknown:
    'This link request is too old, was used already, or began in another browser. Start it again from here.',
  oauth_exchange_failed: 'Alpaca did not confirm the link. Nothing was linked; try again in a moment.',
  broker_account_taken:
    'This Alpaca account is linked to another Tradsy user already. One brokerage account belongs to one trader.',
  broker_account_differs:
    'You had linked another Alpaca account. Log in at Alpaca with that account, or unlink it first.',
  broker_unavailable: 'Alpaca can not be reached at the moment. Nothing was linked; try again in a few minutes.',
  unauthenticated: 'You were logged out while you were at Alpaca. Start the link again.',
};

/** What a `?problem=` code of the link callback means, for people. */
export const linkProblem = (code: string): string =>
  WORDS[code] ?? 'The link could not be made. Nothing was linked; try again.';
