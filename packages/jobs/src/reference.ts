import { LakewrightError } from '@lakewright/config';
import { TIME_ARGUMENTS, timeArgument } from './time-argument';

/**
 * Dynamic value references: `{{job.parameters.day}}` in a parameter or an operand becomes text when the task starts.
 * Source: docs.databricks.com, "What is a dynamic value reference?". There an unknown reference stays as it is written, unless its
 * namespace is known; here every unknown one is refused, before anything runs.
 */

/** What of a task that has ended can be referred to. */
export interface ReferredTask {
  readonly runId: string;
  readonly resultState: string;
  readonly errorCode: string;
  readonly executionCount: number;
  readonly values: Readonly<Record<string, unknown>>;
}

/** What references are resolved against. `task` and `tasks` are not there for the defaults of a job's parameters. */
export interface ReferenceScope {
  readonly job: {
    readonly id: string;
    readonly name: string;
    readonly runId: string;
    readonly repairCount: number;
    /** ISO time. */
    readonly startedAt: string;
    readonly triggerType: string;
    readonly triggerTime: string;
    readonly triggerLocation?: string;
    readonly parameters: Readonly<Record<string, string>>;
  };
  readonly workspace: { readonly id: string; readonly url: string };
  readonly task?: { readonly name: string; readonly runId: string; readonly executionCount: number };
  readonly tasks?: ReadonlyMap<string, ReferredTask>;
}

/** What may be referred to at one place of a definition. */
export interface KnownReferences {
  readonly parameters: readonly string[];
  /** Tasks that have ended when this place is read. */
  readonly upstream?: readonly string[];
  readonly task?: boolean;
}

const REFERENCE = /\{\{([^{}]*)\}\}/g;
const JOB = ['id', 'name', 'run_id', 'repair_count', 'trigger.type', 'trigger.file_arrival.location'];
const TASK = ['name', 'run_id', 'execution_count'];
const TASKS = ['run_id', 'result_state', 'error_code', 'execution_count'];

/** The references in a text, each as its parts: `{{tasks.a.values.k}}` is `['tasks', 'a', 'values', 'k']`. */
export function referencesIn(text: string): readonly (readonly string[])[] {
  return [...text.matchAll(REFERENCE)].map(([, inner]) => partsOf(inner!));
}

/** Names in backticks may hold any character. */
function partsOf(inner: string): readonly string[] {
  const parts = inner.trim().match(/`[^`]*`|[^.`]+/g) ?? [];
  return parts.map((part) => (part.startsWith('`') ? part.slice(1, -1) : part.trim()));
}

/** Why each reference of a text cannot be resolved here; none when all can. */
export function unknownReferences(text: string, known: KnownReferences): readonly string[] {
  const wrong = referencesIn(text).flatMap((parts) => {
    const reason = refusal(parts, known);
    return reason === undefined ? [] : [`{{${parts.join('.')}}}: ${reason}`];
  });
  const rest = text.replaceAll(REFERENCE, '');
  return rest.includes('{{') || rest.includes('}}') ? [...wrong, `"${text}" has a brace too many or too few`] : wrong;
}

function refusal(parts: readonly string[], known: KnownReferences): string | undefined {
  const [root, name = '', ...more] = parts;
  const rest = parts.slice(1).join('.');
  switch (root) {
    case 'job':
      if (name === 'parameters') {
        const [parameter = ''] = more;
        return more.length === 1 && known.parameters.includes(parameter)
          ? undefined
          : `the job has no parameter "${more.join('.')}" (it has: ${known.parameters.join(', ') || 'none'})`;
      }
      return JOB.includes(rest) || isTime(rest) ? undefined : `a job has no "${rest}"`;
    case 'workspace':
      return rest === 'id' || rest === 'url' ? undefined : `a workspace has no "${rest}"`;
    case 'task':
      if (!known.task) return 'it is known in a task only';
      return TASK.includes(rest) ? undefined : `a task has no "${rest}"`;
    case 'tasks':
      if (!known.upstream) return 'it is known in a task only';
      if (!known.upstream.includes(name)) return `"${name}" is no task that this one depends on`;
      return TASKS.includes(more.join('.')) || (more[0] === 'values' && more.length === 2)
        ? undefined
        : `a task that has ended has no "${more.join('.')}"`;
    default:
      return 'there is no such reference';
  }
}

function isTime(rest: string): boolean {
  const match = /^(?:start_time|trigger\.time)\.(\w+)$/.exec(rest);
  return match !== null && (TIME_ARGUMENTS as readonly string[]).includes(match[1]!);
}

/**
 * The text with every reference replaced.
 *
 * @throws LakewrightError JOB_REFERENCE for a reference that cannot be resolved, a task value that was not set among them
 */
export function resolveReferences(text: string, scope: ReferenceScope): string {
  return text.replaceAll(REFERENCE, (written, inner: string) => {
    const value = referredValue(partsOf(inner), scope);
    if (value !== undefined) return value;
    throw new LakewrightError('JOB_REFERENCE', `${written} has no value`, {
      hint: 'the task that it names must have set it: dbutils.jobs.taskValues.set(key, value)',
    });
  });
}

function referredValue(parts: readonly string[], scope: ReferenceScope): string | undefined {
  const [root, name = '', ...more] = parts;
  if (root === 'workspace') return scope.workspace[name as 'id' | 'url'];
  if (root === 'job') return jobValue(name, more, scope.job);
  if (root === 'task' && scope.task) {
    const { runId, executionCount } = scope.task;
    return { name: scope.task.name, run_id: runId, execution_count: String(executionCount) }[name];
  }
  const task = root === 'tasks' ? scope.tasks?.get(name) : undefined;
  if (!task) return undefined;
  if (more[0] === 'values') return textOf(task.values[more[1]!]);
  return {
    run_id: task.runId,
    result_state: task.resultState,
    error_code: task.errorCode,
    execution_count: String(task.executionCount),
  }[more.join('.')];
}

function jobValue(name: string, more: readonly string[], job: ReferenceScope['job']): string | undefined {
  if (name === 'parameters') return job.parameters[more.join('.')];
  if (name === 'start_time') return timeArgument(job.startedAt, more[0]!);
  if (name === 'trigger' && more[0] === 'time') return timeArgument(job.triggerTime, more[1]!);
  return {
    id: job.id,
    name: job.name,
    run_id: job.runId,
    repair_count: String(job.repairCount),
    'trigger.type': job.triggerType,
    // A run that no file started has no location: the reference is empty, as on the platform.
    'trigger.file_arrival.location': job.triggerLocation ?? '',
  }[[name, ...more].join('.')];
}

/** A value as a parameter carries it: text as it is, anything else as JSON. */
function textOf(value: unknown): string | undefined {
  return typeof value === 'string' || value === undefined ? value : JSON.stringify(value);
}
