import type { RelationalDatabaseProps } from '../../src';
import { refused, type Synthesized, synthesized, testEnvironment } from '../synthesized';
import { Replicated } from './replicated';

const databaseOf = (props: Partial<RelationalDatabaseProps> = {}, environment = testEnvironment()): Synthesized =>
  synthesized((scope) => new Replicated(scope).database(props), environment);

test('what nobody had to say: encrypted, private, watched, of the size of the environment', () => {
  const stack = databaseOf();
  expect(stack.one('aws_db_instance')).toMatchObject({
    identifier: 'homes',
    engine: 'mysql',
    engine_version: '8.4',
    instance_class: 'db.t4g.medium',
    db_name: 'homes',
    port: 13306,
    storage_type: 'gp3',
    allocated_storage: 30,
    max_allocated_storage: 60,
    storage_encrypted: true,
    kms_key_id: expect.stringContaining('aws_kms_key'),
    multi_az: true,
    publicly_accessible: false,
    ca_cert_identifier: 'rds-ca-rsa2048-g1',
    auto_minor_version_upgrade: true,
    copy_tags_to_snapshot: true,
    performance_insights_enabled: true,
    performance_insights_kms_key_id: expect.stringContaining('aws_kms_key'),
    monitoring_interval: 60,
    monitoring_role_arn: expect.stringContaining('aws_iam_role.database_monitoring_role'),
    enabled_cloudwatch_logs_exports: ['error', 'slowquery'],
    iam_database_authentication_enabled: false,
    vpc_security_group_ids: [expect.stringContaining('aws_security_group.database_group')],
  });
  expect(stack.one('aws_db_subnet_group').subnet_ids).toHaveLength(2);
});

test('the binary log has whole rows with the names of their columns, and nobody connects without TLS', () => {
  const group = databaseOf().one('aws_db_parameter_group');
  expect(group).toMatchObject({ family: 'mysql8.4', lifecycle: { create_before_destroy: true } });
  const parameters = new Map((group.parameter as { name: string; value: string }[]).map(({ name, value }) => [name, value]));
  expect(Object.fromEntries(parameters)).toMatchObject({
    binlog_format: 'ROW',
    binlog_row_image: 'full',
    binlog_row_metadata: 'FULL',
    require_secure_transport: '1',
  });
  // It would hold every statement.
  expect(parameters.has('general_log')).toBe(false);
});

test('the password of the master is made and rotated by RDS, and in nothing that is synthesized', () => {
  const stack = databaseOf();
  const instance = stack.one('aws_db_instance');
  expect(instance).toMatchObject({
    manage_master_user_password: true,
    master_user_secret_kms_key_id: expect.stringContaining('aws_kms_key'),
  });
  expect(Object.keys(instance).filter((name) => /^password/.test(name))).toEqual([]);
  expect(stack.one('aws_secretsmanager_secret_rotation')).toMatchObject({
    secret_id: expect.stringMatching(/aws_db_instance\..*\.master_user_secret\[0\]\.secret_arn/),
    rotate_immediately: false,
    rotation_rules: { automatically_after_days: 7 },
  });
});

test('restorable to any second of the retention, and not destroyed: neither here nor by hand', () => {
  expect(databaseOf().one('aws_db_instance')).toMatchObject({
    backup_retention_period: 8,
    deletion_protection: true,
    delete_automated_backups: false,
    skip_final_snapshot: false,
    final_snapshot_identifier: 'homes-final',
    lifecycle: { prevent_destroy: true },
  });
});

test.each([
  [true, true, false],
  [true, false, true],
  [false, true, true],
])('destroying it takes both keys: environment %s, database %s', (allowDataLoss, mayLoseData, kept) => {
  const instance = databaseOf({ mayLoseData }, testEnvironment({ allowDataLoss })).one('aws_db_instance');
  expect(instance.deletion_protection).toBe(kept);
  expect(instance.skip_final_snapshot).toBe(!kept);
  expect(instance.lifecycle).toEqual({ prevent_destroy: kept });
  expect('final_snapshot_identifier' in instance).toBe(kept);
});

test('its logs are kept and encrypted as all logs are', () => {
  const groups = databaseOf()
    .all('aws_cloudwatch_log_group')
    .filter(({ name }) => String(name).startsWith('/aws/rds/'));
  expect(groups.map(({ name, retention_in_days }) => [name, retention_in_days])).toEqual([
    ['/aws/rds/instance/homes/error', 7],
    ['/aws/rds/instance/homes/slowquery', 7],
  ]);
  for (const { kms_key_id } of groups) expect(kms_key_id).toContain('aws_kms_key');
});

test('what watches it is let in by RDS of this account for this instance, and writes its one log group', () => {
  const stack = databaseOf();
  const [trust] = stack.policy('aws_iam_role', 'database_monitoring', 'assume_role_policy').Statement;
  expect(trust).toMatchObject({
    Principal: { Service: ['monitoring.rds.amazonaws.com'] },
    Condition: {
      StringEquals: { 'aws:SourceAccount': '123456789012' },
      ArnLike: { 'aws:SourceArn': 'arn:aws:rds:eu-west-1:123456789012:db:homes' },
    },
  });
  const resources = stack.policy('aws_iam_role_policy', 'database_monitoring').Statement.flatMap(({ Resource }) => Resource);
  for (const resource of resources) expect(resource).toContain(':log-group:RDSOSMetrics');
});

test('alarms: storage below a twentieth, a busy processor, too many connections', () => {
  const alarms = databaseOf({ connectionsAlarm: 40 }).all('aws_cloudwatch_metric_alarm');
  expect(
    alarms
      .map(({ metric_name, threshold, comparison_operator, evaluation_periods }) => [
        metric_name,
        threshold,
        comparison_operator,
        evaluation_periods,
      ])
      .sort(),
  ).toEqual([
    ['CPUUtilization', 85, 'GreaterThanOrEqualToThreshold', 3],
    ['DatabaseConnections', 40, 'GreaterThanOrEqualToThreshold', 1],
    ['FreeStorageSpace', 1.5 * 2 ** 30, 'LessThanOrEqualToThreshold', 1],
  ]);
  for (const { dimensions } of alarms) expect(dimensions).toEqual({ DBInstanceIdentifier: 'homes' });
});

test.each<[string, Partial<RelationalDatabaseProps>, string]>([
  ['an instance that RDS could not name', { instanceName: 'homes_2' }, 'CONSTRUCT_DATABASE_INSTANCE'],
  ['a database that wants quotation marks', { databaseName: 'my-homes' }, 'CONSTRUCT_DATABASE_NAME'],
  ['an alarm at no connection', { connectionsAlarm: 0 }, 'CONSTRUCT_DATABASE_CONNECTIONS'],
])('refused: %s', (_, props, code) => {
  const error = refused((scope) => new Replicated(scope).database(props));
  expect(error.code).toBe(code);
  expect(error.message).toContain(String(Object.values(props)[0]));
});
