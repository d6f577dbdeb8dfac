import { existsSync, readFileSync } from 'node:fs';
import { EXIT, LakewrightError } from '@lakewright/config';
import { hasEnded, historyOf, interrupted, type JobRun, type JobRunState, logFileOf } from '@lakewright/glue/history';
import type { LocalContext } from '../context';
import { isDeployed, loadDeployment } from '../deployment/deployment';
import { glueFolders } from '../services/glue/folders';
import { serviceStatus } from '../services/services';

/** A deployed Glue job and its last run. */
export interface GlueJobStatus {
  readonly job: string;
  /** None before the first run. */
  readonly lastRun?: {
    readonly run: string;
    /** 0 for the first attempt. */
    readonly attempt: number;
    readonly state: JobRunState;
    /** ISO time. */
    readonly startedAt: string;
    /** Unknown of one that was broken off. */
    readonly seconds?: number;
    readonly error?: string;
  };
}

/** Every deployed Glue job with its last run; starts nothing. */
export async function glueJobStatus(context: LocalContext, now = Date.now()): Promise<readonly GlueJobStatus[]> {
  const names = glueJobNames(context);
  if (names.length === 0) return [];
  const [service] = await serviceStatus(context, ['glue']);
  const history = historyOf(glueFolders(context).folder);
  return names.map((job) => {
    const [latest] = history.runs(job);
    if (!latest) return { job };
    // Nobody is left to write its end down until the service starts again.
    const goesOn = service?.state === 'running' || service?.state === 'unhealthy';
    const { id, attempt, state, startedOn, completedOn, error } = hasEnded(latest) || goesOn ? latest : interrupted(latest);
    const until = completedOn ?? (goesOn ? now : undefined);
    const took = until === undefined ? {} : { seconds: (until - startedOn) / 1000 };
    const why = error === undefined ? {} : { error };
    return { job, lastRun: { run: id, attempt, state, startedAt: new Date(startedOn).toISOString(), ...took, ...why } };
  });
}

/** The deployed Glue jobs, sorted. */
export function glueJobNames(context: Pick<LocalContext, 'paths'>): readonly string[] {
  if (!isDeployed(context)) return [];
  const jobs = loadDeployment(context).resources.filter(({ type }) => type === 'aws_glue_job');
  return jobs.map(({ values }) => String(values.name)).sort();
}

export interface GlueJobLogOptions {
  /** Id of a run, or enough of its beginning. @default the latest */
  readonly run?: string;
  /** @default 100 */
  readonly lines?: number;
}

/**
 * The end of what a run of a Glue job wrote.
 *
 * @throws LakewrightError LOCAL_NO_LOG (exit 2) when there is no such run, or when it wrote nothing, with the reason where it has one
 */
export function glueJobLog(
  context: Pick<LocalContext, 'paths'>,
  job: string,
  { run: wanted, lines = 100 }: GlueJobLogOptions = {},
): string {
  const { folder, logs } = glueFolders(context);
  const runs = historyOf(folder).runs(job);
  const found = wanted === undefined ? runs.slice(0, 1) : runs.filter(({ id }) => id === wanted);
  const [run, other] = found.length > 0 ? found : runs.filter(({ id }) => wanted !== undefined && id.startsWith(wanted));
  if (!run || other) throw noRun(job, wanted, runs);
  const file = logFileOf(logs, run);
  const text = existsSync(file) ? readFileSync(file, 'utf8').trimEnd() : '';
  if (text !== '') return `${text.split('\n').slice(-lines).join('\n')}\n`;
  const why = run.error === undefined ? `it is ${run.state}` : `${run.state}: ${run.error}`;
  throw new LakewrightError('LOCAL_NO_LOG', `the run ${run.id} of the Glue job ${job} has written nothing: ${why}`, {
    hint: 'what Spark itself says: lakewright logs glue',
    exitCode: EXIT.usage,
  });
}

function noRun(job: string, wanted: string | undefined, runs: readonly JobRun[]): LakewrightError {
  const [latest] = runs;
  const what = wanted === undefined ? 'was not run yet' : `has no one run "${wanted}"`;
  const ids = runs.slice(0, 5).map(({ id, state }) => `${id} (${state})`);
  return new LakewrightError('LOCAL_NO_LOG', `the Glue job ${job} ${what}`, {
    hint: latest ? `its last runs are: ${ids.join(', ')}` : 'the state machine that starts it: lakewright run <system>',
    exitCode: EXIT.usage,
  });
}
