import type { Environment } from '@lakewright/config';
import { AlertDestination, addDatabricksProvider, LakewrightStack, Warehouse } from '@lakewright/constructs';
import type { Construct } from 'constructs';

/** What a workspace has once: the SQL warehouse that everybody's questions go to, and whom alerts tell. */
export class DatabricksFoundationStack extends LakewrightStack {
  readonly warehouse: Warehouse;
  /** Undefined where the environment tells nobody. */
  readonly alarms?: AlertDestination;

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
    if (environment.alarmEmails.length > 0) {
      this.alarms = new AlertDestination(this, 'alarms', {
        destinationName: 'lakewright-alarms',
        emails: environment.alarmEmails,
      });
    }
  }
}
