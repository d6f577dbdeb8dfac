import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** What a server of this clone is started with. */
export interface ServerSettings {
  readonly data: string;
  readonly port: number;
  readonly authority: string;
  readonly key: string;
  readonly certificate: string;
  /** Of the parameter group. */
  readonly parameters: Readonly<Record<string, string>>;
}

/** The server's socket, in its data folder: a path that is not relative may be too long for the kernel. */
export const SOCKET = 'mysql.sock';

/**
 * As RDS for MySQL 8.4 has it where no parameter group says otherwise ("Parameters for MySQL" in the RDS user guide, and the defaults of
 * MySQL): the SQL mode, UTC, a commit that is on disk. The binary log as change data capture needs it.
 */
const DEFAULTS: Readonly<Record<string, string>> = {
  'server-id': '1',
  'character-set-server': 'utf8mb4',
  'collation-server': 'utf8mb4_unicode_520_ci',
  'default-time-zone': '+00:00',
  'sql-mode':
    'ONLY_FULL_GROUP_BY,STRICT_TRANS_TABLES,NO_ZERO_IN_DATE,NO_ZERO_DATE,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION',
  'binlog-format': 'ROW',
  'binlog-row-image': 'FULL',
  'binlog-row-metadata': 'FULL',
  // MySQL writes statements on accounts into its log with the hash of a password, MariaDB with the password itself.
  'binlog-ignore-db': 'mysql',
  'sync-binlog': '1',
  'innodb-flush-log-at-trx-commit': '1',
  'require-secure-transport': 'ON',
  'tls-version': 'TLSv1.2,TLSv1.3',
};

/** Parameters that are not the group's to set here, or mean something else, with the reason. */
const NOT_TAKEN: Readonly<Record<string, string>> = {
  enforce_gtid_consistency: 'transaction ids of MySQL; MariaDB has its own, always on',
  'gtid-mode': 'transaction ids of MySQL; MariaDB has its own, always on',
  gtid_mode: 'transaction ids of MySQL; MariaDB has its own, always on',
  innodb_buffer_pool_size: 'the memory of this machine is not that of the instance class',
  innodb_log_file_size: 'the memory of this machine is not that of the instance class',
};

/** What of a parameter group a server of this machine takes, and what it does not, with the reason. */
export interface ParameterChoice {
  readonly taken: Readonly<Record<string, string>>;
  readonly left: Readonly<Record<string, string>>;
}

export function chooseParameters(given: Readonly<Record<string, string>>): ParameterChoice {
  const taken: Record<string, string> = {};
  const left: Record<string, string> = {};
  for (const [name, value] of Object.entries(given)) {
    const reason = whyNot(name, value);
    if (reason) left[name] = reason;
    else taken[name] = value;
  }
  return { taken, left };
}

function whyNot(name: string, value: string): string | undefined {
  if (NOT_TAKEN[name]) return NOT_TAKEN[name];
  if (/^(rds[._]|aurora_)/.test(name)) return 'it belongs to RDS, not to the database';
  if (/\{/.test(value)) return 'it is computed from the instance class';
  if (/_0900_/.test(value)) return 'a collation of MySQL that MariaDB does not have';
  if (name === 'time_zone' && !/^([+-]\d\d:\d\d|utc)$/i.test(value))
    return 'names of time zones need tables that are not loaded here';
  return undefined;
}

/** Writes the server's option file. A parameter that it does not know is passed over (`loose-`), and told by the runner. */
export function writeConfiguration(file: string, settings: ServerSettings): void {
  const { data, port, authority, key, certificate, parameters } = settings;
  const options = {
    ...DEFAULTS,
    ...Object.fromEntries(Object.entries(parameters).map(([name, value]) => option(name, value))),
    datadir: data,
    socket: SOCKET,
    'pid-file': 'mysql.pid',
    'bind-address': '127.0.0.1',
    port: String(port),
    'skip-name-resolve': '',
    'log-bin': 'binlog',
    'init-file': join(data, '..', 'start.sql'),
    'ssl-ca': authority,
    'ssl-cert': certificate,
    'ssl-key': key,
  };
  const lines = Object.entries(options).map(([name, value]) => (value === '' ? name : `${name}=${value}`));
  writeFileSync(file, `[mariadbd]\n${lines.join('\n')}\n`, { mode: 0o600 });
}

/** Options have dashes; one of the defaults above replaces it, any other is optional. */
function option(name: string, value: string): [string, string] {
  if (name === 'time_zone') return ['default-time-zone', /^utc$/i.test(value) ? '+00:00' : value];
  const dashed = name.replaceAll('_', '-');
  return [dashed in DEFAULTS ? dashed : `loose-${dashed}`, value];
}
