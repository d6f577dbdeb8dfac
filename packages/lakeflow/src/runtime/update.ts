import { randomUUID } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { LakewrightError } from '@lakewright/config';
import { holderText, type LockHolder, takeLock } from '@lakewright/process';
import type { SqlEngine } from '../engine';
import type { S3Settings } from '../source/s3-files';
import { buildGraph, type Dataset, type Graph, parsePipeline, type SqlSource } from '../sql';
import { DatasetRuns } from './dataset-runs';
import { EventLog, type PipelineEvent } from './event-log';
import { type EventLogTable, publishEvents } from './event-log-table';
import { FileStores } from './file-stores';
import { FullRefresh, mayReset } from './full-refresh';
import { PipelineFolder } from './pipeline-folder';
import { inOrder } from './schedule';
import { selectDatasets } from './selection';
import { displayName, type FaultInjector, InjectedFault, type UpdateContext } from './update-context';
import type { UpdateResult } from './update-result';
import { type ValidatedDataset, Validation } from './validate';

/** What validation found. */
export interface ValidationResult {
  readonly datasets: readonly ValidatedDataset[];
}

/** A pipeline that no update could bring up to date. */
export class ValidationError extends LakewrightError {
  constructor(
    cause: LakewrightError,
    readonly result: ValidationResult,
  ) {
    const others = result.datasets.filter(({ status }) => status !== 'valid').slice(1);
    const more = others.map((each) =>
      each.status === 'invalid' ? `${each.dataset}: ${each.message}` : `${each.dataset}: not looked at`,
    );
    const message = more.length === 0 ? cause.message : `${cause.message}\n  also ${more.join('\n  also ')}`;
    super(cause.code, message, { hint: cause.hint, location: cause.location, cause, exitCode: cause.exitCode });
    this.name = 'ValidationError';
  }
}

/** A pipeline as it was deployed. */
export interface Pipeline {
  readonly name: string;
  /** Where names of one or two parts belong. */
  readonly catalog: string;
  readonly schema: string;
  readonly sources: readonly SqlSource[];
  /** Values for `${name}`. */
  readonly configuration: Readonly<Record<string, string>>;
  /** The table that its event log is published as. @default it is read by `readEvents` only */
  readonly eventLog?: EventLogTable;
}

export interface UpdateOptions {
  readonly engine: SqlEngine;
  /** The lake's folder (`localPaths().lake`). */
  readonly lake: string;
  readonly pipeline: Pipeline;
  /** Tables to be brought up to date, by name; others stay as they are. @default all, unless `fullRefresh` names some */
  readonly refresh?: readonly string[];
  /** Tables to be made from nothing: all, or some by name, and then no others are touched but those of `refresh`. @default none */
  readonly fullRefresh?: 'all' | readonly string[];
  /** How many tables that do not read each other are worked on at a time. @default processors, four at most */
  readonly atOnce?: number;
  /** Told every event as it happens. */
  readonly onEvent?: (event: PipelineEvent) => void;
  /** How to reach `s3://` sources. @default they are refused */
  readonly s3?: S3Settings;
  /** Folder of the volumes, `<catalog>/<schema>/<volume>` below it, for `/Volumes/...` (`localPaths().volumes`). @default they are refused */
  readonly volumes?: string;
  /** Id of the run that the update belongs to, for the event log. @default none */
  readonly run?: string;
  /**
   * Column that names the run which caused a row. Where a table that reads files has it, the event log and the result say which
   * runs' rows the update read. @default nothing is said of runs
   */
  readonly runColumn?: string;
  /** For tests: called between any two writes. */
  readonly faults?: FaultInjector;
}

/** An update that failed; the tables that did not are up to date. */
export class UpdateError extends LakewrightError {
  constructor(
    cause: LakewrightError,
    message: string,
    readonly result: UpdateResult,
  ) {
    super(cause.code, message, { hint: cause.hint, location: cause.location, cause, exitCode: cause.exitCode });
    this.name = 'UpdateError';
  }
}

/**
 * Brings all datasets of a pipeline up to date, once, each after those that it reads. Every dataset is atomic: it shows all of its
 * batch or nothing, and each row of a source counts exactly once, also when this process is killed at any moment and the update is
 * run again. A dataset that fails does not stop those that do not read it.
 *
 * @throws UpdateError with the code of the first dataset that failed; LakewrightError LAKEFLOW_UPDATE_RUNNING when another update of
 *   the pipeline runs, and what the parser and the graph throw (src/sql)
 */
export async function runUpdate(options: UpdateOptions): Promise<UpdateResult> {
  const { pipeline } = options;
  const graph = graphOf(pipeline);
  const folder = new PipelineFolder(options.lake, pipeline.catalog, pipeline.name);
  const lock = takeLock(folder.lock, (holder) => alreadyRunning(pipeline.name, holder));
  try {
    const result = await runLocked(options, graph, folder);
    lock.release();
    return result;
  } catch (error) {
    if (error instanceof InjectedFault) lock.abandon();
    else lock.release();
    throw error;
  }
}

function alreadyRunning(pipeline: string, holder: LockHolder): LakewrightError {
  return new LakewrightError(
    'LAKEFLOW_UPDATE_RUNNING',
    `an update of the pipeline ${pipeline} is already running (${holderText(holder)})`,
    {
      hint: 'wait until it has ended; two updates of one pipeline would write the same tables',
    },
  );
}

/**
 * Checks a pipeline without running it: parses it, puts the graph together and has the engine analyse every query and expectation.
 * Nothing is read but the columns of sources (of files a sample, where no schema is given), and nothing is written.
 *
 * @throws ValidationError with the code of the first dataset that is not valid, LAKEFLOW_ANALYSIS for what the engine refuses; what
 *   the parser and the graph throw (src/sql)
 */
export async function validatePipeline(
  options: Pick<UpdateOptions, 'engine' | 'lake' | 'pipeline' | 's3' | 'volumes'>,
): Promise<ValidationResult> {
  const { pipeline } = options;
  const graph = graphOf(pipeline);
  const folder = new PipelineFolder(options.lake, pipeline.catalog, pipeline.name);
  const events = new EventLog(folder.events, 'validation');
  const stores = new FileStores(options.s3, options.volumes);
  const context = contextOf(options, { graph, folder, events, stores, isRefreshed: () => false });
  const validation = new Validation(context);
  try {
    for (const dataset of graph.datasets) await validation.check(dataset);
  } finally {
    stores.close();
  }
  const result = { datasets: validation.results };
  if (validation.failure) throw new ValidationError(validation.failure, result);
  return result;
}

function graphOf({ sources, configuration, catalog, schema }: Pipeline): Graph {
  return buildGraph(parsePipeline(sources, configuration), { catalog, schema });
}

async function runLocked(options: UpdateOptions, graph: Graph, folder: PipelineFolder): Promise<UpdateResult> {
  const began = Date.now();
  const runs = new Map<string | null, number>();
  const events = new EventLog(folder.events, randomUUID(), (event) => {
    if (event.type === 'runs_read') for (const { run, rows } of event.runs) runs.set(run, (runs.get(run) ?? 0) + rows);
    options.onEvent?.(event);
  });
  const requested = options.fullRefresh ?? [];
  const selected = selectDatasets(graph, options);
  const refresh = FullRefresh.prepare(folder, graph, requested);
  const stores = new FileStores(options.s3, options.volumes);
  const isRefreshed = (dataset: Dataset) => refresh.isDue(dataset);
  const context = contextOf(options, { graph, folder, events, stores, isRefreshed });
  const { run: cause, pipeline } = options;
  const fullRefresh = requested === 'all' ? ['all'] : requested;
  events.add({
    type: 'update_started',
    pipeline: pipeline.name,
    fullRefresh,
    ...(options.refresh === undefined ? {} : { refresh: options.refresh }),
    ...(cause === undefined ? {} : { run: cause }),
  });
  if (requested === 'all') {
    for (const dataset of selected) if (!mayReset(dataset)) events.add({ type: 'reset_refused', dataset: displayName(dataset) });
  }
  await context.point('after-start');
  const run = new DatasetRuns(context, selected);
  try {
    await inOrder(graph, selected, options.atOnce ?? Math.min(4, availableParallelism()), (dataset) => run.refresh(dataset));
  } finally {
    stores.close();
  }
  refresh.complete(graph.datasets);
  await context.point('after-refresh');
  const durationMs = Date.now() - began;
  events.add({ type: 'update_finished', status: run.failure ? 'failed' : 'completed', durationMs });
  await publish(options, run.failure);
  const read = [...runs].map(([id, rows]) => ({ run: id, rows }));
  const result: UpdateResult = { update: events.update, datasets: run.outcomes, runs: read, durationMs };
  if (run.failure) throw new UpdateError(run.failure, `the update of ${pipeline.name} failed: ${run.failure.message}`, result);
  return result;
}

/** What failed before is told first; what could not be published then comes with the next update. */
async function publish({ engine, lake, pipeline }: UpdateOptions, failure: LakewrightError | undefined): Promise<void> {
  if (!pipeline.eventLog) return;
  try {
    await publishEvents(engine, lake, pipeline, pipeline.eventLog);
  } catch (error) {
    if (!failure) throw error;
  }
}

interface Parts {
  readonly graph: Graph;
  readonly folder: PipelineFolder;
  readonly events: EventLog;
  readonly stores: FileStores;
  isRefreshed(dataset: Dataset): boolean;
}

type ContextOptions = Pick<UpdateOptions, 'engine' | 'runColumn' | 'faults'>;

function contextOf(options: ContextOptions, { graph, folder, events, stores, isRefreshed }: Parts): UpdateContext {
  const datasets = new Map(graph.datasets.map((dataset) => [dataset.id, dataset]));
  return {
    engine: options.engine,
    folder,
    datasets,
    events,
    runColumn: options.runColumn,
    storeFor: (read) => stores.of(read),
    isRefreshed: (id) => isRefreshed(datasets.get(id)!),
    point: async (name) => {
      try {
        await options.faults?.(name);
      } catch (cause) {
        throw new InjectedFault(name, cause);
      }
    },
  };
}
