import { type JobTask, RUN_IF, type RunIf, type TaskResult } from '../src';
import { decide, resultOf } from '../src/run-if';
import { blockedTask } from '../src/run-record';
import type { TaskRun } from '../src/state';
import { task } from './support/jobs';

/** How one dependency can end: the result of its task, and for a condition whether its outcome was the wanted one. */
interface Ending {
  readonly result: TaskResult;
  readonly taken?: boolean;
}

const ENDINGS: readonly Ending[] = [
  { result: 'SUCCESS' },
  { result: 'SUCCESS', taken: true },
  { result: 'SUCCESS', taken: false },
  { result: 'FAILED' },
  { result: 'TIMEDOUT' },
  { result: 'UPSTREAM_FAILED' },
  { result: 'CANCELED' },
  { result: 'UPSTREAM_CANCELED' },
  { result: 'EXCLUDED' },
];

/**
 * The rules as "Configure task dependencies" and "Add branching logic to a job with the If/else task" (docs.databricks.com) tell them,
 * counted rather than decided: one line a sentence.
 */
function model(runIf: RunIf, endings: readonly Ending[]): string {
  const count = (test: (ending: Ending) => boolean) => endings.filter(test).length;
  const total = endings.length;
  const branchesNotTaken = count(({ taken }) => taken === false);
  const excluded = count(({ result }) => result === 'EXCLUDED');
  const ranAndSucceeded = count(({ result, taken }) => result === 'SUCCESS' && taken !== false);
  const canceled = count(({ result }) => result === 'CANCELED' || result === 'UPSTREAM_CANCELED');
  const failed = total - branchesNotTaken - excluded - ranAndSucceeded - canceled;
  const treatedAsSuccessful = ranAndSucceeded + excluded;
  if (excluded + branchesNotTaken === total) return 'EXCLUDED';
  const met: Record<RunIf, boolean> = {
    ALL_SUCCESS: treatedAsSuccessful === total,
    AT_LEAST_ONE_SUCCESS: treatedAsSuccessful > 0,
    NONE_FAILED: failed + canceled === 0,
    ALL_DONE: true,
    AT_LEAST_ONE_FAILED: failed + canceled > 0,
    ALL_FAILED: failed + canceled === total,
  };
  if (met[runIf]) return 'RUN';
  if (runIf === 'AT_LEAST_ONE_FAILED' || runIf === 'ALL_FAILED') return 'EXCLUDED';
  if (failed > 0) return 'UPSTREAM_FAILED';
  return canceled > 0 ? 'UPSTREAM_CANCELED' : 'EXCLUDED';
}

function ended(endings: readonly Ending[]): { of: (runIf: RunIf) => JobTask; runs: Map<string, TaskRun> } {
  const runs = endings.map(({ result, taken }, index): TaskRun => {
    const run: TaskRun = { ...blockedTask(task(`t${index}`)), state: 'TERMINATED', result };
    return taken === undefined ? run : { ...run, outcome: taken ? 'true' : 'false' };
  });
  const after = endings.map(({ taken }, index) => ({
    task: `t${index}`,
    ...(taken !== undefined && { outcome: 'true' as const }),
  }));
  return { of: (runIf) => task('this', { runIf, after }), runs: new Map(runs.map((run) => [run.key, run])) };
}

/** Every list of endings of a length. */
function listsOf(length: number): readonly (readonly Ending[])[] {
  if (length === 0) return [[]];
  return listsOf(length - 1).flatMap((list) => ENDINGS.map((ending) => [...list, ending]));
}

test.each(
  RUN_IF,
)('%s: every way in which one to three dependencies can end, against a model of the documented rules', (runIf) => {
  const lists = [1, 2, 3].flatMap(listsOf);
  expect(lists).toHaveLength(9 + 81 + 729);
  const wrong = lists.filter((endings) => {
    const { of, runs } = ended(endings);
    return decide(of(runIf), runs) !== model(runIf, endings);
  });
  expect(wrong).toEqual([]);
});

test.each<[RunIf, readonly TaskResult[], string]>([
  ['ALL_SUCCESS', ['SUCCESS', 'SUCCESS'], 'RUN'],
  ['ALL_SUCCESS', ['SUCCESS', 'FAILED'], 'UPSTREAM_FAILED'],
  ['AT_LEAST_ONE_SUCCESS', ['SUCCESS', 'FAILED'], 'RUN'],
  ['AT_LEAST_ONE_SUCCESS', ['FAILED', 'FAILED'], 'UPSTREAM_FAILED'],
  ['NONE_FAILED', ['SUCCESS', 'EXCLUDED'], 'RUN'],
  ['NONE_FAILED', ['SUCCESS', 'FAILED'], 'UPSTREAM_FAILED'],
  ['ALL_DONE', ['FAILED', 'UPSTREAM_FAILED'], 'RUN'],
  ['AT_LEAST_ONE_FAILED', ['SUCCESS', 'FAILED'], 'RUN'],
  ['AT_LEAST_ONE_FAILED', ['SUCCESS', 'SUCCESS'], 'EXCLUDED'],
  ['ALL_FAILED', ['FAILED', 'FAILED'], 'RUN'],
  ['ALL_FAILED', ['SUCCESS', 'FAILED'], 'EXCLUDED'],
  ['ALL_DONE', ['EXCLUDED', 'EXCLUDED'], 'EXCLUDED'],
  ['AT_LEAST_ONE_FAILED', ['CANCELED', 'SUCCESS'], 'RUN'],
  ['ALL_SUCCESS', ['CANCELED', 'SUCCESS'], 'UPSTREAM_CANCELED'],
])('%s after %j is %s', (runIf, list, decision) => {
  const { of, runs } = ended(list.map((result) => ({ result })));
  expect(decide(of(runIf), runs)).toBe(decision);
});

test.each<[string, Record<string, TaskResult>, string]>([
  ['all succeeded', { a: 'SUCCESS', b: 'SUCCESS' }, 'SUCCESS'],
  ['a leaf was excluded', { a: 'SUCCESS', b: 'EXCLUDED' }, 'SUCCESS'],
  ['one failed that is no leaf', { a: 'FAILED', b: 'SUCCESS' }, 'SUCCESS_WITH_FAILURES'],
  ['a leaf failed', { a: 'SUCCESS', b: 'FAILED' }, 'FAILED'],
  ['a leaf failed upstream', { a: 'FAILED', b: 'UPSTREAM_FAILED' }, 'FAILED'],
  ['a leaf was cancelled', { a: 'SUCCESS', b: 'CANCELED' }, 'CANCELED'],
])('the result of a run comes from its leaves: %s', (_, results, expected) => {
  const tasks = [task('a'), task('b', { after: ['a'] })];
  const runs = tasks.map((each): TaskRun => ({ ...blockedTask(each), state: 'TERMINATED', result: results[each.key] }));
  expect(resultOf(runs)).toBe(expected);
});
