import { setTimeout as sleep } from 'node:timers/promises';
import {
  type DatabaseMigrationServiceClient,
  DescribeReplicationTasksCommand,
  type ReplicationTask,
} from '@aws-sdk/client-database-migration-service';
import { LakewrightError } from '@lakewright/config';
import { found } from './found';

/** Milliseconds in which a task must have stopped: it writes what it holds first. */
const STOP_MS = 120_000;
const LOOK_MS = 100;

interface Middleware {
  readonly middlewareStack: {
    add(
      middleware: (next: (sent: SentRequest) => Promise<never>) => (sent: SentRequest) => Promise<never>,
      options: { readonly step: 'build'; readonly priority: 'high' },
    ): void;
  };
}
interface SentRequest {
  readonly request: { body?: Uint8Array };
}

/**
 * The same command, with the ARN that a new thing is to have. The service draws ARNs, and its API has no field for them; the local one
 * takes them, as the Terraform state knows them already. The SDK leaves out fields that the API does not know.
 */
export function withArn<T extends object>(command: T, field: string, arn: string): T {
  (command as unknown as Middleware).middlewareStack.add(
    (next) => (sent) => {
      const body = JSON.parse(new TextDecoder().decode(sent.request.body)) as Record<string, unknown>;
      sent.request.body = new TextEncoder().encode(JSON.stringify({ ...body, [field]: arn }));
      return next(sent);
    },
    { step: 'build', priority: 'high' },
  );
  return command;
}

/** Tasks by one of the filters of DescribeReplicationTasks; none where there are none. */
export async function tasksBy(
  dms: DatabaseMigrationServiceClient,
  filter: 'replication-task-arn' | 'replication-task-id' | 'endpoint-arn',
  value: string,
): Promise<ReplicationTask[]> {
  const Filters = [{ Name: filter, Values: [value] }];
  return (
    (await found(dms.send(new DescribeReplicationTasksCommand({ Filters, WithoutSettings: false }))))?.ReplicationTasks ?? []
  );
}

/** Waits until a task is in none of some states. @returns the task; undefined when it is gone @throws LakewrightError LOCAL_REPLICATION_BUSY */
export async function settled(
  dms: DatabaseMigrationServiceClient,
  arn: string,
  passing: readonly string[],
): Promise<ReplicationTask | undefined> {
  for (const deadline = Date.now() + STOP_MS; ; await sleep(LOOK_MS)) {
    const [task] = await tasksBy(dms, 'replication-task-arn', arn);
    if (!task || !passing.includes(task.Status ?? '')) return task;
    if (Date.now() > deadline) {
      const what = `the replication task ${task.ReplicationTaskIdentifier} is still ${task.Status} after ${STOP_MS / 1000} s`;
      throw new LakewrightError('LOCAL_REPLICATION_BUSY', what, { hint: 'lakewright logs dms' });
    }
  }
}

/** A task goes on where it was; one that has never run begins. */
export function startType(task: ReplicationTask | undefined): 'start-replication' | 'resume-processing' {
  return task?.ReplicationTaskStats?.FreshStartDate ? 'resume-processing' : 'start-replication';
}
