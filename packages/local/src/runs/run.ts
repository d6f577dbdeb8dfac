import { EXIT, LakewrightError, readManifest, type SystemManifest, type SystemRun } from '@lakewright/config';
import type { JobRun, TaskRun } from '@lakewright/jobs';
import type { UpdateResult, ValidationResult } from '@lakewright/lakeflow';
import { invoke } from '../aws/invoke';
import type { LocalContext } from '../context';
import type { Execution } from '../executions/execution';
import type { AlertState } from '../lake/alert-states';
import { type TableRows, tableRows } from '../lake/lake';
import type { ReplicationProgress } from '../replication/progress';
import { readJob } from '../workspace/jobs';
import { readPipeline } from '../workspace/pipelines';
import { deadLettersNotice } from './dead-letters';
import { baseline, type DrainOptions, drain } from './drain';
import { type GlueJobResult, runGlueJob } from './glue-job-run';
import { runDeployedJob } from './job-run';
import { type LambdaRun, payloadOf, type RunOptionValues } from './lambda-run';
import { runPipeline, validateDeployedPipeline } from './pipeline-run';
import { redrive } from './redrive';
import { replicate } from './replication-run';
import { newRunId } from './run-id';
import { runStateMachine } from './state-machine-run';

/** Progress of a run, for one line or a live bar on a terminal. */
export interface RunProgress {
  readonly system: string;
  readonly run: string;
  /** What is going on: "invoking sales_and_rentals_publishing_service", "handling S3 events: 12 of 40". */
  readonly step: string;
  readonly done?: number;
  readonly total?: number;
}

export interface RunOptions {
  /** Fields of a Lambda run's payload: `{ count: '100', seed: '7' }`. Text is taken as the type of the default. */
  readonly options?: RunOptionValues;
  /** For a pipeline: empty all its tables first, or the ones named. */
  readonly fullRefresh?: 'all' | readonly string[];
  /** For a pipeline: bring these tables up to date and no others. */
  readonly refresh?: readonly string[];
  /** For a job: parameters in place of its defaults; for a Glue job its arguments, by name without dashes. */
  readonly parameters?: Readonly<Record<string, string>>;
  /** For a job: run again what did not succeed in its last run. */
  readonly repair?: boolean;
  /** For a job: cancels the run. */
  readonly signal?: AbortSignal;
  /** For a job: told of each task that has ended. */
  readonly onTask?: (task: TaskRun) => void;
  /** Goes with everything that the run causes. @default a new one */
  readonly runId?: string;
  readonly onProgress?: (progress: RunProgress) => void;
  /** Bound of the wait for queues. @default 300 s */
  readonly drainTimeoutMs?: number;
}

export interface RunSummary {
  readonly system: string;
  readonly run: string;
  readonly runId: string;
  readonly kind: SystemRun['kind'];
  readonly seconds: number;
  /** What a Lambda run returned, or a redrive counted. */
  readonly result?: unknown;
  /** How a replication task stood when everything that had been committed was in files. */
  readonly replication?: ReplicationProgress;
  /** What a Glue job printed. */
  readonly glueJob?: GlueJobResult;
  /** The execution of a state machine as it ended, failed or not: see `executionFailure`. */
  readonly execution?: Execution;
  /** S3 events handled while draining. */
  readonly events?: number;
  /** What the user should know although the run went well. */
  readonly notices?: readonly string[];
  /** What a pipeline run did, as the runtime tells it. */
  readonly update?: UpdateResult;
  /** The run of a job as it ended, failed or not: see `jobFailure`. */
  readonly job?: JobRun;
  /** Rows of the tables of the pipeline's catalog, or of those of the job's pipelines, after the run. */
  readonly tables?: readonly TableRows[];
  /** How the alerts on that catalog stand after the run. */
  readonly alerts?: readonly AlertState[];
}

/**
 * Does one run of a system's manifest: invokes its Lambda (and waits for what that set going), updates its pipeline, runs its job or Glue job, executes its state machine, lets
 * its database be replicated, or brings its dead letters back.
 *
 * @throws LakewrightError CONFIG_UNKNOWN_SYSTEM, LOCAL_UNKNOWN_RUN, LOCAL_RUN_OPTION (exit 2); LOCAL_LAMBDA_FAILED,
 * LOCAL_DRAIN_TIMEOUT, LOCAL_DEAD_LETTERS, LOCAL_NO_DEAD_LETTER_QUEUE; LOCAL_UNKNOWN_REPLICATION, LOCAL_REPLICATION_FAILED,
 * LOCAL_REPLICATION_STUCK; what the Lakeflow runtime throws
 */
export async function runSystem(
  context: LocalContext,
  system: string,
  run: string,
  options: RunOptions = {},
): Promise<RunSummary> {
  const manifest = readManifest(context.root, system);
  const definition = findRun(manifest, run);
  refuseJobOptions(definition, run, options);
  const runId = options.runId ?? newRunId();
  const started = performance.now();
  const tell: Tell = (step, done, total) => options.onProgress?.({ system, run, step, done, total });
  const outcome = await runOne(context, definition, { ...options, runId, redriveCommand: redriveCommand(manifest) }, tell);
  const seconds = (performance.now() - started) / 1000;
  // A repaired run keeps its id.
  return { system, run, runId: outcome.job?.id ?? runId, kind: definition.kind, seconds, ...outcome };
}

/** A run of a system's manifest. @throws LakewrightError LOCAL_UNKNOWN_RUN (exit 2) */
export function findRun(system: SystemManifest, name: string): SystemRun {
  const run = Object.hasOwn(system.runs, name) && system.runs[name];
  if (run) return run;
  throw new LakewrightError('LOCAL_UNKNOWN_RUN', `system ${system.name} has no run "${name}"`, {
    hint: `its runs are: ${Object.keys(system.runs).join(', ')}`,
    exitCode: EXIT.usage,
  });
}

function refuseJobOptions({ kind }: SystemRun, run: string, { parameters = {}, repair }: RunOptions): void {
  if (kind === 'job' || (kind === 'glue_job' && !repair) || (Object.keys(parameters).length === 0 && !repair)) return;
  throw new LakewrightError('LOCAL_RUN_OPTION', `${repair ? '--repair is' : '--param is'} for jobs, and ${run} is a ${kind}`, {
    hint: 'name a run of the kind job',
    exitCode: EXIT.usage,
  });
}

type Tell = (step: string, done?: number, total?: number) => void;
type Outcome = Omit<RunSummary, 'system' | 'run' | 'runId' | 'kind' | 'seconds'>;
interface OneRunOptions extends RunOptions {
  readonly runId: string;
  /** What brings dead letters of this system back. */
  readonly redriveCommand: string | undefined;
}

async function runOne(context: LocalContext, run: SystemRun, options: OneRunOptions, tell: Tell): Promise<Outcome> {
  switch (run.kind) {
    case 'lambda':
      return runLambda(context, run, options, tell);
    case 'pipeline':
      return runOnePipeline(context, run.pipeline, options, tell);
    case 'job': {
      const { parameters, repair, signal, runId, onTask } = options;
      const job = await runDeployedJob(context, run.job, { parameters, repair, signal, runId, onTask, onStep: tell });
      return { job, tables: await tablesOf(context, run.job) };
    }
    case 'glue_job':
      return { glueJob: await runGlueJob(context, run.job, options.parameters ?? {}, tell) };
    case 'replication':
      return { replication: await replicate(context, run.task, { timeoutMs: options.drainTimeoutMs, onProgress: tell }) };
    case 'state_machine':
      return {
        execution: await runStateMachine(context, run.machine, { input: run.input, runId: options.runId, onProgress: tell }),
      };
    case 'redrive':
      return runRedrive(context, run.function, options, tell);
  }
}

async function runOnePipeline(context: LocalContext, name: string, options: OneRunOptions, tell: Tell): Promise<Outcome> {
  const outcome = await runPipeline(context, name, { ...selected(options), runId: options.runId, onStep: tell });
  const ringing = outcome.alerts.filter(({ state }) => state === 'TRIGGERED');
  return { ...outcome, notices: ringing.map(({ alert, condition, value }) => `alert "${alert}": ${condition} (${value})`) };
}

/** The rows of the catalogs that the pipelines of a job write to. */
async function tablesOf(context: LocalContext, job: string): Promise<readonly TableRows[]> {
  const pipelines = readJob(context.paths, job).tasks.flatMap(({ action }) =>
    action.kind === 'pipeline' ? [action.pipeline] : [],
  );
  const catalogs = new Set(pipelines.map((name) => readPipeline(context.paths, name).catalog));
  return (await Promise.all([...catalogs].map((catalog) => tableRows(context, catalog)))).flat();
}

function selected({ fullRefresh, refresh }: RunOptions): Pick<RunOptions, 'fullRefresh' | 'refresh'> {
  return { ...(fullRefresh === undefined ? {} : { fullRefresh }), ...(refresh === undefined ? {} : { refresh }) };
}

/**
 * Checks the pipeline of a run without running it: parsed, put together, every query analysed by the engine.
 *
 * @throws LakewrightError LOCAL_UNKNOWN_SYSTEM, LOCAL_UNKNOWN_RUN, LOCAL_RUN_OPTION (exit 2) for a run that is no pipeline; what the
 * Lakeflow runtime throws
 */
export async function validateRun(context: LocalContext, system: string, run: string): Promise<ValidationResult> {
  const definition = findRun(readManifest(context.root, system), run);
  if (definition.kind === 'pipeline') return validateDeployedPipeline(context, definition.pipeline);
  throw new LakewrightError('LOCAL_RUN_OPTION', `--validate checks a pipeline, and ${run} is a ${definition.kind}`, {
    hint: 'name a pipeline run of the system',
    exitCode: EXIT.usage,
  });
}

async function runLambda(context: LocalContext, run: LambdaRun, options: OneRunOptions, tell: Tell): Promise<Outcome> {
  const payload = payloadOf(run, options.options, options.runId);
  const before = await baseline(context);
  tell(`invoking ${run.function}`);
  const result = await invoke(context, run.function, payload);
  const waited = { timeoutMs: options.drainTimeoutMs, onProgress: tell };
  const replicated = run.replication ? { replication: await replicate(context, run.replication, waited) } : {};
  if (!run.drain) return { result, ...replicated };
  const { events, oldDeadLetters } = await drain(context, before, drainOptions(options, tell, 'S3 events'));
  const notices = oldDeadLetters.length > 0 ? [deadLettersNotice(oldDeadLetters, options.redriveCommand)] : [];
  return { result, events, notices, ...replicated };
}

async function runRedrive(context: LocalContext, name: string, options: OneRunOptions, tell: Tell): Promise<Outcome> {
  tell(`moving the dead letters of ${name} back`);
  return { result: await redrive(context, name, drainOptions(options, tell, 'dead letters')) };
}

function drainOptions(options: OneRunOptions, tell: Tell, what: string): DrainOptions {
  return {
    timeoutMs: options.drainTimeoutMs,
    redrive: options.redriveCommand,
    onProgress: ({ done, total }) => tell(`handling ${what}: ${done} of ${total}`, done, total),
  };
}

function redriveCommand({ name, runs }: SystemManifest): string | undefined {
  const run = Object.keys(runs).find((each) => runs[each]?.kind === 'redrive');
  return run && `lakewright run ${name} ${run}`;
}
