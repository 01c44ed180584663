import type { View } from '../projections/view.ts';
import { accountsView } from './accounts.ts';
import { executionsView } from './executions.ts';
import { ordersView } from './orders.ts';
import { positionsView } from './positions.ts';
import { storyView } from './story.ts';

/** Every read model that the projection loop keeps. Executions look into the rows of orders, so both belong to one loop. */
export const VIEWS: readonly View[] = [ordersView, executionsView, positionsView, accountsView, storyView];
