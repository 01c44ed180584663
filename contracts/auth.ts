import { z } from 'zod';
import { instantText, uuidText } from './text.ts';

/** Sign-up and login take the same two fields. Passwords: 12 to 128 characters, anything goes. */
export const credentials = z
  .object({
    email: z.email().max(254),
    password: z.string().min(1).max(128),
  })
  .meta({ id: 'Credentials' });
export type Credentials = z.infer<typeof credentials>;

export const signup = credentials.extend({ password: z.string().min(12).max(128) }).meta({ id: 'Signup' });

/**
 * A session: the access token goes into `Authorization: Bearer`, and lives for minutes; the refresh token travels only
 * in a cookie that scripts can not read, and `POST /api/v1/auth/refresh` turns it into the next session.
 */
export const session = z
  .object({
    accessToken: z.string(),
    expiresAt: instantText,
    user: z.object({ id: uuidText, email: z.string() }),
  })
  .meta({ id: 'Session' });
export type Session = z.infer<typeof session>;
