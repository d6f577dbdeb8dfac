import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { taskEnvironment } from '@lakewright/config';
import type { PostgreSql } from './binaries';

/** What a server of this clone is started with. */
export interface ServerSettings {
  readonly port: number;
  readonly key: string;
  readonly certificate: string;
  /** Of the parameter group. */
  readonly parameters: Readonly<Record<string, string>>;
}

/** What of a parameter group the server takes, and what it does not, with the reason. */
export function chooseParameters({ server }: PostgreSql, given: Readonly<Record<string, string>>) {
  const taken: Record<string, string> = {};
  const left: Record<string, string> = {};
  if (Object.keys(given).length === 0) return { taken, left };
  const { stdout } = spawnSync(server, ['--describe-config'], { encoding: 'utf8', env: taskEnvironment(), maxBuffer: 1 << 24 });
  const known = new Set(stdout.split('\n').map((line) => line.split('\t')[0]));
  for (const [name, value] of Object.entries(given)) {
    if (name.startsWith('rds.')) left[name] = 'it belongs to RDS, not to the database';
    else if (value.includes('{')) left[name] = 'it is computed from the instance class';
    else if (!known.has(name)) left[name] = 'this server has no such parameter';
    else taken[name] = value;
  }
  return { taken, left };
}

/** Writes the server's configuration; the socket lies in the data folder, as a path that is not relative may be too long. */
export function writeConfiguration(data: string, { port, key, certificate, parameters }: ServerSettings): void {
  const settings = {
    timezone: 'UTC',
    log_timezone: 'UTC',
    ...parameters,
    listen_addresses: '127.0.0.1',
    port: String(port),
    unix_socket_directories: '.',
    ssl: 'on',
    ssl_cert_file: certificate,
    ssl_key_file: key,
    password_encryption: 'scram-sha-256',
  };
  const lines = Object.entries(settings).map(([name, value]) => `${name} = '${value.replaceAll("'", "''")}'`);
  writeFileSync(join(data, 'postgresql.conf'), `${lines.join('\n')}\n`);
}
