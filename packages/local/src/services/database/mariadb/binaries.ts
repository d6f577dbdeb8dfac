import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { atLeast, childEnvironment, EXIT, LakewrightError } from '@lakewright/config';

/** A MariaDB server of this machine. */
export interface MariaDb {
  readonly server: string;
  /** 10.11.19 */
  readonly version: string;
  /** Folder with its SQL scripts, messages and character sets. */
  readonly share: string;
}

/** `binlog_expire_logs_seconds`, which stands for RDS's retention of the binary log. */
const MINIMUM = '10.6';
/** Debian keeps servers out of the PATH of users; Homebrew links none where another database is linked. */
const FOLDERS = [
  '/usr/sbin',
  '/usr/local/sbin',
  '/usr/local/bin',
  '/opt/homebrew/opt/mariadb/bin',
  '/usr/local/opt/mariadb/bin',
  '/home/linuxbrew/.linuxbrew/opt/mariadb/bin',
];
/** For people. */
export const HOW_TO_GET_MARIADB =
  'Debian, Ubuntu: apt-get install mariadb-server-core; Fedora: dnf install mariadb-server; macOS: brew install mariadb';

export interface FindMariaDbOptions {
  /** Folders to look in. @default those of PATH, and where packages put servers */
  readonly folders?: readonly string[];
  /** The version that the data was last opened with: a server that is older cannot open it. */
  readonly dataVersion?: string;
}

/**
 * A MariaDB that this machine has: one of the same series as the data where there are several. On Linux x64 a machine without one gets
 * the pinned one, downloaded once (tooling/mariadb.mjs).
 *
 * @throws LakewrightError LOCAL_NO_MARIADB (exit 3); LOCAL_OLD_MARIADB (exit 3) when all are older than the data
 */
export function findMariaDb(root: string, options: FindMariaDbOptions = {}): MariaDb {
  const { dataVersion } = options;
  const found = installedMariaDbs(options.folders);
  const usable = found.filter(({ version }) => !dataVersion || atLeast(series(version), series(dataVersion)));
  const [first] = usable;
  if (first) return usable.find(({ version }) => dataVersion && series(version) === series(dataVersion)) ?? first;
  const downloaded = download(root);
  if (!dataVersion || atLeast(series(downloaded.version), series(dataVersion))) return downloaded;
  throw new LakewrightError(
    'LOCAL_OLD_MARIADB',
    `the database was made by MariaDB ${dataVersion}, and this machine has only older ones`,
    {
      hint: `${HOW_TO_GET_MARIADB}; or forget it: lakewright down --purge`,
      exitCode: EXIT.missing,
    },
  );
}

/** Every MariaDB that is new enough in some folders, in their order. */
export function installedMariaDbs(
  folders: readonly string[] = [...(childEnvironment().PATH ?? '').split(delimiter).filter(Boolean), ...FOLDERS],
): MariaDb[] {
  const servers = [...new Set(folders)].flatMap((folder) => [join(folder, 'mariadbd'), join(folder, 'mysqld')]);
  return servers.filter(existsSync).flatMap((server) => mariaDbAt(server) ?? []);
}

/** 10.11 of 10.11.19: within a series data goes forth and back. */
function series(version: string): string {
  return version.split('.').slice(0, 2).join('.');
}

/** Undefined for MySQL, for a MariaDB that is too old, and for one without its scripts. */
function mariaDbAt(server: string): MariaDb | undefined {
  const { status, stdout } = spawnSync(server, ['--no-defaults', '--version'], { encoding: 'utf8', env: childEnvironment() });
  const version = status === 0 ? /Ver ([\d.]+)-MariaDB/.exec(stdout)?.[1] : undefined;
  if (!version || !atLeast(version, MINIMUM)) return undefined;
  const above = dirname(dirname(server));
  const shares = ['share/mysql', 'share/mariadb', 'share'].map((folder) => join(above, folder));
  const share = shares.find((folder) => systemTables(folder));
  return share === undefined ? undefined : { server, version, share };
}

/** The script of the system tables: it was renamed with MariaDB 11. */
export function systemTables(share: string): string | undefined {
  return ['mariadb', 'mysql'].map((prefix) => join(share, `${prefix}_system_tables.sql`)).find(existsSync);
}

function download(root: string): MariaDb {
  if (process.platform !== 'linux' || process.arch !== 'x64') throw missing('');
  const script = join(root, 'tooling/mariadb.mjs');
  const { status, stdout, stderr } = spawnSync(process.execPath, [script], { encoding: 'utf8', env: childEnvironment() });
  const found = status === 0 && mariaDbAt(join(stdout.trim(), 'bin/mariadbd'));
  if (!found) throw missing(`: ${stderr.trim()}`);
  return found;
}

function missing(why: string): LakewrightError {
  return new LakewrightError(
    'LOCAL_NO_MARIADB',
    `aws_db_instance with MySQL runs on MariaDB ${MINIMUM} or later, and there is none${why}`,
    {
      hint: HOW_TO_GET_MARIADB,
      exitCode: EXIT.missing,
    },
  );
}
