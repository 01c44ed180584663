const newYork = new Intl.DateTimeFormat('en-CA', {
  timeZone: 'America/New_York',
  year: 'numeric',
  month: '2-digit',
  day: '2-digit',
});

/** The exchange's day on which an RFC 3339 moment falls: `2026-03-02`, in New York. */
export const tradingDay = (instant: string): string => newYork.format(new Date(instant));
