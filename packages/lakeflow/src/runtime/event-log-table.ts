import { LakewrightError } from '@lakewright/config';
import { latestVersion, readCommit } from '../delta/log';
import type { SqlEngine } from '../engine';
import { type ExpectationCount, type PipelineEvent, readEvents } from './event-log';
import { PipelineFolder } from './pipeline-folder';

/** Where a pipeline publishes its event log, in its own catalog. */
export interface EventLogTable {
  readonly schema: string;
  readonly name: string;
}

/** What the table needs of its pipeline. */
interface LoggedPipeline {
  readonly name: string;
  readonly catalog: string;
}

/**
 * The columns of "Pipeline event log schema" (docs.databricks.com). `origin` is a structure there, as the queries of "Pipeline event
 * log" read it (`origin.update_id`), with more fields than a laptop knows; `details` is JSON to be read as `details:flow_progress`.
 */
const COLUMNS =
  'id STRING, sequence STRING, ' +
  'origin STRUCT<pipeline_name: STRING, update_id: STRING, dataset_name: STRING, flow_name: STRING>, ' +
  'timestamp TIMESTAMP, message STRING, level STRING, ' +
  'error STRUCT<fatal: BOOLEAN, exceptions: ARRAY<STRUCT<class_name: STRING, message: STRING>>>, ' +
  'details STRING, event_type STRING, maturity_level STRING';

const MARK = 'events ';

/**
 * Appends to the table what the event log has and the table has not, in one commit. Called while the pipeline's lock is held: what a
 * crash kept from being published comes with the next update.
 *
 * @throws LakewrightError LAKEFLOW_TABLE_FOREIGN for a table of that name that is no event log
 */
export async function publishEvents(
  engine: SqlEngine,
  lake: string,
  pipeline: LoggedPipeline,
  table: EventLogTable,
): Promise<void> {
  const location = new PipelineFolder(lake, pipeline.catalog, pipeline.name).locationOf({ catalog: pipeline.catalog, ...table });
  const events = readEvents(lake, pipeline);
  const published = publishedEvents(location, `${pipeline.catalog}.${table.schema}.${table.name}`);
  const rows = platformEvents(pipeline, events, published);
  if (rows.length === 0) return;
  const view = 'lakewright_event_log';
  await engine.createLocalView(view, { schema: COLUMNS, rows });
  await engine.appendDelta(`SELECT * FROM ${view}`, location, `${MARK}${events.length}`);
}

/** How many events of the log the table covers, as its latest commit says. */
function publishedEvents(location: string, name: string): number {
  const version = latestVersion(location);
  if (version < 0) return 0;
  const info = readCommit(location, version).find(({ commitInfo }) => commitInfo)?.commitInfo;
  const mark = String(info?.userMetadata ?? '');
  if (mark.startsWith(MARK)) return Number(mark.slice(MARK.length));
  throw new LakewrightError('LAKEFLOW_TABLE_FOREIGN', `${name} is there already and is no event log`, {
    hint: 'give the event log of the pipeline another name',
  });
}

/**
 * Events as the platform tells them, from a position on. Those that the platform has no word for (files found, batches recovered, columns
 * changed) are left out: `lakewright events` shows them.
 */
export function platformEvents(pipeline: LoggedPipeline, events: readonly PipelineEvent[], from = 0): Record<string, unknown>[] {
  return events.flatMap((event, index) => {
    const told = index < from ? undefined : platformEvent(pipeline, event, expectationsOf(event, events, index));
    if (!told) return [];
    const dataset = 'dataset' in event && event.dataset ? `${pipeline.catalog}.${event.dataset}` : null;
    return [
      {
        id: `${event.update}-${index}`,
        sequence: JSON.stringify({ control_plane_seq_no: index }),
        origin: {
          pipeline_name: pipeline.name,
          update_id: event.update,
          dataset_name: dataset,
          flow_name: 'flow' in event ? event.flow : dataset,
        },
        timestamp: event.timestamp,
        message: told.message,
        level: told.level ?? 'INFO',
        error: told.error ?? null,
        details: JSON.stringify({ [told.type]: told.details }),
        event_type: told.type,
        maturity_level: 'STABLE',
      },
    ];
  });
}

interface Told {
  readonly type: 'create_update' | 'update_progress' | 'flow_progress';
  readonly message: string;
  readonly details: Readonly<Record<string, unknown>>;
  readonly level?: 'WARN' | 'ERROR';
  readonly error?: Readonly<Record<string, unknown>>;
}

function platformEvent(
  { catalog }: LoggedPipeline,
  event: PipelineEvent,
  expectations: readonly ExpectationCount[],
): Told | undefined {
  const update = `Update ${event.update.slice(0, 6)}`;
  const flow = 'dataset' in event && event.dataset ? `Flow '${catalog}.${event.dataset}'` : update;
  switch (event.type) {
    case 'update_started':
      return {
        type: 'create_update',
        message: `${update} started.`,
        details: {
          update_id: event.update,
          full_refresh: event.fullRefresh.includes('all'),
          full_refresh_selection: event.fullRefresh.filter((name) => name !== 'all'),
          refresh_selection: event.refresh ?? [],
        },
      };
    case 'dataset_started':
      return { type: 'flow_progress', message: `${flow} is RUNNING.`, details: { status: 'RUNNING' } };
    case 'flow_progress':
      return {
        type: 'flow_progress',
        message: `${flow} has COMPLETED.`,
        details: {
          status: 'COMPLETED',
          metrics: { num_output_rows: event.rowsWritten },
          ...(expectations.length > 0 && {
            data_quality: {
              dropped_records: event.rowsDropped,
              expectations: expectations.map(({ name, passed, failed }) => ({
                name,
                dataset: `${catalog}.${event.dataset}`,
                passed_records: passed,
                failed_records: failed,
              })),
            },
          }),
        },
      };
    case 'dataset_skipped':
      return {
        type: 'flow_progress',
        level: 'WARN',
        message: `${flow} is SKIPPED: ${event.because} failed.`,
        details: { status: 'SKIPPED' },
      };
    case 'error':
      return {
        type: 'flow_progress',
        level: 'ERROR',
        message: `${flow} has FAILED: ${event.message}`,
        details: { status: 'FAILED' },
        error: { fatal: true, exceptions: [{ class_name: event.code, message: event.message }] },
      };
    case 'update_finished': {
      const state = event.status === 'completed' ? 'COMPLETED' : 'FAILED';
      return {
        type: 'update_progress',
        ...(state === 'FAILED' && { level: 'ERROR' as const }),
        message: `${update} is ${state}.`,
        details: { state },
      };
    }
    default:
      return undefined;
  }
}

/** The counts that belong to a flow's progress: they are told right after it. */
function expectationsOf(event: PipelineEvent, events: readonly PipelineEvent[], index: number): readonly ExpectationCount[] {
  if (event.type !== 'flow_progress') return [];
  for (const next of events.slice(index + 1)) {
    if (next.update !== event.update || next.type === 'update_finished') return [];
    if (!('dataset' in next) || next.dataset !== event.dataset) continue;
    if (next.type === 'expectations' && next.flow === event.flow) return next.expectations;
    if (next.type === 'flow_progress' || next.type === 'dataset_refreshed') return [];
  }
  return [];
}
