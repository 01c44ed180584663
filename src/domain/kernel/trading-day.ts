const ZONE = 'America/New_York';

const newYork = new Intl.DateTimeFormat('en-CA', {
  timeZone: ZONE,
  year: 'numeric',
  month: '2-digit',
  day: '2-digit',
});
const weekAndTime = new Intl.DateTimeFormat('en-US', {
  timeZone: ZONE,
  hourCycle: 'h23',
  weekday: 'short',
  hour: '2-digit',
  minute: '2-digit',
});

/** The exchange's day on which an RFC 3339 moment falls: `2026-03-02`, in New York. */
export const tradingDay = (instant: string): string => newYork.format(new Date(instant));

/** Where an RFC 3339 moment falls in the exchange's week: the wall time in New York, to the minute, as `09:28`. */
export function exchangeTime(instant: string): { readonly isWeekday: boolean; readonly time: string } {
  const parts = weekAndTime.formatToParts(new Date(instant));
  const part = (name: string): string => parts.find(({ type }) => type === name)?.value ?? '';
  const day = part('weekday');
  return { isWeekday: day !== 'Sat' && day !== 'Sun', time: `${part('hour')}:${part('minute')}` };
}
