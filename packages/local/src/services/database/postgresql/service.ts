import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { taskEnvironment } from '@lakewright/config';
import type { LocalContext } from '../../../context';
import { serviceFolder } from '../../instance';
import { spawnDetached } from '../../process';
import type { ServiceDefinition } from '../../service';
import { issueCertificate } from '../authority';
import { opened, readInstance, writeInstance } from '../instance';
import { withAdmin } from './admin';
import { findPostgreSql } from './binaries';
import { chooseParameters, writeConfiguration } from './configuration';
import { makeData, writeAccess } from './data';
import { give, letPass, serverOwner } from './owner';

/** The data folder of PostgreSQL. */
export function postgreSqlData(context: Pick<LocalContext, 'paths'>): string {
  return join(serviceFolder(context, 'postgresql'), 'data');
}

/** PostgreSQL of RDS: one instance, made by the runner of `aws_db_instance`. */
export function postgreSqlService(context: LocalContext): ServiceDefinition {
  const data = postgreSqlData(context);
  const instance = readInstance(context, 'postgresql');
  const port = context.ports.postgresql;
  return {
    name: 'postgresql',
    title: instance
      ? `database ${instance.identifier}: PostgreSQL ${instance.version}, for ${instance.inPlaceOf}`
      : 'database: PostgreSQL',
    port,
    address: `postgresql://127.0.0.1:${port}`,
    startTimeoutMs: 120_000,
    patienceMs: 20_000,
    stopTimeoutMs: 60_000,
    // "Fast shutdown": SIGTERM would wait until every client has gone.
    stopSignal: 'SIGINT',
    start: (logFile) => start(context, data, logFile),
    healthy: async () => {
      try {
        await withAdmin(data, port, (client) => client.query('SELECT 1'));
        return true;
      } catch {
        return false;
      }
    },
    uncleanStop: () =>
      existsSync(join(data, 'postmaster.pid'))
        ? {
            service: 'postgresql',
            notice: 'the database was not stopped cleanly: PostgreSQL has every transaction that was committed',
          }
        : undefined,
  };
}

async function start(context: LocalContext, data: string, logFile: string): Promise<number> {
  const postgreSql = findPostgreSql(context.root);
  const owner = serverOwner();
  const folder = serviceFolder(context, 'postgresql');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  letPass(folder, context.paths.home, owner);
  const made = makeData(postgreSql, data, owner);
  const instance = readInstance(context, 'postgresql');
  if (instance) writeInstance(context, 'postgresql', opened(instance, postgreSql.version, made));
  const files = issueCertificate(context, folder);
  for (const file of Object.values(files)) give(file, owner);
  const parameters = chooseParameters(postgreSql, instance?.parameters ?? {}).taken;
  writeConfiguration(data, { port: context.ports.postgresql, ...files, parameters });
  writeAccess(data);
  return spawnDetached({
    command: postgreSql.server,
    args: ['-D', data],
    cwd: data,
    env: taskEnvironment(),
    logFile,
    ...owner,
  });
}
