import { existsSync } from 'node:fs';
import { basename, isAbsolute } from 'node:path';
import { deltaAddress } from './delta-address';
import { EngineError } from './engine-error';
import type { RelationMessage } from './protocol';
import type { FileRelation } from './sql-engine';

/**
 * The protocol's form of a relation over files, every path checked: engines drop paths that are missing, names that begin with `_`
 * or `.`, and raw names with `[` or `]`, without a word. So local paths must exist and are sent as `file://` with every segment
 * percent-encoded; `s3://` addresses are the caller's to check.
 *
 * @throws EngineError ENGINE_MISSING_FILE (also when no path is given), ENGINE_HIDDEN_FILE, ENGINE_PATH
 */
export function readRelation(relation: FileRelation): RelationMessage {
  if (relation.paths.length === 0) {
    throw new EngineError('ENGINE_MISSING_FILE', `a ${relation.format} view over no path at all`, {
      hint: 'make the view over an empty local relation instead',
    });
  }
  return {
    read: {
      dataSource: {
        format: relation.format,
        ...(relation.schema === undefined ? {} : { schema: relation.schema }),
        options: { ...relation.options },
        paths: relation.paths.map((path) => address(path, relation.format)),
      },
    },
  };
}

/** `s3://` as it is; a local file or folder of files as an encoded URL; a Delta folder as engines take it. */
function address(path: string, format: FileRelation['format']): string {
  if (path.startsWith('s3://')) return path;
  if (!isAbsolute(path)) throw missing(path, 'is not absolute');
  if (!existsSync(path)) throw missing(path, 'does not exist');
  if (format === 'delta') return deltaAddress(path);
  refuseHidden(path);
  return fileUrl(path);
}

/** `file:///a%20b/c%2A` of an absolute path: also what `encodeURIComponent` leaves alone and an engine takes for a glob. */
export function fileUrl(path: string): string {
  const encode = (segment: string) =>
    encodeURIComponent(segment).replace(/[!'()*~]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
  return `file://${path.split('/').map(encode).join('/')}`;
}

function missing(path: string, why: string): EngineError {
  return new EngineError('ENGINE_MISSING_FILE', `a path of a file view ${why}: ${path}`, {
    hint: 'an engine would return no rows for it; give absolute paths that exist',
  });
}

function refuseHidden(path: string): void {
  if (!/^[._]/.test(basename(path))) return;
  throw new EngineError('ENGINE_HIDDEN_FILE', `a path of a file view is hidden from engines: ${path}`, {
    hint: 'names that begin with `_` or `.` are skipped in silence by Spark and Sail; rename the file, or read it here and send its rows',
  });
}
