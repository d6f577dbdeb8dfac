import { Directory, type DirectoryEntry } from '@lakewright/catalog';
import type { LocalContext } from '../context';
import { type DeployedResource, isDeployed, loadDeployment } from '../deployment/deployment';
import { optionalText } from '../runners/values';

/** The attributes by which Unity Catalog names a principal, and what else it is called. */
const NAMES: Readonly<Record<string, { readonly name: string; readonly alias?: string }>> = {
  databricks_group: { name: 'display_name' },
  databricks_user: { name: 'user_name' },
  databricks_service_principal: { name: 'application_id', alias: 'display_name' },
};

/**
 * The principals of the environment, those that the stacks deploy with the groups that these put them in, and whoever else is named as an
 * owner or in a grant.
 */
export function readDirectory(context: Pick<LocalContext, 'paths' | 'environment'>, named: readonly string[]): Directory {
  const configured = Object.values(context.environment.principals).map(
    (principal): DirectoryEntry =>
      principal.kind === 'service_principal'
        ? { name: principal.applicationId, alias: principal.name }
        : { name: principal.name },
  );
  const deployed = isDeployed(context) ? deployedPrincipals(loadDeployment(context).resources) : [];
  const entries = new Map<string, DirectoryEntry>();
  for (const entry of [...named.filter((name) => name !== '').map((name) => ({ name })), ...configured, ...deployed])
    entries.set(entry.name.toLowerCase(), { ...entries.get(entry.name.toLowerCase()), ...entry });
  return new Directory([...entries.values()]);
}

/** Groups, users and service principals of a deployed state, by who is a member of what. */
export function deployedPrincipals(resources: readonly DeployedResource[]): readonly DirectoryEntry[] {
  const byId = new Map<string, DirectoryEntry & { readonly groups: string[] }>();
  for (const { type, values } of resources) {
    const attributes = NAMES[type];
    const [id, name] = [optionalText(values, 'id'), attributes && optionalText(values, attributes.name)];
    if (!attributes || id === undefined || name === undefined) continue;
    const alias = attributes.alias === undefined ? undefined : optionalText(values, attributes.alias);
    byId.set(id, { name, groups: [], ...(alias === undefined ? {} : { alias }) });
  }
  for (const { type, values } of resources) {
    if (type !== 'databricks_group_member') continue;
    const [group, member] = [byId.get(String(values.group_id)), byId.get(String(values.member_id))];
    if (group && member) member.groups.push(group.name);
  }
  return [...byId.values()];
}
