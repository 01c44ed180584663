import { type Entry, type Journal, openJournal } from './journal.ts';
import type {
  Account,
  ApiKey,
  AssetOverride,
  Entities,
  Execution,
  ExecutionAmendment,
  OAuthClient,
  Order,
  Position,
  StoredUpdate,
  Token,
} from './types.ts';
import { isOpen } from './types.ts';

const COMPACT_ABOVE = 8 * 1024 * 1024;
const UPDATES_KEPT = 2000;
const CHUNK = 500;

export type Store = ReturnType<typeof openStore>;

/**
 * All state of one sandbox, in memory, backed by the journal. Values are changed in place or added, then `put`; `commit`
 * writes everything put since the last commit as one line.
 */
export function openStore(folder: string) {
  const accounts = new Map<string, Account>();
  const keys = new Map<string, ApiKey>();
  const tokens = new Map<string, Token>();
  const clients = new Map<string, OAuthClient>();
  const assets = new Map<string, AssetOverride>();
  const orders = new Map<string, Order>();
  const ordersOfAccount = new Map<string, Map<string, Order>>();
  const byClientId = new Map<string, Order>();
  const openOrders = new Map<string, Map<string, Order>>();
  const openOfAccount = new Map<string, Map<string, Order>>();
  const positions = new Map<string, Map<string, Position>>();
  const executions = new Map<string, Execution[]>();
  const executionsOfOrder = new Map<string, Execution[]>();
  const executionsById = new Map<string, Execution>();
  const amendments = new Map<string, ExecutionAmendment[]>();
  const updates = new Map<string, StoredUpdate[]>();
  let pending = new Map<unknown, Entry>();

  const index: { [Kind in keyof Entities]: (value: Entities[Kind]) => void } = {
    account: (value) => accounts.set(value.id, value),
    key: (value) => keys.set(value.keyId, value),
    token: (value) => tokens.set(value.token, value),
    client: (value) => clients.set(value.clientId, value),
    asset: (value) => assets.set(value.symbol, value),
    position: (value) => group(positions, value.accountId).set(value.symbol, value),
    order: (value) => {
      orders.set(value.id, value);
      group(ordersOfAccount, value.accountId).set(value.id, value);
      byClientId.set(clientKey(value.accountId, value.clientOrderId), value);
      if (isOpen(value)) {
        group(openOrders, value.symbol).set(value.id, value);
        group(openOfAccount, value.accountId).set(value.id, value);
      } else {
        openOrders.get(value.symbol)?.delete(value.id);
        openOfAccount.get(value.accountId)?.delete(value.id);
      }
    },
    execution: (value) => {
      list(executions, value.accountId).push(value);
      list(executionsOfOrder, value.orderId).push(value);
      executionsById.set(value.id, value);
    },
    amendment: (value) => {
      list(amendments, value.executionId).push(value);
      const execution = executionsById.get(value.executionId);
      if (execution) executionsById.set(value.id, execution);
    },
    update: (value) => {
      const kept = list(updates, value.accountId);
      kept.push(value);
      if (kept.length > UPDATES_KEPT * 1.2) kept.splice(0, kept.length - UPDATES_KEPT);
    },
  };
  const apply = ([kind, value]: Entry): void =>
    (index[kind as keyof Entities] as ((value: unknown) => void) | undefined)?.(value);

  let replayed = 0;
  const journal: Journal = openJournal(folder, (entry) => {
    replayed += 1;
    apply(entry);
  });
  if (journal.bytes() > COMPACT_ABOVE) compact();

  function* everything(): Generator<Entry> {
    for (const value of accounts.values()) yield ['account', value];
    for (const value of keys.values()) yield ['key', value];
    for (const value of tokens.values()) yield ['token', value];
    for (const value of clients.values()) yield ['client', value];
    for (const value of assets.values()) yield ['asset', value];
    for (const value of orders.values()) yield ['order', value];
    for (const each of positions.values()) for (const value of each.values()) yield ['position', value];
    for (const each of executions.values()) for (const value of each) yield ['execution', value];
    for (const each of amendments.values()) for (const value of each) yield ['amendment', value];
    for (const each of updates.values()) for (const value of each) yield ['update', value];
  }

  /** Rewrites the journal when most of it has been overtaken by later entries. */
  function compact(): void {
    const entries = [...everything()];
    if (replayed < entries.length * 2) return;
    const chunks: Entry[][] = [];
    for (let i = 0; i < entries.length; i += CHUNK) chunks.push(entries.slice(i, i + CHUNK));
    journal.rewrite(chunks);
  }

  return {
    accounts: accounts as ReadonlyMap<string, Account>,
    keys: keys as ReadonlyMap<string, ApiKey>,
    tokens: tokens as ReadonlyMap<string, Token>,
    clients: clients as ReadonlyMap<string, OAuthClient>,
    assets: assets as ReadonlyMap<string, AssetOverride>,
    orders: orders as ReadonlyMap<string, Order>,
    ordersOf: (accountId: string): Order[] => [...(ordersOfAccount.get(accountId)?.values() ?? [])],
    orderByClientId: (accountId: string, id: string): Order | undefined => byClientId.get(clientKey(accountId, id)),
    forgetClientId(accountId: string, id: string): void {
      byClientId.delete(clientKey(accountId, id));
    },
    openOf: (accountId: string): Order[] => [...(openOfAccount.get(accountId)?.values() ?? [])],
    openIn: (symbol: string): Order[] => [...(openOrders.get(symbol)?.values() ?? [])],
    /** Symbols with open orders, in a fixed order. */
    activeSymbols: (): string[] => [...openOrders].flatMap(([symbol, each]) => (each.size > 0 ? [symbol] : [])).sort(),
    allOpen: (): Order[] => [...openOrders.values()].flatMap((each) => [...each.values()]),
    positionsOf: (accountId: string): Position[] =>
      [...(positions.get(accountId)?.values() ?? [])].filter((each) => each.qty !== 0n),
    position: (accountId: string, symbol: string): Position | undefined => positions.get(accountId)?.get(symbol),
    executionsOf: (accountId: string): readonly Execution[] => executions.get(accountId) ?? [],
    executionsOfOrder: (orderId: string): readonly Execution[] => executionsOfOrder.get(orderId) ?? [],
    /** By its first name, or one that a correction gave it. */
    execution: (id: string): Execution | undefined => executionsById.get(id),
    amendmentsOf: (executionId: string): readonly ExecutionAmendment[] => amendments.get(executionId) ?? [],
    /** What stands of an execution, and how it is called now. */
    standing: (execution: Execution): Pick<ExecutionAmendment, 'id' | 'qty' | 'price' | 'busted'> =>
      amendments.get(execution.id)?.at(-1) ?? { ...execution, busted: false },
    updatesOf: (accountId: string): readonly StoredUpdate[] => updates.get(accountId) ?? [],
    put<Kind extends keyof Entities>(kind: Kind, value: Entities[Kind]): void {
      pending.set(value, [kind, value]);
      index[kind](value);
    },
    commit(): void {
      if (pending.size === 0) return;
      const entries = [...pending.values()];
      pending = new Map();
      journal.write(entries);
    },
    close: (): void => journal.close(),
  };
}

function clientKey(accountId: string, id: string): string {
  return `${accountId}\n${id}`;
}

function group<Value>(groups: Map<string, Map<string, Value>>, key: string): Map<string, Value> {
  const known = groups.get(key);
  if (known) return known;
  const made = new Map<string, Value>();
  groups.set(key, made);
  return made;
}

function list<Value>(lists: Map<string, Value[]>, key: string): Value[] {
  const known = lists.get(key);
  if (known) return known;
  const made: Value[] = [];
  lists.set(key, made);
  return made;
}
