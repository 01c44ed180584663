/** Who somebody is. E-mail addresses and password hashes live behind these ports and nowhere else. */
export interface User {
  readonly userId: string;
  readonly email: string;
  readonly passwordHash: string;
}

export interface Users {
  /** `taken`: somebody signed up with this address (compared without regard to case). */
  add(user: User): Promise<'added' | 'taken'>;
  byEmail(email: string): Promise<User | null>;
  byId(userId: string): Promise<User | null>;
}

/** Slow on purpose, and one at a time, so that a flood of logins can not starve the process. */
export interface Passwords {
  hash(password: string): Promise<string>;
  /** With `hash` null it takes as long as with one, and is false: nobody can tell whether an address is known. */
  matches(password: string, hash: string | null): Promise<boolean>;
}

/** So many are waiting that one more would only make all of them slower: come back later. */
export class TooBusy extends Error {
  override readonly name = 'TooBusy';
}

export interface StartedSession {
  readonly sessionId: string;
  /** Handed out once; only its digest is kept. */
  readonly refreshToken: string;
}

export interface Sessions {
  start(userId: string): Promise<StartedSession>;
  /**
   * Exchanges a refresh token for the next one. A token used again within ten seconds gets the same successor, since an
   * answer may have been lost; later it is taken for theft and ends the session.
   */
  refresh(refreshToken: string): Promise<(StartedSession & { readonly userId: string }) | null>;
  end(sessionId: string): Promise<void>;
  /** Whether the session stands: neither ended nor too old. */
  isLive(sessionId: string): Promise<boolean>;
}

/** Signed access tokens, good for minutes. */
export interface AccessTokens {
  issue(claims: { readonly userId: string; readonly sessionId: string }): {
    readonly token: string;
    readonly expiresAt: string;
  };
  /** Null for anything that this server did not sign for this use, or that has run out. */
  read(token: string): { readonly userId: string; readonly sessionId: string } | null;
}

/** Attempts at linking a broker account, each good once and for ten minutes. */
export interface LinkAttempts {
  begin(attempt: { readonly userId: string; readonly environment: 'paper' | 'live' }): Promise<{
    /** Goes to the broker and comes back. */
    readonly state: string;
    /** Stays with the browser that began. */
    readonly browserKey: string;
  }>;
  /** Takes the attempt off the list, whoever asks; null when there is none. */
  take(state: string): Promise<{
    readonly userId: string;
    readonly environment: 'paper' | 'live';
    /** Whether this is the key that stayed with the browser. */
    belongsTo(browserKey: string): boolean;
  } | null>;
}
