import { setTimeout as sleep } from 'node:timers/promises';
import { LakewrightError } from '@lakewright/config';
import { currentPosition, requireRowLog } from '../source/catalog';
import { captureChanges } from './capture';
import type { TaskContext } from './context';
import { fullLoad, reloadTables } from './full-load';
import { parsePosition } from './start-position';

/** Why a task ended ("DescribeReplicationTasks", StopReason). */
export type StopReason =
  | 'NORMAL'
  | 'FULL_LOAD_ONLY_FINISHED'
  | 'STOPPED_AFTER_FULL_LOAD'
  | 'STOPPED_AFTER_CDC_STOP_POSITION'
  | 'RECOVERABLE_ERROR'
  | 'FATAL_ERROR';

/** Errors of the server after which another try is no use. 1236: the binary log is gone; 1045, 1044, 1142, 1227: no privilege. */
const FATAL_ERRNO: ReadonlySet<number> = new Set([1236, 1044, 1045, 1142, 1227, 1146, 1054]);
/** Errors of S3 after which another try is no use. */
const FATAL_NAMES: ReadonlySet<string> = new Set(['NoSuchBucket', 'AccessDenied', 'InvalidAccessKeyId', 'SignatureDoesNotMatch']);
const RETRIED_CODES: ReadonlySet<string> = new Set(['DMS_SOURCE_CONNECTION', 'DMS_SECRET']);

/**
 * Runs a task until it ends, is stopped or fails for good. Errors that may pass are tried again.
 *
 * Source: AWS DMS User Guide, "Error handling task settings": RecoverableErrorCount, -Interval, -Throttling and -ThrottlingMax.
 */
export async function runTask(context: TaskContext, note: (error: Error) => void): Promise<StopReason> {
  const { settings } = context;
  for (let failures = 0; ; ) {
    const before = context.task.checkpoint;
    try {
      return await runOnce(context);
    } catch (thrown) {
      const error = explained(thrown as Error);
      note(error);
      if (!isRecoverable(error)) return 'FATAL_ERROR';
      // Whoever has got on since has not failed again, but anew.
      failures = context.task.checkpoint === before ? failures + 1 : 1;
      if (settings.recoverableErrorCount >= 0 && failures > settings.recoverableErrorCount) return 'RECOVERABLE_ERROR';
      const factor = settings.recoverableErrorThrottling ? 2 ** Math.min(failures - 1, 20) : 1;
      const seconds = Math.min(settings.recoverableErrorInterval * factor, settings.recoverableErrorThrottlingMax);
      await interruptibleSleep(seconds * 1000, context.stopping);
      if (context.stopping()) return 'NORMAL';
    }
  }
}

async function runOnce(context: TaskContext): Promise<StopReason> {
  const { task, settings } = context;
  if (task.migrationType !== 'cdc' && task.load !== 'done') {
    if (!(await fullLoad(context))) return 'NORMAL';
    if (task.migrationType === 'full-load') return 'FULL_LOAD_ONLY_FINISHED';
    if (settings.stopAfterLoad) return 'STOPPED_AFTER_FULL_LOAD';
  }
  if (task.migrationType === 'full-load') return 'FULL_LOAD_ONLY_FINISHED';
  if (!task.checkpoint) await begin(context);
  for (;;) {
    if (task.reload) await reloadTables(context);
    if (context.stopping()) return 'NORMAL';
    if ((await captureChanges(context)) === 'reached') return 'STOPPED_AFTER_CDC_STOP_POSITION';
  }
}

/** Where changes begin without a full load: where the task says, or now. */
async function begin({ task, connect, save }: TaskContext): Promise<void> {
  const connection = await connect();
  try {
    await requireRowLog(connection);
    task.checkpoint = task.cdcStartPosition ? parsePosition(task.cdcStartPosition) : await currentPosition(connection);
    save();
  } finally {
    connection.destroy();
  }
}

function isRecoverable(error: Error & { errno?: number }): boolean {
  if (error instanceof LakewrightError) return RETRIED_CODES.has(error.code);
  return !FATAL_ERRNO.has(error.errno ?? 0) && !FATAL_NAMES.has(error.name);
}

/** An error of the server, with what it means for the task and what to do. */
function explained(error: Error & { errno?: number }): Error {
  if (error.errno === 1236)
    return new LakewrightError(
      'DMS_BINLOG_GONE',
      `the source no longer has the binary log at the checkpoint of the task: ${error.message}`,
      {
        hint: 'start the task with reload-target; keep binary logs longer at the source (binlog retention hours)',
        cause: error,
      },
    );
  return error;
}

async function interruptibleSleep(milliseconds: number, interrupted: () => boolean): Promise<void> {
  for (let left = milliseconds; left > 0 && !interrupted(); left -= 200) await sleep(Math.min(left, 200));
}
