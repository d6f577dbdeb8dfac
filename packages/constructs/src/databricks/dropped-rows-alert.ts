import { LakewrightError } from '@lakewright/config';
import type { Construct } from 'constructs';
import type { LakeflowPipeline } from './lakeflow-pipeline';
import { type AlertPlace, QueryAlert } from './query-alert';

export interface DroppedRowsAlertProps extends AlertPlace {
  /** It must publish its event log: `eventLogTable`. */
  readonly pipeline: LakeflowPipeline;
  /** Rings when the latest update dropped a larger share of the rows of any table, in percent. */
  readonly percent: number;
}

/**
 * Rings when the latest update of a pipeline that had rows to judge dropped too many of any table, by its event log.
 *
 * Source: docs.databricks.com, "Pipeline event log" (data quality) and "Pipeline event log schema".
 */
export class DroppedRowsAlert extends QueryAlert {
  constructor(scope: Construct, id: string, props: DroppedRowsAlertProps) {
    const { pipeline, percent, ...place } = props;
    validatePercent(percent);
    super(scope, id, {
      ...place,
      description: `The latest update of ${pipeline.pipelineName} dropped more than ${percent} % of the rows of a table.`,
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

latest_update AS (
  SELECT update_id
  FROM judged
  ORDER BY timestamp DESC
  LIMIT 1
)

SELECT
  judged.dataset,
  coalesce(
    round(100.0 * sum(judged.dropped_rows) / nullif(sum(judged.written_rows) + sum(judged.dropped_rows), 0), 2),
    0
  ) AS dropped_percent
FROM judged
INNER JOIN latest_update ON judged.update_id = latest_update.update_id
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
