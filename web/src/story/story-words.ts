import type { OrderStory, StoryEvent } from '../../../contracts/story.ts';

type Tone = '' | 'up' | 'down' | 'warn' | 'accent';

const OUTCOMES: Record<OrderStory['outcome'], { label: string; tone: Tone; meaning: string }> = {
  placing: { label: 'Placing', tone: 'warn', meaning: 'Recorded, and on its way to the broker.' },
  unconfirmed: {
    label: 'Unconfirmed',
    tone: 'warn',
    meaning: 'The broker’s answer never came. The order is being looked up there; it is not sent again.',
  },
  working: { label: 'Working', tone: 'accent', meaning: 'The broker has it, and it waits to be filled.' },
  filled: { label: 'Filled', tone: 'up', meaning: 'All of it was filled.' },
  cancelled: { label: 'Cancelled', tone: '', meaning: 'It was cancelled before it was filled in full.' },
  expired: { label: 'Expired', tone: '', meaning: 'Its time in force ended before it was filled in full.' },
  rejected: { label: 'Rejected', tone: 'down', meaning: 'The broker rejected it.' },
  denied: { label: 'Denied', tone: 'down', meaning: 'Our checks denied it. Nothing was sent to the broker.' },
  not_received: { label: 'Not received', tone: 'down', meaning: 'The broker never received it.' },
  not_sent: { label: 'Not sent', tone: 'down', meaning: 'It never left us: nothing was sent to the broker.' },
  replaced: { label: 'Replaced', tone: '', meaning: 'A changed order took its place.' },
};

export const outcomeWords = (outcome: OrderStory['outcome']): (typeof OUTCOMES)[OrderStory['outcome']] =>
  OUTCOMES[outcome];

export const ACTORS: Record<StoryEvent['actor']['kind'], string> = {
  user: 'Trader',
  broker: 'Broker',
  system: 'Tradsy',
};

/** Local time of day with milliseconds: `15:31:05.250`. */
export function localTime(instant: string): string {
  const at = new Date(instant);
  const two = (value: number): string => String(value).padStart(2, '0');
  const millis = String(at.getMilliseconds()).padStart(3, '0');
  return `${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}.${millis}`;
}

/** The same instant in UTC, to the millisecond: `2026-03-02 14:31:05.250 UTC`. */
export const utcTime = (instant: string): string => `${instant.replace('T', ' ').replace('Z', '')} UTC`;

/** How long after the event before: `+12 ms`, `+3.4 s`, `+2 min 5 s`, `+1 h 3 min`. */
export function sinceBefore(before: string, after: string): string {
  const millis = Math.max(0, Date.parse(after) - Date.parse(before));
  if (millis < 1000) return `+${millis} ms`;
  const seconds = Math.round(millis / 1000);
  if (seconds < 60) return `+${(millis / 1000).toFixed(1)} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `+${minutes} min ${seconds % 60} s`;
  return `+${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
