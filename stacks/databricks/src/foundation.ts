import type { Environment } from '@lakewright/config';
import { addDatabricksProvider, LakewrightStack, Warehouse } from '@lakewright/constructs';
import type { Construct } from 'constructs';

/** What a workspace has once: the SQL warehouse that everybody's questions go to. */
export class DatabricksFoundationStack extends LakewrightStack {
  readonly warehouse: Warehouse;

  constructor(scope: Construct, environment: Environment) {
    super(scope, 'databricks-foundation', environment);
    addDatabricksProvider(this);
    const { data_engineers, analysts, pipeline_sp } = environment.principals;
    this.warehouse = new Warehouse(this, 'warehouse', {
      warehouseName: 'lakewright',
      permissions: [
        { principal: data_engineers, level: 'CAN_MONITOR' },
        { principal: analysts, level: 'CAN_USE' },
        { principal: pipeline_sp, level: 'CAN_USE' },
      ],
    });
  }
}
