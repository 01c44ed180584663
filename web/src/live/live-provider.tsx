import { useEffect, useMemo, useState, type ReactNode } from 'react';
import { getExecutions, getOrdersHistory } from '../api/broker-api.ts';
import { useToasts } from '../ui/toast-context.ts';
import { LiveContext, type LiveContextValue } from './live-context.ts';
import { openLiveConnection } from './live-connection.ts';
import { createLiveStore, type LiveStore } from './live-store.ts';

/** Executions are read per instrument; the newest instruments of the blotter are enough for its first page. */
const MOST_INSTRUMENTS = 12;

/** Reads what the stream does not repeat: done orders and past executions. */
async function readHistories(store: LiveStore, accountId: string, symbol: string): Promise<void> {
  store.take({ type: 'orders_history', orders: await getOrdersHistory(accountId) });
  const traded = Object.values(store.getState().orders)
    .filter((order) => order.filledQty > 0)
    .toSorted((a, b) => b.lastModified - a.lastModified)
    .map((order) => order.instrument);
  for (const instrument of [...new Set([symbol, ...traded].filter((name) => name !== ''))].slice(0, MOST_INSTRUMENTS)) {
    store.take({ type: 'executions_history', executions: await getExecutions(accountId, instrument) });
  }
}

interface LiveProviderProps {
  accountId: string | null;
  /** Whether a broker account is linked; without one there is nothing to stream. */
  linked: boolean;
  children: ReactNode;
}

/** One live stream for all pages of the signed-in part, and the histories beside it. */
export function LiveProvider({ accountId, linked, children }: LiveProviderProps) {
  const [symbol, watch] = useState('');
  const { show } = useToasts();
  const [store] = useState(() =>
    createLiveStore((notice) =>
      show({
        tone: notice.tone,
        title: notice.title,
        detail: notice.detail,
        topic: notice.orderId,
        link: { to: `/orders/${notice.orderId}`, label: 'Story' },
      }),
    ),
  );

  useEffect(() => {
    if (!linked) {
      store.setStatus('waiting_for_link');
      return undefined;
    }
    return openLiveConnection({
      symbols: symbol === '' ? [] : [symbol],
      onMessage: store.take,
      onStatus: store.setStatus,
    });
  }, [store, symbol, linked]);

  useEffect(() => {
    if (accountId === null) return;
    let epoch = 0;
    let running = false;
    const follow = (): void => {
      if (running || store.getState().epoch === epoch) return;
      epoch = store.getState().epoch;
      running = true;
      readHistories(store, accountId, symbol)
        // The stream goes on without the past; the next connection reads it again.
        .catch(() => undefined)
        .finally(() => {
          running = false;
        });
    };
    follow();
    return store.subscribe(follow);
  }, [store, accountId, symbol]);

  const value = useMemo<LiveContextValue>(() => ({ store, watch }), [store]);
  return <LiveContext value={value}>{children}</LiveContext>;
}
