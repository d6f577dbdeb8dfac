import { setTimeout as sleep } from 'node:timers/promises';
import { type ReplicationTask, StartReplicationTaskCommand } from '@aws-sdk/client-database-migration-service';
import { EXIT, LakewrightError } from '@lakewright/config';
import { type AwsClients, awsClients } from '../aws/clients';
import { settled, startType, tasksBy } from '../aws/dms';
import type { LocalContext } from '../context';
import {
  checkpointOf,
  hasReached,
  type LogPosition,
  progressOf,
  type ReplicationProgress,
  sourcePosition,
} from '../replication/progress';
import { servicesOf } from '../services/services';

export interface ReplicationRunOptions {
  /** Bound of the time in which nothing gets on. @default 300 s */
  readonly timeoutMs?: number;
  readonly onProgress?: (step: string, done?: number, total?: number) => void;
}

const LOOK_MS = 200;
const TIMEOUT_MS = 300_000;

/**
 * Lets a replication task bring everything into files that its source has committed by now: starts it when it does not run, waits for the
 * full load, then for the changes. The task goes on afterwards.
 *
 * @throws LakewrightError LOCAL_UNKNOWN_REPLICATION (exit 2), LOCAL_REPLICATION_FAILED, LOCAL_REPLICATION_STUCK
 */
export async function replicate(
  context: LocalContext,
  identifier: string,
  options: ReplicationRunOptions = {},
): Promise<ReplicationProgress> {
  const aws = awsClients(context);
  try {
    const task = await requireTask(context, aws, identifier);
    const wanted = task.MigrationType === 'full-load' ? undefined : await sourcePosition(context);
    await startTask(aws, task);
    return await new Waiting(aws, task, wanted, options).run();
  } finally {
    aws.close();
  }
}

async function requireTask(context: LocalContext, { dms }: AwsClients, identifier: string): Promise<ReplicationTask> {
  const tasks = servicesOf(context).includes('dms') ? await tasksBy(dms, 'replication-task-id', identifier) : [];
  if (tasks[0]) return tasks[0];
  throw new LakewrightError('LOCAL_UNKNOWN_REPLICATION', `there is no replication task "${identifier}" in the local plane`, {
    hint: 'lakewright up deploys it',
    exitCode: EXIT.usage,
  });
}

async function startTask({ dms }: AwsClients, { ReplicationTaskArn }: ReplicationTask): Promise<void> {
  const task = await settled(dms, ReplicationTaskArn!, ['stopping', 'creating', 'modifying']);
  if (task?.Status === 'running' || task?.Status === 'starting') return;
  await dms.send(new StartReplicationTaskCommand({ ReplicationTaskArn, StartReplicationTaskType: startType(task) }));
}

class Waiting {
  private lastSeen = '';
  private since = Date.now();

  constructor(
    private readonly aws: AwsClients,
    private readonly begun: ReplicationTask,
    /** What must be reached; nothing for a task that only loads. */
    private readonly wanted: LogPosition | undefined,
    private readonly options: ReplicationRunOptions,
  ) {}

  async run(): Promise<ReplicationProgress> {
    for (;;) {
      const [task] = await tasksBy(this.aws.dms, 'replication-task-arn', this.begun.ReplicationTaskArn!);
      const progress = await progressOf(this.aws, task!, this.wanted);
      if (this.isDone(task!, progress)) return progress;
      this.requireGoingOn(task!, progress);
      this.tell(progress);
      await sleep(LOOK_MS);
    }
  }

  private isDone(task: ReplicationTask, { percent }: ReplicationProgress): boolean {
    if (this.wanted === undefined) return task.Status === 'stopped' && percent === 100;
    const reached = checkpointOf(task);
    const loaded = task.MigrationType === 'cdc' || percent === 100;
    return loaded && reached !== undefined && hasReached(reached, this.wanted);
  }

  private requireGoingOn(task: ReplicationTask, progress: ReplicationProgress): void {
    const { task: name, status, reason } = progress;
    if (status === 'failed' || status === 'stopped') {
      throw new LakewrightError(
        'LOCAL_REPLICATION_FAILED',
        `the replication task ${name} ${status}: ${reason ?? 'it does not say why'}`,
        {
          hint: 'lakewright logs dms; the next run goes on where it was',
        },
      );
    }
    const seen = JSON.stringify([task.RecoveryCheckpoint, progress]);
    if (seen !== this.lastSeen) {
      this.lastSeen = seen;
      this.since = Date.now();
    }
    const { timeoutMs = TIMEOUT_MS } = this.options;
    if (Date.now() - this.since <= timeoutMs) return;
    const why = reason === undefined ? '' : `: ${reason}`;
    throw new LakewrightError(
      'LOCAL_REPLICATION_STUCK',
      `the replication task ${name} has not got on for ${timeoutMs / 1000} s${why}`,
      { hint: 'lakewright logs dms; lakewright status shows its tables' },
    );
  }

  private tell({ percent, loadedTables, tableCount, tables, reason }: ReplicationProgress): void {
    const rows = tables.reduce((sum, table) => sum + table.fullLoadRows, 0);
    const changes = tables.reduce((sum, { inserts, updates, deletes }) => sum + inserts + updates + deletes, 0);
    const trouble = reason === undefined ? '' : `; ${reason}`;
    if (percent < 100)
      this.options.onProgress?.(`full load: ${loadedTables} of ${tableCount} tables, ${rows} rows${trouble}`, percent, 100);
    else this.options.onProgress?.(`changes: ${changes} rows${trouble}`);
  }
}
