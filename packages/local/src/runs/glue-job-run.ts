import { setTimeout as sleep } from 'node:timers/promises';
import { type JobRun as AwsJobRun, GetJobRunCommand, StartJobRunCommand } from '@aws-sdk/client-glue';
import { EXIT, LakewrightError } from '@lakewright/config';
import { awsClients } from '../aws/clients';
import type { LocalContext } from '../context';
import { glueJobLog, glueJobNames } from '../glue/job-runs';

/** A run of a Glue job that succeeded. */
export interface GlueJobResult {
  readonly job: string;
  /** Its id. */
  readonly run: string;
  /** What it printed. */
  readonly output: readonly string[];
}

const LOOK_MS = 200;

/**
 * Runs a Glue job by itself, to its end.
 *
 * @param given arguments in place of its defaults, by name without dashes
 * @throws LakewrightError LOCAL_UNKNOWN_JOB (exit 2), LOCAL_GLUE_JOB_FAILED with the job's own error
 */
export async function runGlueJob(
  context: LocalContext,
  job: string,
  given: Readonly<Record<string, string>>,
  onStep: (step: string) => void,
): Promise<GlueJobResult> {
  if (!glueJobNames(context).includes(job)) {
    const hint = 'lakewright up deploys it';
    throw new LakewrightError('LOCAL_UNKNOWN_JOB', `there is no Glue job "${job}" in the local plane`, {
      hint,
      exitCode: EXIT.usage,
    });
  }
  const { glue, close } = awsClients(context);
  try {
    const Arguments = Object.fromEntries(Object.entries(given).map(([name, value]) => [`--${name}`, value]));
    const { JobRunId: RunId } = await glue.send(new StartJobRunCommand({ JobName: job, Arguments }));
    for (;;) {
      const { JobRun: run } = await glue.send(new GetJobRunCommand({ JobName: job, RunId }));
      onStep(`${job}: ${run!.JobRunState}`);
      if (run!.JobRunState === 'SUCCEEDED') return { job, run: RunId!, output: outputOf(context, job, RunId!) };
      if (run!.CompletedOn) throw failure(job, run!);
      await sleep(LOOK_MS);
    }
  } finally {
    close();
  }
}

function outputOf(context: LocalContext, job: string, run: string): string[] {
  try {
    return glueJobLog(context, job, { run, lines: Number.POSITIVE_INFINITY }).trimEnd().split('\n');
  } catch (error) {
    if (error instanceof LakewrightError && error.code === 'LOCAL_NO_LOG') return [];
    throw error;
  }
}

function failure(job: string, { JobRunState, ErrorMessage }: AwsJobRun): LakewrightError {
  return new LakewrightError('LOCAL_GLUE_JOB_FAILED', `the Glue job ${job} is ${JobRunState}: ${ErrorMessage ?? 'no message'}`, {
    hint: `its whole log: lakewright logs ${job}`,
  });
}
