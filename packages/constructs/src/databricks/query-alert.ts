import { AlertV2 } from '@cdktf/provider-databricks/lib/alert-v2';
import { LakewrightError, type Principal } from '@lakewright/config';
import { Construct } from 'constructs';
import { LakewrightStack } from '../lakewright-stack';
import { runbookOf } from '../runbook';
import { runAs } from './access';
import type { AlertDestination } from './alert-destination';
import type { WorkspaceFolder } from './protected-folder';
import type { Warehouse } from './warehouse';

/** Where an alert stands, whom it asks as, and whom it tells: alike for every kind of alert. */
export interface AlertPlace {
  readonly alertName: string;
  readonly warehouse: Warehouse;
  /** A `ProtectedFolder`, or a folder in one. */
  readonly folder: WorkspaceFolder;
  /** Asks with its rights: it needs the warehouse and the tables. */
  readonly runAs: Principal;
  /** @default nobody is told; the alert's page shows it all the same */
  readonly destination?: AlertDestination;
  /** Name of the page in docs/runbooks. */
  readonly runbook: string;
}

export interface QueryAlertProps extends AlertPlace {
  /** What is wrong when it rings, in one sentence. */
  readonly description: string;
  /** SQL with one column to look at. */
  readonly query: string;
  readonly column: string;
  /** Rings above it; of several rows the largest value counts. */
  readonly above: number;
  /** What a query without rows means. */
  readonly whenEmpty: 'OK' | 'TRIGGERED';
}

/** Quartz. */
const EVERY_FIVE_MINUTES = '0 0/5 * * * ?';
/** Told again while it lasts. */
const AGAIN_SECONDS = 4 * 3600;

/** Asks a warehouse every five minutes and rings. Paused where the environment's schedules are off: nothing loads by itself there. */
export class QueryAlert extends Construct {
  readonly alert: AlertV2;

  constructor(scope: Construct, id: string, props: QueryAlertProps) {
    super(scope, id);
    this.validateColumn(props.column);
    this.validateRunAs(props.runAs);
    props.folder.grantRead(props.runAs);
    this.alert = this.addAlert(props);
  }

  private addAlert(props: QueryAlertProps): AlertV2 {
    const { schedules } = LakewrightStack.of(this).environment;
    return new AlertV2(this, 'alert', {
      displayName: props.alertName,
      customSummary: `${props.alertName}: {{ALERT_STATUS}}`,
      customDescription: `${props.description} Runbook: ${runbookOf(this, props.runbook)}`,
      parentPath: props.folder.path,
      warehouseId: props.warehouse.endpoint.id,
      queryText: props.query,
      evaluation: {
        source: { name: props.column, aggregation: 'MAX' },
        comparisonOperator: 'GREATER_THAN',
        threshold: { value: { doubleValue: props.above } },
        emptyResultState: props.whenEmpty,
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

  private validateColumn(column: string): void {
    if (/^\w+$/.test(column)) return;
    throw new LakewrightError('CONSTRUCT_ALERT_COLUMN', `column: must be the name of a column (got "${column}")`, {
      hint: 'name it in the query: SELECT ... AS dropped_percent',
    });
  }

  private validateRunAs(runAs: Principal): void {
    if (runAs.kind !== 'group') return;
    throw new LakewrightError(
      'CONSTRUCT_ALERT_RUN_AS',
      `runAs: must be a service principal or a user (got the group ${runAs.name})`,
      { hint: 'environment.principals.pipeline_sp' },
    );
  }
}
