import { Icon } from './icon.tsx';
import { chooseTheme, useThemeChoice, type ThemeChoice } from './theme.ts';

const NEXT: Record<ThemeChoice, ThemeChoice> = { system: 'dark', dark: 'light', light: 'system' };

/** Goes round system, dark, light. */
export function ThemeToggle() {
  const choice = useThemeChoice();
  return (
    <button
      type="button"
      className="button button--quiet button--icon"
      aria-label={`Theme: ${choice}. Switch to ${NEXT[choice]}`}
      title={`Theme: ${choice}`}
      onClick={() => chooseTheme(NEXT[choice])}
    >
      <Icon name={choice === 'dark' ? 'moon' : choice === 'light' ? 'sun' : 'screen'} />
    </button>
  );
}
