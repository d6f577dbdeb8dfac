import { SqlEndpoint } from '@cdktf/provider-databricks/lib/sql-endpoint';
import { LakewrightError } from '@lakewright/config';
import { Construct } from 'constructs';
import { LakewrightStack } from '../lakewright-stack';
import { addPermissions, type ObjectPermission } from './access';

export interface WarehouseProps {
  readonly warehouseName: string;
  /** Minutes without a query after which it stops and costs nothing. @default 10 */
  readonly autoStopMinutes?: number;
  /** Clusters it may grow to under load. @default 1: a queue rather than a bill */
  readonly maxClusters?: number;
  /** @default nobody but the owner */
  readonly permissions?: readonly ObjectPermission<'CAN_USE' | 'CAN_MONITOR' | 'CAN_MANAGE'>[];
}

/** A serverless SQL warehouse of the environment's size. */
export class Warehouse extends Construct {
  readonly endpoint: SqlEndpoint;

  constructor(scope: Construct, id: string, props: WarehouseProps) {
    super(scope, id);
    this.validateAutoStop(props.autoStopMinutes);
    this.validateClusters(props.maxClusters);
    const { sizes, name } = LakewrightStack.of(this).environment;
    this.endpoint = new SqlEndpoint(this, 'endpoint', {
      name: props.warehouseName,
      clusterSize: sizes.warehouse,
      warehouseType: 'PRO',
      enableServerlessCompute: true,
      autoStopMins: props.autoStopMinutes ?? 10,
      minNumClusters: 1,
      maxNumClusters: props.maxClusters ?? 1,
      tags: {
        customTags: [
          { key: 'environment', value: name },
          { key: 'managed-by', value: 'lakewright' },
        ],
      },
    });
    addPermissions(this, 'permissions', { sqlEndpointId: this.endpoint.id }, props.permissions ?? []);
  }

  private validateAutoStop(minutes: number | undefined): void {
    if (minutes === undefined || (Number.isInteger(minutes) && minutes >= 1 && minutes <= 120)) return;
    throw new LakewrightError('CONSTRUCT_WAREHOUSE_STOP', `autoStopMinutes: must be 1 to 120 (got ${minutes})`, {
      hint: '0 would let it run, and cost, for ever',
    });
  }

  private validateClusters(clusters: number | undefined): void {
    if (clusters === undefined || (Number.isInteger(clusters) && clusters >= 1 && clusters <= 30)) return;
    throw new LakewrightError('CONSTRUCT_WAREHOUSE_CLUSTERS', `maxClusters: must be 1 to 30 (got ${clusters})`, {
      hint: 'leave it out for one',
    });
  }
}
