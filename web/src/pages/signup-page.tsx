import { Link } from 'react-router';
import { signUp } from '../api/tradsy-api.ts';
import { AccountProvider } from '../session/account-provider.tsx';
import { Unreachable } from '../session/require-session.tsx';
import { useSession } from '../session/session.ts';
import { FullPage } from '../shell/full-page.tsx';
import { Callout } from '../ui/callout.tsx';
import { Field } from '../ui/field.tsx';
import { AuthFrame } from './auth-frame.tsx';
import { DocumentsStep } from './documents-step.tsx';
import { PasswordField } from './password-field.tsx';
import { useCredentialsForm } from './use-credentials-form.ts';

function AccountStep() {
  const form = useCredentialsForm(signUp, 12);
  return (
    <AuthFrame title="Create your account" step={0}>
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
          maxLength={254}
          value={form.email}
          onChange={form.setEmail}
          error={form.errors.email}
        />
        <PasswordField
          autoComplete="new-password"
          hint="At least 12 characters. A few words you remember are better than one odd one."
          value={form.password}
          onChange={form.setPassword}
          error={form.errors.password}
        />
        <button type="submit" className="button button--primary" aria-disabled={form.sending}>
          {form.sending ? 'Creating account…' : 'Create account'}
        </button>
        <p className="auth__note">
          Have an account? <Link to="/login">Log in</Link>
        </p>
      </form>
    </AuthFrame>
  );
}

/** Sign-up in two steps: the account, then the texts that must be accepted before trading. */
export function SignupPage() {
  const state = useSession();
  switch (state.status) {
    case 'restoring':
      return <FullPage busy="Opening your session" />;
    case 'unreachable':
      return <Unreachable />;
    case 'signed_out':
      return <AccountStep />;
    case 'signed_in':
      return (
        <AccountProvider key={state.user.id}>
          <DocumentsStep />
        </AccountProvider>
      );
  }
}
