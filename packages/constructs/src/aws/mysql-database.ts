import type { Construct } from 'constructs';
import { LakewrightStack } from '../lakewright-stack';
import { RelationalDatabase, type RelationalDatabaseProps } from './relational-database';

/**
 * What change data capture needs of the binary log (DMS User Guide, "Using an AWS-managed MySQL-compatible database as a source"), names
 * of columns in it, and TLS for everybody. How long the log is kept is no parameter in RDS: the procedure
 * `mysql.rds_set_configuration('binlog retention hours', n)` sets it, which is for the function that prepares the database.
 */
const PARAMETERS = {
  binlog_checksum: 'NONE',
  binlog_format: 'ROW',
  binlog_row_image: 'full',
  binlog_row_metadata: 'FULL',
  character_set_server: 'utf8mb4',
  // Files are what goes to CloudWatch.
  log_output: 'FILE',
  long_query_time: '2',
  require_secure_transport: '1',
  slow_query_log: '1',
};

/**
 * RDS for MySQL 8.4, the version with long-term support (8.0 left standard support in 2026), ready for change data capture. The general
 * log is off, as it would hold every statement.
 */
export class MysqlDatabase extends RelationalDatabase {
  constructor(scope: Construct, id: string, props: RelationalDatabaseProps) {
    super(scope, id, props, {
      engine: 'mysql',
      version: '8.4',
      family: 'mysql8.4',
      port: LakewrightStack.of(scope).environment.databasePorts.mysql,
      parameters: PARAMETERS,
      logs: ['error', 'slowquery'],
    });
  }
}
