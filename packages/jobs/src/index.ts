export { type Clock, systemClock } from './clock';
export * from './definition';
export type { Executors, TaskExecution, TaskExecutor, TaskOutput } from './executor';
export { RunHistory } from './history';
export { JobRunner, type JobRunnerOptions, type StartOptions } from './job-runner';
export { nextFire, type QuartzSchedule } from './schedule/quartz';
export { type WatchOptions, watchJobs } from './schedule/watch';
export {
  type Attempt,
  durationMs,
  firstFailure,
  hasEnded,
  type JobRun,
  type RunError,
  type RunResult,
  type RunState,
  type RunTrigger,
  type TaskResult,
  type TaskRun,
  type TaskState,
  taskDurationMs,
} from './state';
export { validateJob } from './validate';
