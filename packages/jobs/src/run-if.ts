import type { JobTask, RunIf } from './definition';
import type { RunResult, TaskResult, TaskRun } from './state';

/** What becomes of a task once all that it depends on has ended. */
export type Decision = 'RUN' | 'UPSTREAM_FAILED' | 'UPSTREAM_CANCELED' | 'EXCLUDED';

/** How a dependency ended, as the rules of "Run if" count it. `not_taken`: a condition whose other outcome came. */
type Ending = 'succeeded' | 'excluded' | 'not_taken' | 'failed' | 'canceled';

const ENDINGS: Readonly<Record<TaskResult, Ending>> = {
  SUCCESS: 'succeeded',
  EXCLUDED: 'excluded',
  FAILED: 'failed',
  TIMEDOUT: 'failed',
  UPSTREAM_FAILED: 'failed',
  SKIPPED: 'failed',
  CANCELED: 'canceled',
  UPSTREAM_CANCELED: 'canceled',
};

/** An excluded task counts as one that succeeded; a branch that was not taken as one that did not run. */
const RULES: Readonly<Record<RunIf, (endings: readonly Ending[]) => boolean>> = {
  ALL_SUCCESS: (endings) => endings.every(isGood),
  AT_LEAST_ONE_SUCCESS: (endings) => endings.some(isGood),
  NONE_FAILED: (endings) => !endings.some(isBad),
  ALL_DONE: () => true,
  AT_LEAST_ONE_FAILED: (endings) => endings.some(isBad),
  ALL_FAILED: (endings) => endings.every(isBad),
};

const HANDLES_FAILURES: readonly RunIf[] = ['AT_LEAST_ONE_FAILED', 'ALL_FAILED'];

/**
 * Whether a task runs, now that all its dependencies have ended. A task whose dependencies were all excluded is excluded whatever its
 * `run_if`; one that would handle failures which did not come is excluded; any other whose condition does not hold failed upstream,
 * or is excluded where nothing failed and only a branch was not taken.
 * Source: docs.databricks.com, "Configure task dependencies" and "Add branching logic to a job with the If/else task".
 */
export function decide(task: Pick<JobTask, 'dependsOn' | 'runIf'>, ended: ReadonlyMap<string, TaskRun>): Decision {
  if (task.dependsOn.length === 0) return 'RUN';
  const endings = task.dependsOn.map(({ task: key, outcome }) => {
    const run = ended.get(key)!;
    const ending = ENDINGS[run.result!];
    return ending === 'succeeded' && outcome !== undefined && outcome !== run.outcome ? 'not_taken' : ending;
  });
  if (endings.every((ending) => ending === 'excluded' || ending === 'not_taken')) return 'EXCLUDED';
  if (RULES[task.runIf](endings)) return 'RUN';
  if (HANDLES_FAILURES.includes(task.runIf) || !endings.some(isBad)) return 'EXCLUDED';
  return endings.includes('failed') ? 'UPSTREAM_FAILED' : 'UPSTREAM_CANCELED';
}

function isGood(ending: Ending): boolean {
  return ending === 'succeeded' || ending === 'excluded';
}

function isBad(ending: Ending): boolean {
  return ending === 'failed' || ending === 'canceled';
}

/**
 * The result of a run by its leaves, the tasks that nothing depends on.
 * Source: docs.databricks.com, "Configure task dependencies" (how the status of a run is found).
 */
export function resultOf(tasks: readonly TaskRun[]): RunResult {
  const needed = new Set(tasks.flatMap(({ dependsOn }) => dependsOn.map(({ task }) => task)));
  const good = ({ result }: TaskRun) => result !== undefined && isGood(ENDINGS[result]);
  if (tasks.every(good)) return 'SUCCESS';
  const leaves = tasks.filter(({ key }) => !needed.has(key));
  if (leaves.every(good)) return 'SUCCESS_WITH_FAILURES';
  const bad = leaves.filter((task) => !good(task));
  return bad.every(({ result }) => ENDINGS[result!] === 'canceled') ? 'CANCELED' : 'FAILED';
}
