import { join } from 'node:path';
import { type ProcessLock, takeLock } from '@lakewright/process';
import type { Clock } from './clock';
import type { JobDefinition } from './definition';
import type { RunHistory } from './history';
import { type RunRecord, withoutOpen } from './run-record';
import { hasEnded, type RunResult } from './state';

/** Between two looks of a run that waits. */
const LOOK_MS = 1_000;
/** Between two tries at a lock that is held for moments only. */
const LOCK_LOOK_MS = 20;

export interface TurnOptions {
  readonly job: JobDefinition;
  readonly record: RunRecord;
  readonly history: RunHistory;
  readonly clock: Clock;
  readonly signal?: AbortSignal;
}

/**
 * Waits until fewer runs of the job are going on than may, the oldest first, and takes the turn; false when the run is not to run at all.
 * Other processes have the same rule and the same documents.
 * Source: docs.databricks.com, "Configure concurrent runs" and "Advanced job settings" (queueing).
 */
export async function itsTurn({ job, record, history, clock, signal }: TurnOptions): Promise<boolean> {
  for (;;) {
    const lock = await turnLock(history.folderOf(job.name), clock);
    try {
      const others = history.runs(job.name).filter((run) => !hasEnded(run) && run.id !== record.run.id);
      const running = others.filter(({ state }) => state === 'RUNNING').length;
      const before = others.filter(({ state, id }) => state === 'QUEUED' && id < record.run.id).length;
      const now = new Date(clock.now()).toISOString();
      if (running + before < job.maxConcurrentRuns) {
        record.change({ state: 'RUNNING', begunAt: now });
        return true;
      }
      if (!job.queue || signal?.aborted) {
        skip(record, job, signal?.aborted === true, now);
        return false;
      }
    } finally {
      lock.release();
    }
    await clock.sleep(LOOK_MS, signal);
  }
}

function skip(record: RunRecord, job: JobDefinition, canceled: boolean, endedAt: string): void {
  const result: RunResult = canceled ? 'CANCELED' : 'MAXIMUM_CONCURRENT_RUNS_REACHED';
  const message = canceled
    ? 'it was cancelled while it waited for its turn'
    : `${job.maxConcurrentRuns} of its runs were going on`;
  const error = { code: canceled ? 'JOB_CANCELED' : 'JOB_SKIPPED', message };
  record.change({ state: 'SKIPPED', result, error, tasks: withoutOpen(record.run.tasks), endedAt });
}

async function turnLock(folder: string, clock: Clock): Promise<ProcessLock> {
  const busy = new Error('held');
  for (;;) {
    try {
      return takeLock(join(folder, 'turn.lock'), () => busy);
    } catch (error) {
      if (error !== busy) throw error;
      await clock.sleep(LOCK_LOOK_MS);
    }
  }
}
