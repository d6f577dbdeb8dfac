import { jobState } from './job-flow';
import type { Flow, Retrier, State, StateMachineDefinition } from './states';

/** A table of the silver layer and the jobs that fill it. */
export interface HudiTable {
  readonly name: string;
  readonly fullLoadJob: string;
  readonly cdcJob: string;
}

export interface HudiPipelineProps {
  readonly replicationTaskArn: string;
  /** Silver database of the Glue Data Catalog. */
  readonly database: string;
  readonly tables: readonly HudiTable[];
  /** Gold jobs, one after the other, and the tables that they write. */
  readonly goldJobs: readonly { readonly job: string; readonly database: string; readonly table: string }[];
  /**
   * Function that registers a Hudi table in the catalog: `{ database, table, load? }`; it keeps `load` as the parameter `full_load` of the
   * table's entry, and the one that is there when none is given.
   */
  readonly registerFunctionArn: string;
  /** Seconds between two looks at a task or a job. @default 20 */
  readonly pollSeconds?: number;
  /** Tables that are worked on at once. @default 4 */
  readonly concurrency?: number;
}

const DMS_BUSY: Retrier = {
  ErrorEquals: ['DatabaseMigration.DatabaseMigrationException', 'DatabaseMigration.InvalidResourceStateFault', 'States.Timeout'],
  IntervalSeconds: 5,
  MaxAttempts: 4,
  BackoffRate: 2,
};
/** What the function writes into the parameters of a table's entry in the catalog. */
const LOAD_PARAMETER = 'full_load';
/** Names the last full load of the task: a table that is of another one is loaded anew. */
const LAST_LOAD =
  "{% $exists($task.ReplicationTaskStats.FullLoadFinishDate) ? $string($task.ReplicationTaskStats.FullLoadFinishDate) : 'unknown' %}";
const CAUGHT = { error: '{% $states.errorOutput.Error %}', cause: '{% $states.errorOutput.Cause %}' } as const;

/**
 * The definition of a pipeline from a database to Hudi: makes sure that replication runs and its full load is done; each table from the
 * full load where the catalog does not have it yet or has it of an earlier load, then its changes; then gold. Silver tables are independent: one that fails does not
 * stop another, but stops gold, and the execution fails with every cause. The next execution takes up what was left.
 */
export function hudiPipeline(props: HudiPipelineProps): StateMachineDefinition {
  const { pollSeconds = 20, concurrency = 4 } = props;
  return {
    Comment: 'DMS full load and changes into silver Hudi tables, then gold',
    QueryLanguage: 'JSONata',
    TimeoutSeconds: 6 * 3600,
    StartAt: 'Look at replication',
    States: {
      ...replicationStates(props.replicationTaskArn, pollSeconds, 'Silver tables'),
      'Silver tables': {
        Type: 'Map',
        Items: props.tables.map(({ name, fullLoadJob, cdcJob }) => ({ table: name, fullLoadJob, cdcJob, load: LAST_LOAD })),
        MaxConcurrency: concurrency,
        ItemProcessor: tableFlow(props, pollSeconds),
        // In brackets: nothing selected is an empty list, not nothing.
        Assign: { failed: '{% [$states.result[$exists(cause)]] %}' },
        Next: 'Every table done?',
      },
      'Every table done?': {
        Type: 'Choice',
        Choices: [{ Condition: '{% $count($failed) > 0 %}', Next: 'Tables failed' }],
        Default: 'Gold 1',
      },
      'Tables failed': {
        Type: 'Fail',
        Error: 'TablesFailed',
        Cause: `{% $join($failed.(table & ': ' & cause), '; ') %}`,
      },
      ...goldStates(props, pollSeconds),
    },
  };
}

/** From wherever the task is to a task that runs with its full load done. */
function replicationStates(taskArn: string, pollSeconds: number, next: string): Record<string, State> {
  const start = (type: string): State => ({
    Type: 'Task',
    Resource: 'arn:aws:states:::aws-sdk:databasemigration:startReplicationTask',
    Arguments: { ReplicationTaskArn: taskArn, StartReplicationTaskType: type },
    Retry: [DMS_BUSY],
    Next: 'Wait for replication',
  });
  return {
    'Look at replication': {
      Type: 'Task',
      Resource: 'arn:aws:states:::aws-sdk:databasemigration:describeReplicationTasks',
      Arguments: { Filters: [{ Name: 'replication-task-arn', Values: [taskArn] }], WithoutSettings: true },
      Retry: [DMS_BUSY],
      Assign: { task: '{% $states.result.ReplicationTasks[0] %}' },
      Next: 'Does it run?',
    },
    'Does it run?': {
      Type: 'Choice',
      Choices: [
        { Condition: `{% $task.Status = 'ready' %}`, Next: 'Start replication' },
        { Condition: `{% $task.Status = 'stopped' %}`, Next: 'Resume replication' },
        { Condition: `{% $task.Status in ['failed', 'failed-move', 'deleting'] %}`, Next: 'Replication failed' },
        {
          Condition: `{% $task.Status = 'running' and $task.ReplicationTaskStats.FullLoadProgressPercent = 100 %}`,
          Next: next,
        },
      ],
      Default: 'Wait for replication',
    },
    'Start replication': start('start-replication'),
    'Resume replication': start('resume-processing'),
    'Wait for replication': { Type: 'Wait', Seconds: pollSeconds, Next: 'Look at replication' },
    'Replication failed': {
      Type: 'Fail',
      Error: 'ReplicationFailed',
      Cause: `{% $task.ReplicationTaskIdentifier & ' ' & $task.Status & ': ' & ($exists($task.LastFailureMessage) ? $task.LastFailureMessage : 'no message') %}`,
    },
  };
}

/** One table: what went wrong is its result, so that the others go on. */
function tableFlow({ database, registerFunctionArn }: HudiPipelineProps, pollSeconds: number): Flow {
  const caught = [{ ErrorEquals: ['States.ALL'], Assign: CAUGHT, Next: 'Table failed' }];
  return {
    StartAt: 'Take table',
    States: {
      'Take table': { Type: 'Pass', Assign: { item: '{% $states.input %}' }, Next: 'Is it in the catalog?' },
      'Is it in the catalog?': {
        Type: 'Task',
        Resource: 'arn:aws:states:::aws-sdk:glue:getTable',
        Arguments: { DatabaseName: database, Name: '{% $item.table %}' },
        Catch: [{ ErrorEquals: ['Glue.EntityNotFoundException'], Next: 'Full load' }, ...caught],
        Assign: {
          load: `{% $exists($states.result.Table.Parameters.${LOAD_PARAMETER}) ? $states.result.Table.Parameters.${LOAD_PARAMETER} : 'none' %}`,
        },
        Next: 'Is it of the last load?',
      },
      'Is it of the last load?': {
        Type: 'Choice',
        Choices: [{ Condition: '{% $load = $item.load %}', Next: 'Changes' }],
        Default: 'Full load',
      },
      'Full load': jobState({
        suffix: 'full load',
        jobName: '{% $item.fullLoadJob %}',
        pollSeconds,
        catch: caught,
        next: 'Register table',
      }),
      'Register table': register(
        registerFunctionArn,
        { database, table: '{% $item.table %}', load: '{% $item.load %}' },
        caught,
        'Changes',
      ),
      Changes: jobState({
        suffix: 'changes',
        jobName: '{% $item.cdcJob %}',
        pollSeconds,
        catch: caught,
        next: 'Register changes',
      }),
      // Again: a column that was added since is in the catalog then.
      'Register changes': register(registerFunctionArn, { database, table: '{% $item.table %}' }, caught, 'Table done'),
      'Table done': { Type: 'Pass', Output: { table: '{% $item.table %}' }, End: true },
      'Table failed': {
        Type: 'Pass',
        Output: { table: '{% $item.table %}', error: '{% $error %}', cause: '{% $cause %}' },
        End: true,
      },
    },
  };
}

function goldStates({ goldJobs, registerFunctionArn }: HudiPipelineProps, pollSeconds: number): Record<string, State> {
  const states: Record<string, State> = {};
  for (const [index, { job, database, table }] of goldJobs.entries()) {
    const number = index + 1;
    const next = number < goldJobs.length ? `Gold ${number + 1}` : 'Done';
    states[`Gold ${number}`] = jobState({
      suffix: `gold ${number}`,
      jobName: job,
      pollSeconds,
      catch: [{ ErrorEquals: ['States.ALL'], Assign: CAUGHT, Next: 'Gold failed' }],
      next: `Register gold ${number}`,
    });
    const caught = [{ ErrorEquals: ['States.ALL'], Assign: CAUGHT, Next: 'Gold failed' }];
    states[`Register gold ${number}`] = register(registerFunctionArn, { database, table }, caught, next);
  }
  states['Gold failed'] = { Type: 'Fail', Error: 'GoldFailed', Cause: '{% $cause %}' };
  states.Done = { Type: 'Succeed' };
  return states;
}

function register(
  functionArn: string,
  payload: Readonly<Record<string, string>>,
  caught: NonNullable<Extract<State, { Type: 'Task' }>['Catch']>,
  next: string,
): State {
  return {
    Type: 'Task',
    Resource: 'arn:aws:states:::lambda:invoke',
    Arguments: { FunctionName: functionArn, Payload: payload },
    Retry: [
      {
        ErrorEquals: [
          'Lambda.ServiceException',
          'Lambda.AWSLambdaException',
          'Lambda.SdkClientException',
          'Lambda.TooManyRequestsException',
        ],
        IntervalSeconds: 2,
        MaxAttempts: 4,
        BackoffRate: 2,
        JitterStrategy: 'FULL',
      },
    ],
    Catch: caught,
    Next: next,
  };
}
