import { createHash } from 'node:crypto';
import { lstatSync, mkdirSync, readlinkSync, realpathSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { isAbsolute, join, resolve } from 'node:path';
import { EngineError } from './engine-error';

/** Characters that Sail leaves alone in the address of a Delta table (0.7.2; its object store encodes or globs all others). */
const PLAIN = /^[A-Za-z0-9._+=@,:-]*$/;

/**
 * The address to give an engine for a Delta folder, in `delta.`...``, in LOCATION and in `appendDelta`: the path itself when it is plain
 * (letters, digits and `._+=@,:-`), `s3://` as it is, else the path through a symbolic link in the system's temporary folder.
 *
 * Sail 0.7.2 reads and writes another folder than the one it is asked for when the path has a space, `%`, a letter beyond ASCII
 * (it encodes them on disk), `[`, `*` or `?` (it writes into the folder above). So a checkout below `My Projects` must be
 * addressed through a link. What leads to the last such segment is made if it is not there.
 *
 * @throws EngineError ENGINE_PATH for a relative path, and when no plain link can be made
 */
export function deltaAddress(path: string): string {
  if (path.startsWith('s3://')) return path;
  if (!isAbsolute(path)) throw new EngineError('ENGINE_PATH', `the path of a Delta table is not absolute: ${path}`);
  const segments = resolve(path).split('/');
  const last = segments.findLastIndex((segment) => !PLAIN.test(segment));
  if (last < 0) return segments.join('/');
  const link = linkTo(segments.slice(0, last + 1).join('/'));
  return [link, ...segments.slice(last + 1)].join('/');
}

/** One link a folder and user, the same in every process, so that all address a table alike. */
function linkTo(folder: string): string {
  const parent = realpathSync(tmpdir());
  const owner = process.getuid?.() ?? 0;
  const link = join(parent, `lakewright-${owner}-${createHash('sha256').update(folder).digest('hex').slice(0, 16)}`);
  if (!link.split('/').every((segment) => PLAIN.test(segment)))
    throw unlinkable(folder, `TMPDIR is no plain path either (${parent})`);
  mkdirSync(folder, { recursive: true });
  try {
    symlinkSync(folder, link);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'EEXIST') throw unlinkable(folder, `no link can be made at ${link}`, cause);
    if (!isOurLink(link, folder, owner)) throw unlinkable(folder, `${link} is there and leads elsewhere`);
  }
  return link;
}

function isOurLink(link: string, folder: string, owner: number): boolean {
  const stats = lstatSync(link);
  return stats.isSymbolicLink() && stats.uid === owner && readlinkSync(link) === folder;
}

function unlinkable(folder: string, why: string, cause?: unknown): EngineError {
  return new EngineError('ENGINE_PATH', `the SQL engine cannot address Delta tables below ${folder}: ${why}`, {
    hint: 'move the checkout, or LAKEWRIGHT_HOME, to a path of letters, digits, `-`, `_` and `.`',
    cause,
  });
}
