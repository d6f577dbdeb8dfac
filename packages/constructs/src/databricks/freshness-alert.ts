import { LakewrightError } from '@lakewright/config';
import type { Construct } from 'constructs';
import { LakewrightStack } from '../lakewright-stack';
import { type AlertPlace, QueryAlert } from './query-alert';

export interface FreshnessAlertProps extends AlertPlace {
  /** `catalog.schema.table` with the time of the latest load in its one row. */
  readonly table: string;
  /** @default latest_load_at */
  readonly column?: string;
}

/** Stands for the age of a table that was never loaded: late against any objective. */
const NEVER_MINUTES = 999_999;

/** Rings when the latest load is older than the environment's objective (`slo.freshnessMinutes`), and when there was none. */
export class FreshnessAlert extends QueryAlert {
  constructor(scope: Construct, id: string, props: FreshnessAlertProps) {
    const { table, column = 'latest_load_at', ...place } = props;
    validateTable(table);
    validateColumn(column);
    const { freshnessMinutes } = LakewrightStack.of(scope).environment.slo;
    super(scope, id, {
      ...place,
      description: `The latest load of ${table} is older than ${freshnessMinutes} minutes.`,
      query: `SELECT coalesce(timestampdiff(MINUTE, max(${column}), current_timestamp()), ${NEVER_MINUTES}) AS minutes_since_load\nFROM ${table}`,
      column: 'minutes_since_load',
      above: freshnessMinutes,
      // The query has one row whatever the table holds: none means that something is wrong.
      whenEmpty: 'TRIGGERED',
    });
  }
}

function validateTable(table: string): void {
  if (/^\w+\.\w+\.\w+$/.test(table)) return;
  throw new LakewrightError('CONSTRUCT_FRESHNESS_TABLE', `table: must be catalog.schema.table (got "${table}")`, {
    hint: 'listings_dev.gold.listings_freshness',
  });
}

function validateColumn(column: string): void {
  if (/^\w+$/.test(column)) return;
  throw new LakewrightError('CONSTRUCT_FRESHNESS_COLUMN', `column: must be the name of a column (got "${column}")`, {
    hint: 'latest_load_at',
  });
}
