import type { Execution, MachineStatus } from '@lakewright/local';
import { shortPath } from '@lakewright/local/execution-path';
import { formatRows } from './format';
import { wrapped } from './wrapped';

/** Of a cause, in a table: `--json` and the page have all of it. */
const CAUSE_LINES = 3;
/** Kinds of states that take no time: the path names them. */
const INSTANT = ['Choice', 'Pass', 'Succeed', 'Fail'];

/** The last executions of state machines, each with the way that it went. */
export function machineTable(machines: readonly MachineStatus[]): string {
  const rows = machines.flatMap(({ machine, executions }) => {
    if (!executions) return [{ 'state machine': machine, status: 'unknown', path: 'ministack does not run: lakewright up' }];
    if (executions.length === 0) return [{ 'state machine': machine, status: 'never run' }];
    return [{ 'state machine': machine }, ...executions.map((execution) => executionRow(execution))];
  });
  return formatRows(['state machine', 'status', 'started', 'seconds', 'path'], rows, 'table');
}

function executionRow(execution: Execution) {
  const { name, status, startedAt, seconds, states } = execution;
  const lines = [wrapped(shortPath(states).join(', ')), wrapped(reason(execution), CAUSE_LINES)].filter(Boolean);
  return { 'state machine': name, status, started: startedAt, seconds: seconds.toFixed(1), path: lines.join('\n') };
}

/** What became of one execution: how it ended, its path, and what took the time. */
export function executionText(execution: Execution): string {
  const { machine, name, status, seconds: total, states } = execution;
  const rows = states
    .filter(({ kind }) => !INSTANT.includes(kind))
    .map(({ state, kind, entered, exited, seconds }) => ({
      state,
      kind,
      entered,
      failed: entered - exited || '',
      seconds: seconds?.toFixed(1) ?? '',
    }));
  const why = reason(execution);
  return [
    `execution ${name} of ${machine}: ${status} after ${total.toFixed(1)} s${why === '' ? '' : `: ${why}`}`,
    `path: ${shortPath(states).join(', ')}`,
    ...(rows.length > 0 ? [formatRows(['state', 'kind', 'entered', 'failed', 'seconds'], rows, 'table')] : []),
  ].join('\n');
}

function reason({ error, cause }: Execution): string {
  return [error, cause].filter(Boolean).join(': ');
}
