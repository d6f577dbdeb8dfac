import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { taskEnvironment } from '@lakewright/config';
import type { LocalContext } from '../../../context';
import { serviceFolder } from '../../instance';
import { spawnDetached } from '../../process';
import type { ServiceDefinition } from '../../service';
import { authorityFile, issueCertificate } from '../authority';
import { opened, readInstance, writeInstance } from '../instance';
import { withAdmin } from './admin';
import { findMariaDb } from './binaries';
import { chooseParameters, writeConfiguration } from './configuration';
import { asRoot, makeData, placed } from './data';
import { AT_START } from './procedures';

/** The data folder of MariaDB. */
export function mariaDbData(context: Pick<LocalContext, 'paths'>): string {
  return join(serviceFolder(context, 'mysql'), 'data');
}

/** MariaDB, which stands in for MySQL of RDS: one instance, made by the runner of `aws_db_instance`. */
export function mariaDbService(context: LocalContext): ServiceDefinition {
  const folder = serviceFolder(context, 'mysql');
  const data = mariaDbData(context);
  const instance = readInstance(context, 'mysql');
  return {
    name: 'mysql',
    title: instance
      ? `database ${instance.identifier}: MariaDB ${instance.version}, not ${instance.inPlaceOf}`
      : 'database: MariaDB, not MySQL',
    port: context.ports.mysql,
    address: `mysql://127.0.0.1:${context.ports.mysql}`,
    // It reads what InnoDB had not written yet.
    startTimeoutMs: 120_000,
    patienceMs: 20_000,
    stopTimeoutMs: 60_000,
    start: (logFile) => start(context, folder, logFile),
    healthy: async () => {
      try {
        await withAdmin(data, (connection) => connection.ping());
        return true;
      } catch {
        return false;
      }
    },
    uncleanStop: () =>
      existsSync(join(data, 'mysql.pid'))
        ? { service: 'mysql', notice: 'the database was not stopped cleanly: MariaDB has every transaction that was committed' }
        : undefined,
  };
}

async function start(context: LocalContext, folder: string, logFile: string): Promise<number> {
  const instance = readInstance(context, 'mysql');
  const mariaDb = findMariaDb(context.root, instance ? { dataVersion: instance.version } : {});
  const data = mariaDbData(context);
  const made = makeData(mariaDb, data);
  if (instance) writeInstance(context, 'mysql', opened(instance, mariaDb.version, made));
  writeFileSync(join(folder, 'start.sql'), AT_START);
  const options = join(folder, 'my.cnf');
  writeConfiguration(options, {
    data,
    port: context.ports.mysql,
    authority: authorityFile(context),
    ...issueCertificate(context, folder),
    parameters: chooseParameters(instance?.parameters ?? {}).taken,
  });
  return spawnDetached({
    command: mariaDb.server,
    args: [`--defaults-file=${options}`, ...placed(mariaDb), ...asRoot()],
    cwd: folder,
    env: taskEnvironment(),
    logFile,
  });
}
