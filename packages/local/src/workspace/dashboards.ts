import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { LocalPaths } from '@lakewright/config';
import { Registry } from './registry';

/** A dashboard as it is deployed. */
export interface DeployedDashboard {
  /** Folder of the workspace and title: the workspace has no two of the same. */
  readonly path: string;
  /** The title. */
  readonly name: string;
  /** Lakeview JSON as text: the very one that the workspace gets. */
  readonly definition: string;
}

/** A dashboard with the id that its address has. */
export interface AddressedDashboard extends DeployedDashboard {
  readonly id: string;
}

/** The deployed dashboards, by `dashboardKey`. The runner of their type writes them; pages and commands read them. */
export function dashboards(paths: Pick<LocalPaths, 'home'>): Registry<DeployedDashboard> {
  return new Registry(join(paths.home, 'dashboards'));
}

/** Of equal length for every path, which may be longer than a file's name. */
export function dashboardKey(path: string): string {
  return createHash('sha256').update(path).digest('hex').slice(0, 32);
}

/**
 * Every deployed dashboard, by name. "Active listings" has the id `active-listings`; where several titles would give the same id, each
 * has the beginning of its key as well.
 */
export function readDashboards(paths: Pick<LocalPaths, 'home'>): AddressedDashboard[] {
  const registry = dashboards(paths);
  const found = registry.keys().flatMap((key) => {
    const dashboard = registry.get(key);
    return dashboard ? [{ key, slug: slugOf(dashboard.name), dashboard }] : [];
  });
  return found
    .map(({ key, slug, dashboard }) => {
      const shared = found.some((other) => other.key !== key && other.slug === slug);
      return { ...dashboard, id: shared ? `${slug}-${key.slice(0, 8)}` : slug };
    })
    .sort((a, b) => a.name.localeCompare(b.name) || a.path.localeCompare(b.path));
}

/** Lower-case letters, digits and hyphens; a title of other scripts keeps its letters. */
function slugOf(title: string): string {
  return (
    title
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}]+/gu, '-')
      .replaceAll(/^-|-$/g, '') || 'dashboard'
  );
}
