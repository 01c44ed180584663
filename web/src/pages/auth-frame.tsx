import type { ReactNode } from 'react';
import { Logo } from '../ui/logo.tsx';
import { ThemeToggle } from '../ui/theme-toggle.tsx';
import { TrailFigure } from './trail-figure.tsx';
import './auth.css';

const STEPS = ['Account', 'Before you trade', 'Broker'] as const;

interface AuthFrameProps {
  title: string;
  /** Which step of the way to the first order this page is; none for login. */
  step?: 0 | 1 | 2;
  children: ReactNode;
}

/** The pages before the terminal: a quiet panel that says what Tradsy is, and the form beside it. */
export function AuthFrame({ title, step, children }: AuthFrameProps) {
  return (
    <div className="auth">
      <title>{`${title} · Tradsy`}</title>
      <aside className="auth__about">
        <Logo size={30} />
        <div className="auth__claim">
          <p className="auth__headline">Every order can answer “why?”</p>
          <p className="auth__lead">
            Checked against your limits, recorded before it leaves, sent once, and kept with every step it took.
          </p>
        </div>
        <TrailFigure />
      </aside>
      <main className="auth__main" id="content">
        <div className="auth__top">
          <span className="auth__logo">
            <Logo />
          </span>
          <ThemeToggle />
        </div>
        <div className="auth__body">
          {step !== undefined && (
            <ol className="steps" aria-label="Steps to your first order">
              {STEPS.map((name, index) => (
                <li key={name} className="steps__step" aria-current={index === step ? 'step' : undefined}>
                  <span className="steps__number">{index < step ? '✓' : index + 1}</span>
                  {name}
                </li>
              ))}
            </ol>
          )}
          <h1 className="auth__title">{title}</h1>
          {children}
        </div>
      </main>
    </div>
  );
}
