import { useState, type FormEvent } from 'react';
import type { Credentials, Session } from '../../../contracts/auth.ts';
import { ApiFailure, describeFailure } from '../api/failure.ts';
import { session } from '../session/session.ts';

type FieldErrors = Partial<Record<keyof Credentials, string>>;

const LOOKS_LIKE_EMAIL = /^\S+@\S+\.\S+$/;

function fieldErrorsOf(thrown: unknown): FieldErrors {
  if (!(thrown instanceof ApiFailure) || thrown.problem === null) return {};
  const { code, detail, errors = [] } = thrown.problem;
  if (code === 'email_taken') return { email: detail };
  if (code === 'weak_password') return { password: detail };
  const of = (field: string): string | undefined => errors.find((error) => error.field.endsWith(field))?.message;
  const email = of('email');
  const password = of('password');
  return { ...(email === undefined ? {} : { email }), ...(password === undefined ? {} : { password }) };
}

/** State of the sign-up and login forms; a success becomes this page's session. */
export function useCredentialsForm(send: (credentials: Credentials) => Promise<Session>, minPassword: number) {
  const [email, setEmail] = useState('');
  const [password, setPassword] = useState('');
  const [errors, setErrors] = useState<FieldErrors>({});
  const [failure, setFailure] = useState<string | null>(null);
  const [sending, setSending] = useState(false);

  function check(): FieldErrors {
    return {
      ...(LOOKS_LIKE_EMAIL.test(email.trim()) ? {} : { email: 'Enter your e-mail address' }),
      ...(password.length >= minPassword
        ? {}
        : { password: minPassword > 1 ? `Use at least ${minPassword} characters` : 'Enter your password' }),
    };
  }

  async function submit(event: FormEvent): Promise<void> {
    event.preventDefault();
    if (sending) return;
    const found = check();
    setErrors(found);
    setFailure(null);
    if (Object.keys(found).length > 0) return;
    setSending(true);
    try {
      session.signIn(await send({ email: email.trim(), password }));
    } catch (thrown) {
      const fields = fieldErrorsOf(thrown);
      setErrors(fields);
      if (Object.keys(fields).length === 0) setFailure(describeFailure(thrown));
    } finally {
      setSending(false);
    }
  }

  return { email, setEmail, password, setPassword, errors, failure, sending, submit };
}
