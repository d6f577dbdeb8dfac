import { z } from 'zod';
import { invalid } from '../errors';
import { parse } from './parse';

/** How a source is reached; what its secret says comes at each connection. */
export interface SourceSettings {
  readonly secretId: string;
  readonly databaseName?: string;
  readonly tls: 'none' | 'verify-ca' | 'verify-full';
}

const schema = z.looseObject({
  EngineName: z.enum(['mysql', 'mariadb']),
  SslMode: z.enum(['none', 'require', 'verify-ca', 'verify-full']).optional(),
  DatabaseName: z.string().optional(),
  Password: z.string().optional(),
  MySQLSettings: z
    .looseObject({
      SecretsManagerSecretId: z.string().min(1).optional(),
      Password: z.string().optional(),
      AfterConnectScript: z.string().optional(),
      ServerTimezone: z.string().optional(),
      DatabaseName: z.string().optional(),
    })
    .optional(),
});

/**
 * Reads the settings of a MySQL or MariaDB source. Credentials come from Secrets Manager only, so that none is ever kept here.
 *
 * Source: AWS DMS User Guide, "Using secrets to access AWS Database Migration Service endpoints"; API Reference, "MySQLSettings".
 *
 * @throws Fault InvalidParameterValueException
 */
export function readSourceSettings(endpoint: unknown): SourceSettings {
  const given = parse(schema, endpoint, 'Endpoint');
  const settings = given.MySQLSettings ?? {};
  if (given.Password || settings.Password) throw invalid('a password in an endpoint is refused; give SecretsManagerSecretId');
  if (!settings.SecretsManagerSecretId) throw invalid('MySQLSettings.SecretsManagerSecretId is missing');
  if (settings.AfterConnectScript)
    throw invalid('MySQLSettings.AfterConnectScript is not supported: no statement of yours is run');
  if (settings.ServerTimezone && settings.ServerTimezone !== 'UTC')
    throw invalid('MySQLSettings.ServerTimezone is not supported: TIMESTAMP is read in UTC, DATETIME as it stands');
  if (given.SslMode === 'require') throw invalid("SslMode 'require' does not exist for MySQL; take verify-ca or verify-full");
  return {
    secretId: settings.SecretsManagerSecretId,
    databaseName: settings.DatabaseName || given.DatabaseName || undefined,
    tls: given.SslMode ?? 'none',
  };
}
