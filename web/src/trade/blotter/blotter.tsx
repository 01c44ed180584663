import { useMemo, useState } from 'react';
import { useLive } from '../../live/live-context.ts';
import { allExecutions, allOrders, workingOrders } from '../../live/live-state.ts';
import { Tabs, type Tab } from '../../ui/tabs.tsx';
import { TableSkeleton } from '../table-skeleton.tsx';
import { useTrading } from '../trading-context.ts';
import { FillsTable } from './fills-table.tsx';
import { OrdersTable } from './orders-table.tsx';
import './blotter.css';

type TabId = 'working' | 'orders' | 'fills';

/** The trader's orders and fills. */
export function Blotter() {
  const { accountId } = useTrading();
  const [selected, setSelected] = useState<TabId>('working');
  const orders = useLive((state) => state.orders);
  const executions = useLive((state) => state.executions);
  const known = useLive((state) => state.epoch > 0);
  const working = useMemo(() => workingOrders(orders), [orders]);
  const all = useMemo(() => allOrders(orders), [orders]);
  const fills = useMemo(() => allExecutions(executions), [executions]);

  const tabs: Tab<TabId>[] = [
    { id: 'working', label: 'Working', count: working.length },
    { id: 'orders', label: 'All orders', count: all.length },
    { id: 'fills', label: 'Fills', count: fills.length },
  ];

  return (
    <section className="blotter" aria-label="Blotter">
      <Tabs label="Orders and fills" tabs={tabs} selected={selected} onSelect={setSelected}>
        {!known || accountId === null ? (
          <TableSkeleton />
        ) : selected === 'fills' ? (
          <FillsTable executions={fills} />
        ) : selected === 'working' ? (
          <OrdersTable
            key="working"
            caption="Working orders"
            kind="working"
            orders={working}
            accountId={accountId}
            empty={
              <div className="empty">
                <p className="empty__title">No working orders</p>
                <p>Orders that wait for their price stand here, to be changed or cancelled.</p>
              </div>
            }
          />
        ) : (
          <OrdersTable
            key="all"
            caption="Orders"
            kind="all"
            orders={all}
            accountId={accountId}
            empty={
              <div className="empty">
                <p className="empty__title">No orders yet</p>
                <p>Place the first one with the order ticket.</p>
              </div>
            }
          />
        )}
      </Tabs>
    </section>
  );
}
