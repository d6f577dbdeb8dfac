import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { dirname, join } from 'node:path';
import { LakewrightError, storageFault, taskEnvironment } from '@lakewright/config';
import type { PostgreSql } from './binaries';
import { give, type Owner } from './owner';

/** The account of the server itself, as RDS has one of that name: let in through the socket without a password, as the user of this machine. */
export const ADMIN = 'rdsadmin';

/**
 * Makes the data folder of a new server, whole or not at all. Nobody can come in by TCP: no account has a password.
 *
 * @returns false when there was one
 * @throws LakewrightError LOCAL_DATABASE_INIT with the last lines of initdb
 */
export function makeData({ initdb }: PostgreSql, data: string, owner: Owner): boolean {
  if (existsSync(data)) return false;
  const draft = `${data}.draft`;
  rmSync(draft, { recursive: true, force: true });
  mkdirSync(draft, { recursive: true, mode: 0o700 });
  give(draft, owner);
  const locale = ['--encoding=UTF8', '--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--locale=C'];
  const args = [`--pgdata=${draft}`, `--username=${ADMIN}`, '--auth=scram-sha-256', '--auth-local=peer', ...locale];
  const { status, stderr } = spawnSync(initdb, args, { encoding: 'utf8', env: taskEnvironment(), cwd: draft, ...owner });
  if (status !== 0) {
    const lines = (stderr ?? '').trimEnd().split('\n').slice(-8).join('\n');
    const failed = new LakewrightError('LOCAL_DATABASE_INIT', `${initdb} could not make its data folder ${data}:\n${lines}`, {
      hint: 'the folders above it must let the user of the server pass',
    });
    throw storageFault(failed, dirname(data)) ?? failed;
  }
  renameSync(draft, data);
  return true;
}

/** Who may come in: the user of this machine by the socket, everybody else with TLS and a password. */
export function writeAccess(data: string): void {
  const rules = [`local all ${ADMIN} peer map=admin`, 'hostssl all all 127.0.0.1/32 scram-sha-256'];
  writeFileSync(join(data, 'pg_hba.conf'), `${rules.join('\n')}\n`);
  writeFileSync(join(data, 'pg_ident.conf'), `admin ${userInfo().username} ${ADMIN}\n`);
}
