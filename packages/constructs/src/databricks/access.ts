import { Grants } from '@cdktf/provider-databricks/lib/grants';
import { Permissions } from '@cdktf/provider-databricks/lib/permissions';
import type { Principal } from '@lakewright/config';
import type { Construct } from 'constructs';

/** Unity Catalog privileges that the constructs give. */
export type Privilege =
  | 'BROWSE'
  | 'CREATE_MATERIALIZED_VIEW'
  | 'CREATE_TABLE'
  | 'MODIFY'
  | 'READ_FILES'
  | 'READ_VOLUME'
  | 'SELECT'
  | 'USE_CATALOG'
  | 'USE_SCHEMA'
  | 'WRITE_FILES'
  | 'WRITE_VOLUME';

/** Who may do what on one securable. */
export interface Grant {
  readonly principal: Principal;
  readonly privileges: readonly Privilege[];
}

/** Who may do what with one object of the workspace. */
export interface ObjectPermission<Level extends string> {
  readonly principal: Principal;
  readonly level: Level;
}

/** How Unity Catalog knows a principal: service principals by application id, everybody else by name. */
export function principalName(principal: Principal): string {
  return principal.kind === 'service_principal' ? principal.applicationId : principal.name;
}

/** How a workspace names a principal in `run_as`; groups cannot run anything. */
export function runAs(principal: Principal): { userName: string } | { servicePrincipalName: string } {
  return principal.kind === 'service_principal'
    ? { servicePrincipalName: principal.applicationId }
    : { userName: principal.name };
}

/**
 * All grants of one securable in one resource: `databricks_grants` owns the whole list, and a second one would take the
 * first one's away. Principals and privileges in order, so that the plan does not depend on who was named first.
 */
export function addGrants(
  scope: Construct,
  id: string,
  securable: { catalog: string } | { schema: string } | { externalLocation: string } | { volume: string },
  grants: readonly Grant[],
): Grants | undefined {
  const byPrincipal = new Map<string, Set<Privilege>>();
  for (const { principal, privileges } of grants) {
    const name = principalName(principal);
    byPrincipal.set(name, new Set([...(byPrincipal.get(name) ?? []), ...privileges]));
  }
  if (byPrincipal.size === 0) return undefined;
  const grant = [...byPrincipal].sort().map(([principal, privileges]) => ({ principal, privileges: [...privileges].sort() }));
  return new Grants(scope, id, { ...securable, grant });
}

/** Permissions of one workspace object; the deployer stays its owner. */
export function addPermissions(
  scope: Construct,
  id: string,
  object: { pipelineId: string } | { jobId: string } | { sqlEndpointId: string } | { dashboardId: string },
  permissions: readonly ObjectPermission<string>[],
): Permissions | undefined {
  if (permissions.length === 0) return undefined;
  const accessControl = permissions.map(({ principal, level }) => ({ ...accessSubject(principal), permissionLevel: level }));
  return new Permissions(scope, id, { ...object, accessControl });
}

/** How a permission names a principal. */
export function accessSubject(principal: Principal) {
  if (principal.kind === 'service_principal') return { servicePrincipalName: principal.applicationId };
  return principal.kind === 'group' ? { groupName: principal.name } : { userName: principal.name };
}
