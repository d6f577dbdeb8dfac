import type { Catcher, Flow, Jsonata, Retrier, State, Template } from './states';

/** How a Glue job that did not succeed is called by Retry and Catch. */
export const JOB_FAILED = 'JobFailed';
/** The errors of an API that is busy: asked again. */
export const BUSY: Retrier = {
  ErrorEquals: ['Glue.ThrottlingException', 'Glue.InternalServiceException', 'Glue.OperationTimeoutException', 'States.Timeout'],
  IntervalSeconds: 2,
  MaxAttempts: 5,
  BackoffRate: 2,
  JitterStrategy: 'FULL',
};

export interface JobFlowOptions {
  /** Ends the names of its states: unique in the machine. */
  readonly suffix: string;
  readonly jobName: Jsonata | string;
  /** @default those of the job */
  readonly arguments?: Template;
  /** Seconds between two looks. */
  readonly pollSeconds: number;
}

/**
 * Starts a Glue job and looks until it has ended: the flow ends when it succeeded, and fails with `JobFailed` and the job's own error
 * otherwise. Wait and Choice, because the same definition runs where `glue:startJobRun.sync` does not exist.
 */
export function jobFlow({ suffix, jobName, arguments: given, pollSeconds }: JobFlowOptions): Flow {
  const named = (name: string) => `${name} ${suffix}`;
  return {
    StartAt: named('Start'),
    States: {
      [named('Start')]: {
        Type: 'Task',
        Resource: 'arn:aws:states:::aws-sdk:glue:startJobRun',
        Arguments: { JobName: jobName, ...(given === undefined ? {} : { Arguments: given }) },
        Retry: [
          BUSY,
          // The run before is still going on, started by hand or by an execution that was stopped.
          { ErrorEquals: ['Glue.ConcurrentRunsExceededException'], IntervalSeconds: 30, MaxAttempts: 10, BackoffRate: 1 },
        ],
        Assign: { runId: '{% $states.result.JobRunId %}' },
        Next: named('Wait for'),
      },
      [named('Wait for')]: { Type: 'Wait', Seconds: pollSeconds, Next: named('Look at') },
      [named('Look at')]: {
        Type: 'Task',
        Resource: 'arn:aws:states:::aws-sdk:glue:getJobRun',
        Arguments: { JobName: jobName, RunId: '{% $runId %}' },
        Retry: [BUSY],
        Assign: { run: '{% $states.result.JobRun %}' },
        Next: named('Ended?'),
      },
      [named('Ended?')]: {
        Type: 'Choice',
        Choices: [
          { Condition: `{% $run.JobRunState = 'SUCCEEDED' %}`, Next: named('Done') },
          { Condition: `{% $run.JobRunState in ['STARTING', 'RUNNING', 'STOPPING', 'WAITING'] %}`, Next: named('Wait for') },
        ],
        Default: named('Failed'),
      },
      [named('Done')]: { Type: 'Pass', Output: '{% $run.Id %}', End: true },
      [named('Failed')]: {
        Type: 'Fail',
        Error: JOB_FAILED,
        Cause: `{% $run.JobName & ' ' & $run.JobRunState & ': ' & ($exists($run.ErrorMessage) ? $run.ErrorMessage : 'no message') %}`,
      },
    },
  };
}

export interface JobStateOptions extends JobFlowOptions {
  /** Times that a failed job is tried again. @default 1 */
  readonly retries?: number;
  readonly catch?: readonly Catcher[];
  readonly next: string | undefined;
}

/** One state that runs a Glue job: tried again when it fails, then caught by name with its cause. */
export function jobState({ retries = 1, catch: catchers, next, ...options }: JobStateOptions): State {
  return {
    Type: 'Parallel',
    Branches: [jobFlow(options)],
    Retry: [{ ErrorEquals: [JOB_FAILED], IntervalSeconds: 15, MaxAttempts: retries, BackoffRate: 1 }],
    ...(catchers ? { Catch: catchers } : {}),
    ...(next === undefined ? { End: true } : { Next: next }),
  };
}
