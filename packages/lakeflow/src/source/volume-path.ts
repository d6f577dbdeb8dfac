import { existsSync, readdirSync, realpathSync } from 'node:fs';
import { dirname, join, sep } from 'node:path';
import { LakewrightError, type SourceLocation } from '@lakewright/config';

/** A path of a Unity Catalog volume, taken apart. */
interface VolumePath {
  readonly volume: readonly [catalog: string, schema: string, name: string];
  /** What follows the volume, without the leading slash. */
  readonly rest: string;
}

const SHAPE = 'a path of a volume is /Volumes/<catalog>/<schema>/<volume>/...';

/** Whether a path means files of a volume: `/Volumes/...`, with or without `dbfs:` before it. */
export function isVolumePath(path: string): boolean {
  return /^(?:dbfs:)?\/Volumes(?:\/|$)/.test(path);
}

/**
 * The form in which a path of a volume is written down: `/Volumes/<catalog>/<schema>/<volume>/...`. Names of securables are lower case
 * in Unity Catalog, whatever case they are written in.
 *
 * Source: "How do paths work for data managed by Unity Catalog?", "What are Unity Catalog volumes?" (docs.databricks.com).
 *
 * @throws LakewrightError LAKEFLOW_VOLUME_PATH for a path that names no volume or leaves it
 */
export function normalVolumePath(path: string, location?: SourceLocation): string {
  const { volume, rest } = parse(path, location);
  return `/Volumes/${volume.join('/')}/${rest}`.replace(/\/$/, '');
}

/**
 * Where a path of a volume lies on this machine: `<volumes>/<catalog>/<schema>/<volume>/...`. What the path means need not exist, the
 * volume must.
 *
 * @param volumes folder of all volumes (`localPaths().volumes`)
 * @throws LakewrightError LAKEFLOW_VOLUME_PATH for a path that names no volume or leaves it (by links too), LAKEFLOW_VOLUME_MISSING
 *   for a volume that is not there
 */
export function resolveVolumePath(volumes: string, path: string, location?: SourceLocation): string {
  const { volume, rest } = parse(path, location);
  const root = join(volumes, ...volume);
  if (!existsSync(root)) {
    const there = existingVolumes(volumes);
    throw new LakewrightError('LAKEFLOW_VOLUME_MISSING', `there is no volume ${volume.join('.')} (in ${path})`, {
      location,
      hint: there.length > 0 ? `volumes are ${there.join(', ')}` : 'add one to the stack, then lakewright up',
    });
  }
  const target = rest === '' ? root : `${root}/${rest}`;
  const real = realpathSync(root);
  const met = realpathSync(nearestExisting(target));
  if (met !== real && !met.startsWith(`${real}${sep}`)) throw leaves(path, location);
  return target;
}

function parse(path: string, location: SourceLocation | undefined): VolumePath {
  const [, , catalog, schema, name, ...rest] = path.replace(/^dbfs:/, '').split('/');
  if (!isVolumePath(path) || !catalog || !schema || !name || [catalog, schema, name].some((part) => /[*?[\]{}\\]/.test(part))) {
    throw new LakewrightError('LAKEFLOW_VOLUME_PATH', `${path} names no volume`, { location, hint: SHAPE });
  }
  if (path.split('/').some((part) => part === '..' || part === '.')) throw leaves(path, location);
  return { volume: [catalog.toLowerCase(), schema.toLowerCase(), name.toLowerCase()], rest: rest.join('/') };
}

function leaves(path: string, location: SourceLocation | undefined): LakewrightError {
  return new LakewrightError('LAKEFLOW_VOLUME_PATH', `${path} leaves its volume`, {
    location,
    hint: `${SHAPE}, without "." or ".." and without links that lead out of it`,
  });
}

function nearestExisting(path: string): string {
  return existsSync(path) ? path : nearestExisting(dirname(path));
}

/** `catalog.schema.volume` of every volume, sorted. */
function existingVolumes(volumes: string): string[] {
  const inside = (folder: string) => (existsSync(folder) ? readdirSync(folder).sort() : []);
  return inside(volumes).flatMap((catalog) =>
    inside(join(volumes, catalog)).flatMap((schema) =>
      inside(join(volumes, catalog, schema)).map((name) => `${catalog}.${schema}.${name}`),
    ),
  );
}
