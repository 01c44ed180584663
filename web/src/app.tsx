import { lazy, Suspense, useEffect } from 'react';
import { BrowserRouter, Navigate, Route, Routes } from 'react-router';
import { LinkPage } from './pages/link-page.tsx';
import { LoginPage } from './pages/login-page.tsx';
import { NotFoundPage } from './pages/not-found-page.tsx';
import { SignupPage } from './pages/signup-page.tsx';
import { RequireSession } from './session/require-session.tsx';
import { session } from './session/session.ts';
import { FullPage } from './shell/full-page.tsx';
import { ToastProvider } from './ui/toast-provider.tsx';

const TradingLayout = lazy(async () => ({ default: (await import('./shell/trading-layout.tsx')).TradingLayout }));
const TradePage = lazy(async () => ({ default: (await import('./trade/trade-page.tsx')).TradePage }));
const StoryPage = lazy(async () => ({ default: (await import('./story/story-page.tsx')).StoryPage }));

const LimitsPage = lazy(async () => ({ default: (await import('./limits/limits-page.tsx')).LimitsPage }));

/** The app's addresses. */
export function App() {
  useEffect(() => {
    void session.restore();
  }, []);

  return (
    <BrowserRouter>
      <ToastProvider>
        <Suspense fallback={<FullPage busy="Loading" />}>
          <Routes>
            <Route index element={<Navigate to="/trade" replace />} />
            <Route path="signup" element={<SignupPage />} />
            <Route path="login" element={<LoginPage />} />
            <Route element={<RequireSession />}>
              <Route path="link" element={<LinkPage />} />
              <Route element={<TradingLayout />}>
                <Route path="trade" element={<TradePage />} />
                <Route path="orders/:orderId" element={<StoryPage />} />
                <Route path="limits" element={<LimitsPage />} />
              </Route>
            </Route>
            <Route path="*" element={<NotFoundPage />} />
          </Routes>
        </Suspense>
      </ToastProvider>
    </BrowserRouter>
  );
}
