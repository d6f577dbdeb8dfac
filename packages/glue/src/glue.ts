import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { S3Client } from '@aws-sdk/client-s3';
import { type JobDefinition, readDefinition, readRunRequest } from './definition';
import { GlueFault } from './fault';
import { historyOf, type RunHistory } from './history';
import { JobRunner } from './job-runner';
import { type Action, startJsonApi } from './json-api';
import type { JobRun } from './run';
import { type SparkInstallation, SparkSession, type SparkSessionOptions } from './session';

export interface GlueOptions {
  /** Of the API, on 127.0.0.1. */
  readonly port: number;
  /** Jobs, runs and the session's files. */
  readonly folder: string;
  readonly logs: string;
  readonly installation: SparkInstallation;
  readonly s3: SparkSessionOptions['s3'];
  /** How long a minute of a job's `Timeout` is, in milliseconds. @default a minute */
  readonly minuteMs?: number;
}

export interface Glue {
  /** Stops the runs that go on, and Spark. */
  close(): Promise<void>;
}

/**
 * Serves the part of the Glue API that runs jobs: `CreateJob`, `UpdateJob`, `DeleteJob`, `GetJob`, `StartJobRun`, `GetJobRun`, `GetJobRuns`,
 * `BatchStopJobRun` (docs: "AWS Glue API", Jobs and Job runs). Runs that a killed service left are `ERROR`.
 */
export async function startGlue(options: GlueOptions): Promise<Glue> {
  mkdirSync(options.folder, { recursive: true, mode: 0o700 });
  const { endpoint, region, accessKeyId, secretAccessKey } = options.s3;
  const s3 = new S3Client({ endpoint, region, credentials: { accessKeyId, secretAccessKey }, forcePathStyle: true });
  const session = new SparkSession({ installation: options.installation, folder: join(options.folder, 'spark'), s3: options.s3 });
  const history = historyOf(options.folder);
  history.closeInterrupted();
  const work = join(options.folder, 'work');
  // Of runs that went on when the service was killed.
  rmSync(work, { recursive: true, force: true });
  const runner = new JobRunner({ ...options, session, history, s3, folder: work });
  const api = await startJsonApi({
    port: options.port,
    target: 'AWSGlue',
    actions: actions(join(options.folder, 'jobs'), runner, history),
  });
  return {
    async close() {
      await api.close();
      await runner.close();
      await session.stop();
      s3.destroy();
    },
  };
}

function actions(folder: string, runner: JobRunner, history: RunHistory): Record<string, Action> {
  const file = (name: string) => join(folder, `${encodeURIComponent(name)}.json`);
  const find = (name: unknown): JobDefinition => {
    if (typeof name === 'string' && existsSync(file(name))) return JSON.parse(readFileSync(file(name), 'utf8')) as JobDefinition;
    throw new GlueFault('EntityNotFoundException', `there is no job ${name}`);
  };
  const save = (definition: JobDefinition) => {
    mkdirSync(folder, { recursive: true });
    writeFileSync(`${file(definition.Name)}.draft`, `${JSON.stringify(definition, null, 1)}\n`);
    renameSync(`${file(definition.Name)}.draft`, file(definition.Name));
    return { Name: definition.Name };
  };
  const findRun = (job: unknown, id: unknown): JobRun => {
    const run = history.get(String(job), String(id));
    if (run) return run;
    throw new GlueFault('EntityNotFoundException', `job ${job} has no run ${id}`);
  };
  return {
    CreateJob: (input) => {
      const definition = readDefinition(input);
      if (existsSync(file(definition.Name))) throw new GlueFault('AlreadyExistsException', `there is a job ${definition.Name}`);
      return save(definition);
    },
    UpdateJob: ({ JobName, JobUpdate }) => {
      const { Name } = find(JobName);
      return { JobName: save(readDefinition({ ...(JobUpdate as object), Name })).Name };
    },
    DeleteJob: ({ JobName }) => {
      rmSync(file(String(JobName)), { force: true });
      return { JobName };
    },
    GetJob: ({ JobName }) => ({ Job: find(JobName) }),
    GetJobs: () => ({
      Jobs: (existsSync(folder) ? readdirSync(folder) : [])
        .filter((name) => name.endsWith('.json'))
        .sort()
        .map((name) => find(decodeURIComponent(name.slice(0, -'.json'.length)))),
    }),
    StartJobRun: (input) => ({ JobRunId: runner.start(find(input.JobName), readRunRequest(input)).id }),
    GetJobRun: ({ JobName, RunId }) => ({ JobRun: shown(findRun(JobName, RunId)) }),
    GetJobRuns: ({ JobName }) => ({ JobRuns: history.runs(find(JobName).Name).map(shown) }),
    BatchStopJobRun: ({ JobName, JobRunIds }) => {
      const runs = (JobRunIds as string[]).map((id) => findRun(JobName, id)).filter((run) => runner.stop(run));
      return { SuccessfulSubmissions: runs.map(({ id, job }) => ({ JobName: job, JobRunId: id })), Errors: [] };
    },
  };
}

/** As the API tells a run: times in seconds. */
function shown(run: JobRun): object {
  const seconds = (ms: number) => ms / 1000;
  return {
    Id: run.id,
    Attempt: run.attempt,
    PreviousRunId: run.previousRunId,
    JobName: run.job,
    JobRunState: run.state,
    Arguments: run.arguments,
    StartedOn: seconds(run.startedOn),
    LastModifiedOn: seconds(run.completedOn ?? run.startedOn),
    CompletedOn: run.completedOn === undefined ? undefined : seconds(run.completedOn),
    ExecutionTime: run.completedOn === undefined ? undefined : Math.round(seconds(run.completedOn - run.startedOn)),
    ErrorMessage: run.error,
    GlueVersion: '5.1',
  };
}
