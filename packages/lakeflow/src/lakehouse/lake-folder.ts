import { createHash } from 'node:crypto';
import { type Dirent, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { LakewrightError } from '@lakewright/config';
import { latestVersion, tableFingerprint } from '../delta/log';
import { deltaAddress } from '../engine';

const VIEW_SUFFIX = '.view.json';

export interface TableName {
  readonly catalog: string;
  readonly schema: string;
  readonly name: string;
}

/** A dataset that the lake's folder shows: `<lake>/<catalog>/<schema>/<name>` (Delta) or `<name>.view.json`. */
export interface LakeTable extends TableName {
  readonly kind: 'table' | 'view';
  /** The Delta folder, or the file that defines the view. */
  readonly location: string;
}

/**
 * The file `<name>.view.json`. Tables are read as ``delta.`${lake}/<path relative to the lake>` `` and in no other way, so that the file
 * holds no absolute path and tells what it depends on.
 */
export interface ViewFile {
  /** Spark SQL: a SELECT. */
  readonly query: string;
}

/** Every dataset below a lake, sorted by name. Folders that begin with `.` or `_`, and Delta folders before their first commit, are none. */
export function listTables(lake: string): readonly LakeTable[] {
  return folders(lake).flatMap((catalog) =>
    folders(join(lake, catalog)).flatMap((schema) => {
      const folder = join(lake, catalog, schema);
      const named = (entry: string) => ({ catalog: decode(catalog), schema: decode(schema), name: decode(entry) });
      return entries(folder).flatMap((entry): readonly LakeTable[] => {
        const location = join(folder, entry.name);
        if (entry.name.endsWith(VIEW_SUFFIX))
          return [{ ...named(entry.name.slice(0, -VIEW_SUFFIX.length)), kind: 'view', location }];
        return latestVersion(location) < 0 ? [] : [{ ...named(entry.name), kind: 'table', location }];
      });
    }),
  );
}

/** A view ready for the engine. */
export interface LakeView {
  readonly query: string;
  /** Changes whenever the view's definition or a table it reads changes. */
  readonly fingerprint: string;
}

/**
 * Reads a view's file.
 *
 * @throws LakewrightError LAKEHOUSE_VIEW when it is no JSON with a `query`, or when a table that it reads is not there
 */
export function readView(lake: string, file: string): LakeView {
  const { query } = parseViewFile(file);
  const reads = [...query.matchAll(/delta\.`\$\{lake\}\/((?:[^`]|``)+)`/g)].map((match) => match[1]!.replaceAll('``', '`'));
  const versions = reads.map((path) => {
    const fingerprint = tableFingerprint(join(lake, path));
    if (fingerprint === undefined) throw damaged(file, `it reads ${path}, where no Delta table is`);
    return fingerprint;
  });
  const resolved = reads.reduce(
    (sql, path) => sql.replaceAll(`\`\${lake}/${path.replaceAll('`', '``')}\``, `\`${deltaAddress(join(lake, path))}\``),
    query,
  );
  const fingerprint = createHash('sha256')
    .update(JSON.stringify([resolved, versions]))
    .digest('hex');
  return { query: resolved, fingerprint };
}

function parseViewFile(file: string): ViewFile {
  try {
    const view = JSON.parse(readFileSync(file, 'utf8')) as Partial<ViewFile> | null;
    if (typeof view?.query === 'string') return { query: view.query };
  } catch (cause) {
    throw damaged(file, 'it is no JSON', cause);
  }
  throw damaged(file, 'it has no "query"');
}

function damaged(file: string, why: string, cause?: unknown): LakewrightError {
  return new LakewrightError('LAKEHOUSE_VIEW', `the view of ${file} cannot be used: ${why}`, {
    hint: 'the pipeline that writes it makes it again: run it with a full refresh of this table',
    cause,
  });
}

function folders(folder: string): readonly string[] {
  return entries(folder)
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name);
}

function entries(folder: string): readonly Dirent[] {
  try {
    const visible = readdirSync(folder, { withFileTypes: true }).filter((entry) => !/^[._]/.test(entry.name));
    return visible.sort((left, right) => (left.name < right.name ? -1 : 1));
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(String((error as NodeJS.ErrnoException).code))) return [];
    throw error;
  }
}

/** Folder names percent-encode what cannot stand in one. */
function decode(name: string): string {
  return name.replace(/%([0-9A-F]{2})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 16)));
}
