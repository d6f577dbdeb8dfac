import { readFileSync } from 'node:fs';
import { assetPath, type DeployedResource } from '../deployment/deployment';
import { dashboardKey, dashboards } from '../workspace/dashboards';
import type { ResourceRunner, Runner, RunnerContext } from './runner';
import { optionalText, text } from './values';

const dashboard: ResourceRunner = {
  limits: "a page that renders the definition; its queries run as the metastore's admin",
  identity: (resource) => ({ id: dashboardKey(pathOf(resource)) }),
  async reconcile(resource, { local }) {
    const path = pathOf(resource);
    return dashboards(local.paths).put(dashboardKey(path), {
      path,
      name: text(resource, 'display_name'),
      definition: definitionOf(resource, local),
    });
  },
  async remove({ identity }, { local }) {
    dashboards(local.paths).delete(identity.id!);
  },
};

function pathOf(resource: DeployedResource): string {
  return `${optionalText(resource.values, 'parent_path') ?? ''}/${text(resource, 'display_name')}`;
}

function definitionOf(resource: DeployedResource, local: RunnerContext['local']): string {
  const file = optionalText(resource.values, 'file_path');
  return file ? readFileSync(assetPath(local, resource, file), 'utf8') : text(resource, 'serialized_dashboard');
}

/** Dashboards of Databricks. */
export const dashboardRunner: Runner = { family: 'dashboard', resources: { databricks_dashboard: dashboard } };
