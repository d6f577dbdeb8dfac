import { formatDuration } from '../format';
import { type BoxLine, drawing } from '../graph/drawing';
import type { Html } from '../page/html';
import type { JobView, TaskView } from './view';

/** The graph of a job's tasks with what the last run did of them. */
export function jobPicture({ name, tasks, edges }: JobView): Html {
  return drawing({
    of: 'job',
    box: 'task',
    summary: `Graph of the job ${name}: ${tasks.length} tasks, ${edges.length} dependencies`,
    boxes: tasks.map((task) => ({ id: task.key, name: task.key, status: task.status, lines: linesOf(task) })),
    edges: edges.map(({ from, to, outcome }) => ({ from, to, ...(outcome !== undefined && { label: outcome }) })),
  });
}

function linesOf({ key, kind, about, status, attempts, durationMs, detail, reason }: TaskView): readonly BoxLine[] {
  const facts = [
    durationMs === undefined ? undefined : formatDuration(durationMs),
    attempts > 1 ? `${attempts} attempts` : undefined,
    detail,
  ].filter((fact) => fact !== undefined);
  return [
    { text: `${kind} · ${statusText(status)}`, style: 'kind' },
    { text: key, style: 'name' },
    // Of a file its name: the table below the picture has the path.
    { text: about.startsWith('/') ? about.split('/').at(-1)! : about, style: 'fact' },
    ...(facts.length > 0 ? [{ text: facts.join(' · '), style: 'fact' } as const] : []),
    ...(reason === undefined ? [] : [{ text: reason, style: 'reason' } as const]),
  ];
}

/** `upstream_failed` as a reader has it. */
export function statusText(status: string): string {
  return status.replaceAll('_', ' ');
}
