import { useFiguresComing } from '../live/live-context.ts';

const WIDTHS = ['62%', '78%', '54%', '70%'] as const;

/** Stands where a table's rows will be, once there is an account to read them from. */
export function TableSkeleton() {
  const coming = useFiguresComing();
  if (!coming) {
    return (
      <div className="empty">
        <p className="empty__title">No broker account linked</p>
        <p>What happens on your account shows here once it is linked.</p>
      </div>
    );
  }
  return (
    <div className="table-skeleton" role="status">
      <span className="visually-hidden">Loading</span>
      {WIDTHS.map((width) => (
        <span key={width} className="skeleton table-skeleton__row" style={{ width }} />
      ))}
    </div>
  );
}
