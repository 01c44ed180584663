/** Every request that has come, with the real time of its arrival and the faults that struck it: a witness for tests. */

/** `status` is null while there is no answer, and when there never was one. */
export type RequestRow = {
  readonly id: number;
  readonly at: string;
  readonly at_ms: number;
  readonly method: string;
  readonly path: string;
  readonly account_id: string | null;
  readonly client_order_id: string | null;
  readonly faults: string[];
  status: number | null;
};

/** More than this, and the oldest are forgotten. */
const KEPT = 200_000;

export type Requests = ReturnType<typeof createRequests>;

export function createRequests(real: () => number) {
  let rows: RequestRow[] = [];
  let lastId = 0;
  return {
    /** Notes a request; the row is filled in as it goes on. */
    note(request: Pick<RequestRow, 'method' | 'path' | 'account_id' | 'client_order_id'>): RequestRow {
      const now = real();
      const row: RequestRow = {
        id: (lastId += 1),
        at: new Date(now).toISOString(),
        at_ms: now,
        ...request,
        faults: [],
        status: null,
      };
      rows.push(row);
      if (rows.length > KEPT * 1.2) rows = rows.slice(-KEPT);
      return row;
    },
    /** The rows after an id, of an account, of a method and of a path that begins so, the oldest first. */
    list(query: URLSearchParams) {
      const [accountId, method, path] = [query.get('account_id'), query.get('method'), query.get('path')];
      const after = Number(query.get('after') ?? 0);
      const found = rows.filter(
        (row) =>
          row.id > after &&
          (!accountId || row.account_id === accountId) &&
          (!method || row.method === method) &&
          (!path || row.path.startsWith(path)),
      );
      return { requests: found, count: found.length };
    },
  };
}
