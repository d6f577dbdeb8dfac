import { randomUUID } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { LakewrightError } from '@lakewright/config';
import { holderText, type LockHolder, takeLock } from '@lakewright/process';
import type { SqlEngine } from '../engine';
import type { FileStore } from '../source/file-store';
import { LocalFiles } from '../source/local-files';
import { isS3, S3Files, type S3Settings } from '../source/s3-files';
import { buildGraph, type Dataset, type DatasetId, type FileRead, type Graph, parsePipeline, type SqlSource } from '../sql';
import { refreshCdcTable } from './cdc-table';
import { EventLog, type PipelineEvent } from './event-log';
import { FullRefresh, mayReset } from './full-refresh';
import { refreshMaterializedView } from './materialized-view';
import { PipelineFolder } from './pipeline-folder';
import { inOrder } from './schedule';
import { selectDatasets } from './selection';
import { refreshStreamingTable } from './streaming-table';
import { displayName, type FaultInjector, InjectedFault, type UpdateContext } from './update-context';
import type { DatasetOutcome, UpdateResult } from './update-result';
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
    super(cause.code, cause.message, { hint: cause.hint, location: cause.location, cause, exitCode: cause.exitCode });
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
  options: Pick<UpdateOptions, 'engine' | 'lake' | 'pipeline' | 's3'>,
): Promise<ValidationResult> {
  const { pipeline } = options;
  const graph = graphOf(pipeline);
  const folder = new PipelineFolder(options.lake, pipeline.catalog, pipeline.name);
  const events = new EventLog(folder.events, 'validation');
  const stores = new Stores(options.s3);
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
  const stores = new Stores(options.s3);
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
  const run = new Run(context, selected);
  try {
    await inOrder(graph, selected, options.atOnce ?? Math.min(4, availableParallelism()), (dataset) => run.refresh(dataset));
  } finally {
    stores.close();
  }
  refresh.complete(graph.datasets);
  await context.point('after-refresh');
  const durationMs = Date.now() - began;
  events.add({ type: 'update_finished', status: run.failure ? 'failed' : 'completed', durationMs });
  const read = [...runs].map(([id, rows]) => ({ run: id, rows }));
  const result: UpdateResult = { update: events.update, datasets: run.outcomes, runs: read, durationMs };
  if (run.failure) throw new UpdateError(run.failure, `the update of ${pipeline.name} failed: ${run.failure.message}`, result);
  return result;
}

/** The datasets of one update. */
class Run {
  private readonly done = new Map<DatasetId, { readonly outcome: DatasetOutcome; readonly error?: LakewrightError }>();
  private readonly broken = new Set<DatasetId>();

  constructor(
    private readonly context: UpdateContext,
    /** In the order of the graph, whatever comes to its end first. */
    private readonly datasets: readonly Dataset[],
  ) {}

  get outcomes(): readonly DatasetOutcome[] {
    return this.datasets.flatMap(({ id }) => this.done.get(id)?.outcome ?? []);
  }

  /** What the first dataset that failed failed with. */
  get failure(): LakewrightError | undefined {
    return this.datasets.map(({ id }) => this.done.get(id)?.error).find((error) => error !== undefined);
  }

  async refresh(dataset: Dataset): Promise<void> {
    const name = displayName(dataset);
    const blocker = this.blockerOf(dataset);
    if (blocker !== undefined) {
      this.broken.add(dataset.id);
      this.context.events.add({ type: 'dataset_skipped', dataset: name, because: blocker });
      this.done.set(dataset.id, { outcome: { dataset: name, status: 'skipped', because: blocker } });
      return;
    }
    try {
      this.done.set(dataset.id, { outcome: await refreshOf(dataset)(this.context, dataset) });
    } catch (error) {
      if (error instanceof InjectedFault) throw error;
      this.fail(dataset, asLakewrightError(error, name));
    }
  }

  private fail(dataset: Dataset, error: LakewrightError): void {
    const { code, message } = error;
    const name = displayName(dataset);
    this.broken.add(dataset.id);
    this.context.events.add({ type: 'error', dataset: name, code, message });
    this.done.set(dataset.id, { outcome: { dataset: name, status: 'failed', code, message }, error });
  }

  /** The name of a dataset that this one reads, directly or through temporary views, and that failed. */
  private blockerOf(dataset: Dataset): string | undefined {
    for (const id of dataset.dependencies) {
      const source = this.context.datasets.get(id);
      if (!source) continue;
      if (this.broken.has(id)) return displayName(source);
      const through = source.table ? undefined : this.blockerOf(source);
      if (through !== undefined) return through;
    }
    return undefined;
  }
}

function refreshOf(dataset: Dataset): (context: UpdateContext, dataset: Dataset) => Promise<DatasetOutcome> {
  if (dataset.kind === 'materialized_view') return refreshMaterializedView;
  return dataset.flows.some(({ kind }) => kind === 'auto_cdc') ? refreshCdcTable : refreshStreamingTable;
}

function asLakewrightError(error: unknown, dataset: string): LakewrightError {
  if (error instanceof LakewrightError && error.code === 'ENGINE_UNAVAILABLE') return engineLost(error, dataset);
  if (error instanceof LakewrightError) return error;
  return new LakewrightError('LAKEFLOW_INTERNAL', `${dataset}: ${error instanceof Error ? error.message : String(error)}`, {
    hint: 'this is a defect of Lakewright: report it with the stack of the cause',
    cause: error,
  });
}

/** The engine was killed, most often for its memory, or was never there. */
function engineLost(cause: LakewrightError, dataset: string): LakewrightError {
  const [message] = cause.message.split(' during: ');
  return new LakewrightError(cause.code, `${dataset}: ${message}; the table stays as it was`, {
    hint: `${cause.hint}. An engine that ends without a word mostly ran out of memory. Once it is up run the update again: nothing is lost, and nothing is read twice`,
    cause,
  });
}

interface Parts {
  readonly graph: Graph;
  readonly folder: PipelineFolder;
  readonly events: EventLog;
  readonly stores: Stores;
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

/** The file stores of one update: connections to S3 are kept. */
class Stores {
  private readonly s3 = new Map<string, S3Files>();

  constructor(private readonly settings: S3Settings | undefined) {}

  of(read: FileRead): FileStore {
    if (!isS3(read.path)) return new LocalFiles(read.location);
    if (!this.settings) {
      throw new LakewrightError('LAKEFLOW_S3', `${read.path} is in S3, and this update was given no S3`, {
        location: read.location,
        hint: 'give runUpdate the option s3: {endpoint, region, credentials}',
      });
    }
    const key = `${read.location.file}:${read.location.line}:${read.location.column}`;
    const store = this.s3.get(key) ?? new S3Files(read.location, this.settings);
    this.s3.set(key, store);
    return store;
  }

  close(): void {
    for (const store of this.s3.values()) store.close();
  }
}
