import { type Clock, JobRunner } from '@lakewright/jobs';
import type { LocalContext } from '../context';
import { newRunId } from '../runs/run-id';
import { jobHistory, jobs } from '../workspace/jobs';
import { localExecutors } from './executors';

/** Runs the deployed jobs of a clone on this machine. */
export function localJobRunner(context: LocalContext, clock?: Clock): JobRunner {
  const { host, accountId } = context.environment.databricks;
  return new JobRunner({
    history: jobHistory(context.paths),
    executors: localExecutors(context),
    definition: (name) => jobs(context.paths).get(name),
    newId: () => newRunId(),
    workspace: { id: accountId, url: host },
    ...(clock && { clock }),
  });
}
