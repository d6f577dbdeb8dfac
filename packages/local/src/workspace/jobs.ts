import { join } from 'node:path';
import { EXIT, LakewrightError, type LocalPaths } from '@lakewright/config';
import { type JobDefinition, RunHistory } from '@lakewright/jobs';
import { Registry } from './registry';

/** The deployed jobs, by name. The runner of their type writes them; runs, schedules and pages read them. */
export function jobs(paths: Pick<LocalPaths, 'home'>): Registry<JobDefinition> {
  return new Registry(join(paths.home, 'jobs'));
}

/** What the runs of every job did. */
export function jobHistory(paths: Pick<LocalPaths, 'home'>): RunHistory {
  return new RunHistory(join(paths.home, 'job-runs'));
}

/** @throws LakewrightError LOCAL_UNKNOWN_JOB (exit 2) */
export function readJob(paths: Pick<LocalPaths, 'home'>, name: string): JobDefinition {
  const deployed = jobs(paths);
  const job = deployed.get(name);
  if (job) return job;
  const names = deployed.keys();
  throw new LakewrightError('LOCAL_UNKNOWN_JOB', `no job "${name}" is deployed`, {
    hint: names.length > 0 ? `deployed are: ${names.join(', ')}` : 'lakewright up',
    exitCode: EXIT.usage,
  });
}
