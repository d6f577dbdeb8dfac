import type { UpdateResult } from '@lakewright/lakeflow';
import type { LocalContext } from '../context';
import { drain, s3EventsFired } from './drain';
import type { TableRows } from './lake';
import { invoke, type LambdaRun, payloadOf, type RunOptionValues } from './lambda-run';
import { findRun, readManifest } from './manifest';
import { runPipeline } from './pipeline-run';
import { newRunId } from './run-id';

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
  readonly kind: 'lambda' | 'pipeline';
  readonly seconds: number;
  /** What a Lambda run returned. */
  readonly result?: unknown;
  /** S3 events handled while draining. */
  readonly events?: number;
  /** What a pipeline run did, as the runtime tells it. */
  readonly update?: UpdateResult;
  /** Rows of the tables of the pipeline's catalog after the run. */
  readonly tables?: readonly TableRows[];
}

/**
 * Does one run of a system's manifest: invokes its Lambda (and waits for what that set going), or updates its pipeline.
 *
 * @throws LakewrightError LOCAL_UNKNOWN_SYSTEM, LOCAL_UNKNOWN_RUN, LOCAL_RUN_OPTION (exit 2); LOCAL_LAMBDA_FAILED,
 * LOCAL_DRAIN_TIMEOUT, LOCAL_DEAD_LETTERS; what the Lakeflow runtime throws
 */
export async function runSystem(
  context: LocalContext,
  system: string,
  run: string,
  options: RunOptions = {},
): Promise<RunSummary> {
  const definition = findRun(readManifest(context.root, system), run);
  const runId = options.runId ?? newRunId();
  const started = performance.now();
  const tell = (step: string, done?: number, total?: number) => options.onProgress?.({ system, run, step, done, total });
  const outcome =
    definition.kind === 'lambda'
      ? await runLambda(context, definition, { ...options, runId }, tell)
      : await runPipeline(context, definition.pipeline, { fullRefresh: options.fullRefresh, runId, onStep: tell });
  return { system, run, runId, kind: definition.kind, seconds: (performance.now() - started) / 1000, ...outcome };
}

async function runLambda(
  context: LocalContext,
  run: LambdaRun,
  options: RunOptions,
  tell: (step: string, done?: number, total?: number) => void,
): Promise<Pick<RunSummary, 'result' | 'events'>> {
  const payload = payloadOf(run, options.options, options.runId);
  const before = await s3EventsFired(context);
  tell(`invoking ${run.function}`);
  const result = await invoke(context, run.function, payload);
  if (!run.drain) return { result };
  const events = await drain(context, before, {
    timeoutMs: options.drainTimeoutMs,
    onProgress: ({ done, total }) => tell(`handling S3 events: ${done} of ${total}`, done, total),
  });
  return { result, events };
}
