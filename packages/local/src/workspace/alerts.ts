import { join } from 'node:path';
import type { LocalPaths } from '@lakewright/config';
import { Registry } from './registry';

/** How an alert compares. Source: docs.databricks.com, "Databricks SQL alerts"; REST API "Alerts V2". */
export const OPERATORS = {
  GREATER_THAN: '>',
  GREATER_THAN_OR_EQUAL: '>=',
  LESS_THAN: '<',
  LESS_THAN_OR_EQUAL: '<=',
  EQUAL: '=',
  NOT_EQUAL: '<>',
} as const;
export const AGGREGATIONS = ['SUM', 'COUNT', 'COUNT_DISTINCT', 'AVG', 'MEDIAN', 'MIN', 'MAX', 'STDDEV'] as const;

/** What an alert looks at. */
export interface AlertSource {
  readonly column: string;
  /** Of the rows of the query; the first row when left out. */
  readonly aggregation?: (typeof AGGREGATIONS)[number];
}

/** An alert as it is deployed. */
export interface DeployedAlert {
  readonly name: string;
  readonly query: string;
  /** Whose grants it asks with. @default the metastore's admin */
  readonly runAs?: string;
  readonly source: AlertSource;
  readonly operator: keyof typeof OPERATORS;
  readonly threshold: number | string | boolean;
  /** The state when the query gives nothing. */
  readonly whenEmpty: 'OK' | 'TRIGGERED' | 'UNKNOWN' | 'ERROR';
}

/** The deployed alerts, by folder and name. The runner of their type writes them; runs and `status` read them. */
export function alerts(paths: Pick<LocalPaths, 'home'>): Registry<DeployedAlert> {
  return new Registry(join(paths.home, 'alerts'));
}
