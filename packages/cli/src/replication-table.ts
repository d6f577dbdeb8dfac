import type { ReplicationProgress } from '@lakewright/local';
import { formatRows } from './format';

/** The tables of replication tasks, with how each task stands. */
export function replicationTable(tasks: readonly ReplicationProgress[]): string {
  const rows = tasks.flatMap(({ task, status, percent, caughtUp, reason, tables }) => {
    const behind = caughtUp === undefined ? '' : caughtUp ? 'caught up' : 'behind';
    const own = { replication: task, state: [status, reason].filter(Boolean).join(': '), loaded: `${percent}%`, changes: behind };
    const each = tables.map(({ table, state, fullLoadRows, inserts, updates, deletes }) => ({
      replication: table,
      state,
      loaded: fullLoadRows,
      changes: `${inserts} I, ${updates} U, ${deletes} D`,
    }));
    return [own, ...each];
  });
  return formatRows(['replication', 'state', 'loaded', 'changes'], rows, 'table');
}
