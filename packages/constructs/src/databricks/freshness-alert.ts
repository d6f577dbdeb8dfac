import { AlertV2 } from '@cdktf/provider-databricks/lib/alert-v2';
import { LakewrightError, type Principal } from '@lakewright/config';
import { Construct } from 'constructs';
import { LakewrightStack } from '../lakewright-stack';
import { runbookOf } from '../runbook';
import { runAs } from './access';
import type { AlertDestination } from './alert-destination';
import type { WorkspaceFolder } from './protected-folder';
import type { Warehouse } from './warehouse';

export interface FreshnessAlertProps {
  readonly alertName: string;
  /** `catalog.schema.table` with the time of the latest load in its one row. */
  readonly table: string;
  /** @default latest_load_at */
  readonly column?: string;
  readonly warehouse: Warehouse;
  /** A `ProtectedFolder`, or a folder in one. */
  readonly folder: WorkspaceFolder;
  /** Asks with its rights: it needs the warehouse and the table. */
  readonly runAs: Principal;
  /** @default nobody is told; the alert's page shows it all the same */
  readonly destination?: AlertDestination;
  /** Name of the page in docs/runbooks. */
  readonly runbook: string;
}

/** Quartz: every five minutes, the least age an objective can have. */
const EVERY_FIVE_MINUTES = '0 0/5 * * * ?';
/** Told again while it stays late. */
const AGAIN_SECONDS = 4 * 3600;
/** Stands for the age of a table that was never loaded: late against any objective. */
const NEVER_MINUTES = 999_999;

/**
 * Rings when the latest load is older than the environment's objective (`slo.freshnessMinutes`), and when there was none. Paused
 * where the environment's schedules are off: nothing loads by itself there.
 */
export class FreshnessAlert extends Construct {
  readonly alert: AlertV2;
  private readonly props: FreshnessAlertProps;

  constructor(scope: Construct, id: string, props: FreshnessAlertProps) {
    super(scope, id);
    this.props = props;
    this.validateTable();
    this.validateColumn();
    this.validateRunAs();
    props.folder.grantRead(props.runAs);
    this.alert = this.addAlert();
  }

  private addAlert(): AlertV2 {
    const { props } = this;
    const { slo, schedules } = LakewrightStack.of(this).environment;
    return new AlertV2(this, 'alert', {
      displayName: props.alertName,
      customSummary: `${props.alertName}: {{ALERT_STATUS}}`,
      customDescription: `The latest load of ${props.table} is older than ${slo.freshnessMinutes} minutes. Runbook: ${runbookOf(this, props.runbook)}`,
      parentPath: props.folder.path,
      warehouseId: props.warehouse.endpoint.id,
      queryText: this.query,
      evaluation: {
        source: { name: 'minutes_since_load', aggregation: 'MAX' },
        comparisonOperator: 'GREATER_THAN',
        threshold: { value: { doubleValue: slo.freshnessMinutes } },
        // The query has one row whatever the table holds: none means that something is wrong.
        emptyResultState: 'TRIGGERED',
        notification: {
          notifyOnOk: true,
          retriggerSeconds: AGAIN_SECONDS,
          ...(props.destination && { subscriptions: [{ destinationId: props.destination.destination.id }] }),
        },
      },
      schedule: {
        quartzCronSchedule: EVERY_FIVE_MINUTES,
        timezoneId: 'UTC',
        pauseStatus: schedules.enabled ? 'UNPAUSED' : 'PAUSED',
      },
      runAs: runAs(props.runAs),
      dependsOn: [...props.folder.ready],
    });
  }

  private get query(): string {
    const { table, column = 'latest_load_at' } = this.props;
    return `SELECT coalesce(timestampdiff(MINUTE, max(${column}), current_timestamp()), ${NEVER_MINUTES}) AS minutes_since_load\nFROM ${table}`;
  }

  private validateTable(): void {
    if (/^\w+\.\w+\.\w+$/.test(this.props.table)) return;
    throw new LakewrightError('CONSTRUCT_FRESHNESS_TABLE', `table: must be catalog.schema.table (got "${this.props.table}")`, {
      hint: 'listings_dev.gold.listings_freshness',
    });
  }

  private validateColumn(): void {
    const { column } = this.props;
    if (column === undefined || /^\w+$/.test(column)) return;
    throw new LakewrightError('CONSTRUCT_FRESHNESS_COLUMN', `column: must be the name of a column (got "${column}")`, {
      hint: 'latest_load_at',
    });
  }

  private validateRunAs(): void {
    const { runAs } = this.props;
    if (runAs.kind !== 'group') return;
    throw new LakewrightError(
      'CONSTRUCT_FRESHNESS_RUN_AS',
      `runAs: must be a service principal or a user (got the group ${runAs.name})`,
      { hint: 'environment.principals.pipeline_sp' },
    );
  }
}
