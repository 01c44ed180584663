const STATIONS = [
  ['Checked', 'Risk rules, plan and link, all at once'],
  ['Recorded', 'Written down before anything is sent'],
  ['Sent once', 'To your own broker account'],
  ['Filled', 'Every part, at its price and moment'],
] as const;

/** The stations of an order's life, as the order story shows them. */
export function TrailFigure() {
  return (
    <ol className="trail">
      {STATIONS.map(([name, what]) => (
        <li key={name} className="trail__station">
          <span className="trail__name">{name}</span>
          <span className="trail__what">{what}</span>
        </li>
      ))}
    </ol>
  );
}
