import { LakewrightError } from '@lakewright/config';
import type { Construct } from 'constructs';
import type { LakeflowPipeline } from './lakeflow-pipeline';
import { type AlertPlace, QueryAlert } from './query-alert';

export interface DroppedRowsAlertProps extends AlertPlace {
  /** It must publish its event log: `eventLogTable`. */
  readonly pipeline: LakeflowPipeline;
  /** Rings when a larger share of the latest rows of any table was dropped, in percent. */
  readonly percent: number;
}

/**
 * Rings when too many rows of any table of a pipeline were dropped the last time that it had rows to judge, by the event log. Each table
 * by its own last time: of an update that was interrupted, some have it behind them when the next one goes on with the others.
 *
 * Source: docs.databricks.com, "Pipeline event log" (data quality) and "Pipeline event log schema".
 */
export class DroppedRowsAlert extends QueryAlert {
  constructor(scope: Construct, id: string, props: DroppedRowsAlertProps) {
    const { pipeline, percent, ...place } = props;
    validatePercent(percent);
    super(scope, id, {
      ...place,
      description: `More than ${percent} % of the latest rows of a table of ${pipeline.pipelineName} were dropped.`,
      query: droppedRows(publishedLog(pipeline)),
      column: 'dropped_percent',
      above: percent,
      whenEmpty: 'OK',
    });
  }
}

function droppedRows(eventLog: string): string {
  return `WITH judged AS (
  SELECT
    timestamp,
    origin.update_id AS update_id,
    origin.dataset_name AS dataset,
    CAST(details:flow_progress.metrics.num_output_rows AS BIGINT) AS written_rows,
    CAST(details:flow_progress.data_quality.dropped_records AS BIGINT) AS dropped_rows
  FROM ${eventLog}
  WHERE event_type = 'flow_progress' AND details:flow_progress.data_quality.dropped_records IS NOT NULL
),

latest_updates AS (
  SELECT
    dataset,
    max_by(update_id, timestamp) AS update_id
  FROM judged
  GROUP BY dataset
)

SELECT
  judged.dataset,
  coalesce(
    round(100.0 * sum(judged.dropped_rows) / nullif(sum(judged.written_rows) + sum(judged.dropped_rows), 0), 2),
    0
  ) AS dropped_percent
FROM judged
INNER JOIN latest_updates ON judged.dataset = latest_updates.dataset AND judged.update_id = latest_updates.update_id
GROUP BY judged.dataset`;
}

function publishedLog({ eventLog, pipelineName }: LakeflowPipeline): string {
  if (eventLog !== undefined) return eventLog;
  throw new LakewrightError('CONSTRUCT_ALERT_EVENT_LOG', `pipeline: ${pipelineName} must publish its event log`, {
    hint: 'give it eventLogTable',
  });
}

function validatePercent(percent: number): void {
  if (percent > 0 && percent < 100) return;
  throw new LakewrightError('CONSTRUCT_ALERT_PERCENT', `percent: must be between 0 and 100 (got ${percent})`, {
    hint: '10 rings when more than a tenth of the rows is dropped',
  });
}
