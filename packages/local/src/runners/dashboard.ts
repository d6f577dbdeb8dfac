import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LocalPaths } from '@lakewright/config';
import { assetPath, type DeployedResource } from '../deployment/deployment';
import type { ResourceRunner, Runner, RunnerContext } from './runner';
import { optionalText, text } from './values';

/** A dashboard as it is deployed: the page renders `definition`, the very JSON that the workspace gets. */
export interface RegisteredDashboard {
  /** Part of its address. */
  readonly id: string;
  readonly name: string;
  /** Lakeview JSON as text. */
  readonly definition: string;
}

const dashboard: ResourceRunner = {
  limits: 'a page that renders the definition; queries run on the local engine as one user',
  identity: (resource) => ({ id: dashboardId(resource) }),
  async reconcile(resource, { local }) {
    const registered: RegisteredDashboard = {
      id: dashboardId(resource),
      name: text(resource, 'display_name'),
      definition: readDefinition(resource, local),
    };
    const file = dashboardFile(local.paths, registered.id);
    const wanted = `${JSON.stringify(registered, null, 1)}\n`;
    const existed = existsSync(file);
    if (existed && readFileSync(file, 'utf8') === wanted) return 'unchanged';
    mkdirSync(dashboardFolder(local.paths), { recursive: true });
    writeFileSync(file, wanted);
    return existed ? 'updated' : 'created';
  },
  async remove({ identity }, { local }) {
    rmSync(dashboardFile(local.paths, identity.id!), { force: true });
  },
};

function readDefinition(resource: DeployedResource, local: RunnerContext['local']): string {
  const file = optionalText(resource.values, 'file_path');
  return file ? readFileSync(assetPath(local, resource, file), 'utf8') : text(resource, 'serialized_dashboard');
}

/** From the title, so that its address stays when it is deployed again: "Active listings" is `active-listings`. */
function dashboardId(resource: DeployedResource): string {
  const title = text(resource, 'display_name').toLowerCase();
  return title.replaceAll(/[^a-z0-9]+/g, '-').replaceAll(/^-|-$/g, '') || encodeURIComponent(title);
}

/** Every deployed dashboard, by name. */
export function readDashboards(paths: Pick<LocalPaths, 'home'>): RegisteredDashboard[] {
  const folder = dashboardFolder(paths);
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .map((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')) as RegisteredDashboard)
    .sort((a, b) => a.name.localeCompare(b.name));
}

function dashboardFolder(paths: Pick<LocalPaths, 'home'>): string {
  return join(paths.home, 'dashboards');
}

function dashboardFile(paths: Pick<LocalPaths, 'home'>, id: string): string {
  return join(dashboardFolder(paths), `${id}.json`);
}

/** Dashboards of Databricks. */
export const dashboardRunner: Runner = { family: 'dashboard', resources: { databricks_dashboard: dashboard } };
