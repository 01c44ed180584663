import { Link, Navigate, useSearchParams } from 'react-router';
import { logIn } from '../api/tradsy-api.ts';
import { Unreachable } from '../session/require-session.tsx';
import { returnPath } from '../session/return-path.ts';
import { useSession } from '../session/session.ts';
import { FullPage } from '../shell/full-page.tsx';
import { Callout } from '../ui/callout.tsx';
import { Field } from '../ui/field.tsx';
import { AuthFrame } from './auth-frame.tsx';
import { PasswordField } from './password-field.tsx';
import { useCredentialsForm } from './use-credentials-form.ts';

export function LoginPage() {
  const state = useSession();
  const [search] = useSearchParams();
  const form = useCredentialsForm(logIn, 1);

  if (state.status === 'restoring') return <FullPage busy="Opening your session" />;
  if (state.status === 'unreachable') return <Unreachable />;
  if (state.status === 'signed_in') return <Navigate to={returnPath(search)} replace />;
  return (
    <AuthFrame title="Log in">
      {state.ended && (
        <Callout tone="info" title="Your session ended">
          <p>Log in again; you come back to where you were. Working orders are not affected.</p>
        </Callout>
      )}
      <form className="auth__form" noValidate onSubmit={(event) => void form.submit(event)}>
        {form.failure !== null && (
          <Callout tone="error">
            <p>{form.failure}</p>
          </Callout>
        )}
        <Field
          label="E-mail"
          type="email"
          autoComplete="username"
          required
          value={form.email}
          onChange={form.setEmail}
          error={form.errors.email}
        />
        <PasswordField
          autoComplete="current-password"
          value={form.password}
          onChange={form.setPassword}
          error={form.errors.password}
        />
        <button type="submit" className="button button--primary" aria-disabled={form.sending}>
          {form.sending ? 'Logging in…' : 'Log in'}
        </button>
        <p className="auth__note">
          New here? <Link to="/signup">Create an account</Link>
        </p>
      </form>
    </AuthFrame>
  );
}
