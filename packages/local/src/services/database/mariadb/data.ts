import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { userInfo } from 'node:os';
import { dirname, join } from 'node:path';
import { childEnvironment, LakewrightError, storageFault } from '@lakewright/config';
import { type MariaDb, systemTables } from './binaries';

/**
 * Makes the data folder of a new server, whole or not at all. Its only account is that of the user of this machine, who is let in
 * without a password through the server's socket: nothing secret is needed to make it, and no account can come in by TCP.
 *
 * @returns false when there was one
 * @throws LakewrightError LOCAL_DATABASE_INIT with the last lines of the server
 */
export function makeData(mariaDb: MariaDb, data: string): boolean {
  if (existsSync(data)) return false;
  const draft = `${data}.draft`;
  rmSync(draft, { recursive: true, force: true });
  mkdirSync(draft, { recursive: true, mode: 0o700 });
  const args = ['--no-defaults', '--bootstrap', `--datadir=${draft}`, `--tmpdir=${draft}`, ...placed(mariaDb), ...asRoot()];
  const { status, stderr } = spawnSync(mariaDb.server, [...args, '--loose-skip-ssl'], {
    input: bootstrap(mariaDb.share),
    encoding: 'utf8',
    env: childEnvironment(),
  });
  if (status !== 0) {
    const lines = (stderr ?? '').trimEnd().split('\n').slice(-8).join('\n');
    const failed = new LakewrightError(
      'LOCAL_DATABASE_INIT',
      `${mariaDb.server} could not make its data folder ${data}:\n${lines}`,
    );
    throw storageFault(failed, dirname(data)) ?? failed;
  }
  renameSync(draft, data);
  return true;
}

/** Where a server finds what belongs to it, wherever it was installed. */
export function placed({ share }: MariaDb): string[] {
  return [`--lc-messages-dir=${share}`, `--character-sets-dir=${join(share, 'charsets')}`];
}

/** MariaDB runs as root only when told to. */
export function asRoot(): string[] {
  return userInfo().uid === 0 ? ['--user=root'] : [];
}

/** What `mariadb-install-db` feeds to the server, without the help texts and the test database: one statement a line at first. */
function bootstrap(share: string): string {
  const tables = systemTables(share)!;
  const scripts = [
    tables,
    tables.replace('system_tables', 'performance_tables'),
    tables.replace('tables.sql', 'tables_data.sql'),
  ];
  const user = userInfo().username.replaceAll("'", "''");
  const begin = ['CREATE DATABASE mysql;', 'USE mysql;', `SET @auth_root_socket = '${user}';`, ''].join('\n');
  return [begin, ...scripts.map((script) => readFileSync(script, 'utf8'))].join('\n');
}
