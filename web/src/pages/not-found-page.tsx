import { Link } from 'react-router';
import { FullPage } from '../shell/full-page.tsx';

export function NotFoundPage() {
  return (
    <FullPage title="There is no such page" detail="The address may be mistyped, or the page was never here.">
      <title>Not found · Tradsy</title>
      <Link className="button button--primary" to="/trade">
        Go to trading
      </Link>
    </FullPage>
  );
}
