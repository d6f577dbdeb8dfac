import { readFileSync } from 'node:fs';
import type { Pipeline, PipelineEvent, UpdateResult, ValidationResult } from '@lakewright/lakeflow';
import type { SqlEngine } from '@lakewright/lakeflow/engine';
import { GovernedUpdate } from '../catalog/update-access';
import { awsEndpoint, type LocalContext } from '../context';
import { type AlertState, alertStates } from '../lake/alert-states';
import { type TableRows, tableRows } from '../lake/lake';
import { withEngine } from '../lake/with-lake';
import { workspaceFile } from '../workspace/files';
import { readPipeline } from '../workspace/pipelines';

export interface PipelineRunOptions {
  /** Empty all tables of the pipeline first, or the ones named. */
  readonly fullRefresh?: 'all' | readonly string[];
  /** Bring these tables up to date and no others. */
  readonly refresh?: readonly string[];
  /** Id of the run that the update belongs to, for the event log. */
  readonly runId?: string;
  /** Ends the update: what it has not committed is as if it had not begun. */
  readonly signal?: AbortSignal;
  readonly onStep?: (step: string) => void;
  /** Whoever starts it, for the audit log: the update itself runs as the pipeline's `run_as`. @default the metastore's admin */
  readonly principal?: string;
}

/** What a pipeline run gave. */
export interface PipelineOutcome {
  readonly update: UpdateResult;
  /** Rows of the tables of the pipeline's catalog after the run. */
  readonly tables: readonly TableRows[];
  /** How the alerts on that catalog stand after the run. */
  readonly alerts: readonly AlertState[];
}

/** By convention of every system: the column that names the run which caused a row. */
const RUN_COLUMN = 'run_id';

/**
 * One update of a deployed pipeline, from the files as they were deployed to the workspace, as the principal of its `run_as`.
 *
 * @throws LakewrightError CATALOG_DENIED before anything is touched, with all that the principal lacks; LakewrightError LOCAL_UNKNOWN_PIPELINE; what the Lakeflow runtime throws
 */
export async function runPipeline(
  context: LocalContext,
  name: string,
  options: PipelineRunOptions = {},
): Promise<PipelineOutcome> {
  const { runUpdate } = await import('@lakewright/lakeflow');
  const pipeline = deployedPipeline(context, name);
  const governed = new GovernedUpdate(context, pipeline, readPipeline(context.paths, name), options.principal);
  const updateWith = (engine: SqlEngine) =>
    governed.run(() =>
      runUpdate({
        engine,
        lake: context.paths.lake,
        pipeline,
        fullRefresh: options.fullRefresh,
        refresh: options.refresh,
        run: options.runId,
        runColumn: RUN_COLUMN,
        s3: awsEndpoint(context),
        volumes: context.paths.volumes,
        onEvent: (event) => options.onStep?.(describe(event)),
      }),
    );
  const update = await withEngine(context, updateWith, options.signal);
  const { catalog } = pipeline;
  return { update, tables: await tableRows(context, catalog), alerts: await alertStates(context, catalog) };
}

/**
 * Checks a deployed pipeline without running it.
 *
 * @throws LakewrightError LOCAL_UNKNOWN_PIPELINE; what the Lakeflow runtime throws
 */
export async function validateDeployedPipeline(context: LocalContext, name: string): Promise<ValidationResult> {
  const { validatePipeline } = await import('@lakewright/lakeflow');
  const pipeline = deployedPipeline(context, name);
  new GovernedUpdate(context, pipeline, readPipeline(context.paths, name)).check();
  const { lake, volumes } = context.paths;
  return withEngine(context, (engine) => validatePipeline({ engine, lake, pipeline, s3: awsEndpoint(context), volumes }));
}

function deployedPipeline(context: LocalContext, name: string): Pipeline {
  const { files, runAs: _, ...definition } = readPipeline(context.paths, name);
  const sources = files.map((path) => ({ path, text: readFileSync(workspaceFile(context.paths, path), 'utf8') }));
  return { ...definition, sources };
}

function describe(event: PipelineEvent): string {
  return 'dataset' in event && event.dataset
    ? `${event.type.replaceAll('_', ' ')}: ${event.dataset}`
    : event.type.replaceAll('_', ' ');
}

/**
 * The event log of a deployed pipeline, oldest first.
 *
 * @throws LakewrightError LOCAL_UNKNOWN_PIPELINE (exit 2)
 */
export async function pipelineEvents(context: LocalContext, name: string): Promise<readonly PipelineEvent[]> {
  const { readEvents } = await import('@lakewright/lakeflow');
  return readEvents(context.paths.lake, readPipeline(context.paths, name));
}
