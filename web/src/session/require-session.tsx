import { Navigate, Outlet, useLocation } from 'react-router';
import { FullPage } from '../shell/full-page.tsx';
import { AccountProvider } from './account-provider.tsx';
import { loginPath } from './return-path.ts';
import { session, useSession } from './session.ts';

/** Lets signed-in traders through; everyone else goes to login, with the way back. */
export function RequireSession() {
  const state = useSession();
  const location = useLocation();
  switch (state.status) {
    case 'restoring':
      return <FullPage busy="Opening your session" />;
    case 'unreachable':
      return <Unreachable />;
    case 'signed_out':
      return <Navigate to={loginPath(location.pathname + location.search)} replace />;
    case 'signed_in':
      return (
        <AccountProvider key={state.user.id}>
          <Outlet />
        </AccountProvider>
      );
  }
}

/** Shown when the server did not answer at start: nobody knows whether the trader is signed in. */
export function Unreachable() {
  return (
    <FullPage title="Tradsy can not be reached" detail="The server does not answer. Your orders are not affected.">
      <button type="button" className="button button--primary" onClick={() => void session.restore()}>
        Try again
      </button>
    </FullPage>
  );
}
