import { Dashboard } from '@cdktf/provider-databricks/lib/dashboard';
import { LakewrightError } from '@lakewright/config';
import { Construct } from 'constructs';
import { addPermissions, type ObjectPermission } from './access';
import type { LakeviewDefinition } from './dashboard-builder';
import type { WorkspaceFolder } from './protected-folder';
import type { Warehouse } from './warehouse';

export interface LakeviewDashboardProps {
  readonly displayName: string;
  /** A `ProtectedFolder`, or a folder in one. */
  readonly folder: WorkspaceFolder;
  readonly warehouse: Warehouse;
  /** Made by `dashboard()` of the builder. */
  readonly definition: LakeviewDefinition;
  /** @default nobody but the owner */
  readonly permissions?: readonly ObjectPermission<'CAN_READ' | 'CAN_RUN' | 'CAN_EDIT' | 'CAN_MANAGE'>[];
}

/** A published dashboard; everybody who opens it sees what their own grants let them see. */
export class LakeviewDashboard extends Construct {
  readonly dashboard: Dashboard;

  constructor(scope: Construct, id: string, props: LakeviewDashboardProps) {
    super(scope, id);
    this.validateTitle(props.displayName);
    this.dashboard = new Dashboard(this, 'dashboard', {
      displayName: props.displayName,
      parentPath: props.folder.path,
      warehouseId: props.warehouse.endpoint.id,
      serializedDashboard: JSON.stringify(props.definition),
      embedCredentials: false,
      dependsOn: [...props.folder.ready],
    });
    addPermissions(this, 'permissions', { dashboardId: this.dashboard.id }, props.permissions ?? []);
  }

  private validateTitle(displayName: string): void {
    if (displayName.trim() !== '' && !displayName.includes('/')) return;
    throw new LakewrightError(
      'CONSTRUCT_DASHBOARD_NAME',
      `displayName: must be a title without "/", as it becomes a file's name (got "${displayName}")`,
      { hint: 'Active listings' },
    );
  }
}
