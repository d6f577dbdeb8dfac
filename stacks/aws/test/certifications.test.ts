import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type EnvironmentName, projectRoot } from '@lakewright/config';
import { type Attributes, onlyResource, type StackJson } from '../../../test/support/synthesized-environment';
import { certificationsStack } from './certifications-stack';

let stack: StackJson;
beforeAll(async () => {
  stack = await certificationsStack('dev');
});

const one = (type: string, name?: string) => onlyResource(stack, type, name);
const all = (type: string, of = stack): Attributes[] => Object.values(of.resource[type] ?? {});
const allowed = (role: string) =>
  (
    JSON.parse(String(one('aws_iam_role_policy', role).policy)) as { Statement: { Effect: string; Action: string[] }[] }
  ).Statement.filter(({ Effect }) => Effect === 'Allow').flatMap(({ Action }) => Action);

test('a bucket a layer, and none for a catalog in Databricks, which it has not', () => {
  expect(
    all('aws_s3_bucket')
      .map(({ bucket }) => bucket)
      .sort(),
  ).toEqual(['bronze', 'gold', 'silver'].map((layer) => `lakewright-certifications-${layer}-dev-111111111111`));
});

test('a private subnet in each of the three zones, and no way to the internet', () => {
  expect(all('aws_subnet').map(({ availability_zone }) => availability_zone)).toEqual(['eu-west-1a', 'eu-west-1b', 'eu-west-1c']);
  for (const type of ['aws_internet_gateway', 'aws_nat_gateway', 'aws_eip', 'aws_route']) expect(all(type)).toEqual([]);
  for (const { map_public_ip_on_launch } of all('aws_subnet')) expect(map_public_ip_on_launch).toBe(false);
  expect(all('aws_vpc_endpoint').map(({ service_name }) => service_name)).toEqual([
    'com.amazonaws.eu-west-1.s3',
    'com.amazonaws.eu-west-1.secretsmanager',
  ]);
});

/** `who > where:port` of every rule, by the names of the groups. */
function flows(type: 'ingress' | 'egress'): string[] {
  const name = (reference: unknown) => {
    const [, kind = '', id = ''] = String(reference).match(/\{(\w+)\.(\w+)\./) ?? [];
    return kind === 'aws_vpc_endpoint' ? 's3' : String(stack.resource[kind]?.[id]?.name);
  };
  return all(`aws_vpc_security_group_${type}_rule`)
    .map((rule) => {
      const [own, other] = [name(rule.security_group_id), name(rule.referenced_security_group_id ?? rule.prefix_list_id)];
      const [from, to] = type === 'ingress' ? [other, own] : [own, other];
      return `${from} > ${to}:${rule.from_port}`;
    })
    .sort();
}

test('only the flows that are needed, and every rule says why', () => {
  const between = [
    'certifications-initial-configuration > certifications-database:3306',
    'certifications-initial-configuration > certifications-endpoints:443',
    'certifications-replication > certifications-database:3306',
    'certifications-replication > certifications-endpoints:443',
  ];
  expect(flows('ingress')).toEqual(between);
  expect(flows('egress')).toEqual([...between, 'certifications-replication > s3:443']);
  const rules = [...all('aws_vpc_security_group_ingress_rule'), ...all('aws_vpc_security_group_egress_rule')];
  for (const rule of rules) {
    expect(rule.description).toMatch(/^(DMS|initial_configuration) (reads|writes|makes) /);
    expect(rule.from_port).toBe(rule.to_port);
    for (const open of ['cidr_ipv4', 'cidr_ipv6']) expect(rule).not.toHaveProperty(open);
  }
  for (const group of [...all('aws_security_group'), ...all('aws_default_security_group')]) {
    expect(group).not.toHaveProperty('ingress');
    expect(group).not.toHaveProperty('egress');
  }
});

test('the function is invoked at deployment by the name that people know, with the payload of the system, once the database is there', () => {
  const invocation = stack.resource.aws_lambda_invocation?.initial_configuration;
  const payload = readFileSync(join(projectRoot(), 'apps/certifications/initial_configuration.json'), 'utf8');
  expect(invocation?.input).toBe(JSON.stringify(JSON.parse(payload)));
  const after = (invocation?.depends_on as string[]).join(' ');
  for (const type of [
    'aws_db_instance.database',
    'aws_vpc_security_group_ingress_rule',
    'aws_vpc_endpoint',
    'aws_iam_role_policy',
  ]) {
    expect(after).toContain(type);
  }
  expect(one('aws_lambda_function', 'initial_configuration').environment).toEqual({
    variables: {
      DATABASE_HOST: expect.stringContaining('aws_db_instance.database'),
      DATABASE_PORT: '3306',
      DATABASE_NAME: 'certifications',
      MASTER_SECRET_ARN: expect.stringContaining('master_user_secret[0].secret_arn'),
      DMS_SECRET_ARN: expect.stringContaining('aws_secretsmanager_secret.dms_secret'),
      APPLICATION_SECRET_ARN: expect.stringContaining('aws_secretsmanager_secret.application_secret'),
      NODE_EXTRA_CA_CERTS: '/var/runtime/ca-cert.pem',
    },
  });
});

test('secrets, database, users, then DMS: the endpoint waits for the invocation', () => {
  expect(one('aws_dms_endpoint').depends_on).toContain('aws_lambda_invocation.initial_configuration');
  expect(one('aws_dms_endpoint').secrets_manager_arn).toContain('aws_secretsmanager_secret.dms_secret');
});

test('a role a purpose: who fills secrets touches no file, who writes files reads no secret', () => {
  expect(allowed('initial_configuration').filter((action) => /^(s3|dms|rds):/.test(action))).toEqual([]);
  expect(allowed('initial_configuration')).toContain('secretsmanager:PutSecretValue');
  expect(allowed('target_role').filter((action) => action.startsWith('secretsmanager:'))).toEqual([]);
  expect(allowed('source_secret_role')).not.toContain('secretsmanager:PutSecretValue');
});

test('changes of every table of the schema go to bronze, once somebody starts the task', () => {
  const task = one('aws_dms_replication_task');
  expect(task.start_replication_task).toBe(false);
  const [rule] = JSON.parse(String(task.table_mappings)).rules;
  expect(rule['object-locator']).toEqual({ 'schema-name': 'certifications', 'table-name': '%' });
  expect(one('aws_dms_s3_endpoint')).toMatchObject({
    bucket_name: expect.stringContaining('aws_s3_bucket.bronze'),
    timestamp_column_name: 'committed_at',
    include_op_for_full_load: true,
  });
});

test.each<[EnvironmentName, object]>([
  ['local', { multi_az: false, deletion_protection: false, skip_final_snapshot: true, backup_retention_period: 1 }],
  ['dev', { multi_az: false, deletion_protection: false, skip_final_snapshot: true, backup_retention_period: 3 }],
  ['staging', { multi_az: false, deletion_protection: true, skip_final_snapshot: false, backup_retention_period: 7 }],
  ['prod', { multi_az: true, deletion_protection: true, skip_final_snapshot: false, backup_retention_period: 35 }],
])('%s: as safe and as large as the environment says', async (name, database) => {
  const there = await certificationsStack(name);
  expect(onlyResource(there, 'aws_db_instance')).toMatchObject({
    ...database,
    storage_encrypted: true,
    publicly_accessible: false,
  });
  expect(onlyResource(there, 'aws_dms_replication_instance').multi_az).toBe(name === 'prod');
  const days = { local: 0, dev: 0, staging: 30, prod: 30 }[name];
  for (const secret of all('aws_secretsmanager_secret', there)) expect(secret.recovery_window_in_days).toBe(days);
});

test('no password is in what is synthesized: none is said, made by chance, or put into a secret', () => {
  const types = Object.keys(stack.resource);
  expect(types.filter((type) => /^random_|secret_version$|_rds_.*password/.test(type))).toEqual([]);
  const said = (value: unknown): string[] =>
    typeof value === 'object' && value !== null
      ? Object.entries(value).flatMap(([name, inner]) => (/^(password|secret_string)/.test(name) ? [name] : said(inner)))
      : [];
  expect(said(stack.resource)).toEqual([]);
});

test('alarms, all to the topic of the foundation: database, replication, functions, jobs, executions', () => {
  const alarms = all('aws_cloudwatch_metric_alarm');
  const metrics = alarms.map(({ namespace, metric_name }) => `${namespace} ${metric_name}`);
  for (const metric of [
    'AWS/RDS FreeStorageSpace',
    'AWS/RDS CPUUtilization',
    'AWS/RDS DatabaseConnections',
    'AWS/DMS FreeStorageSpace',
    'AWS/DMS CPUUtilization',
    'AWS/DMS CDCLatencySource',
    'AWS/DMS CDCLatencyTarget',
    'AWS/Lambda Errors',
    'AWS/States ExecutionsFailed',
    'AWS/States ExecutionsTimedOut',
    'AWS/States ExecutionsAborted',
  ]) {
    expect(metrics).toContain(metric);
  }
  const topic = expect.stringContaining('cross-stack-reference-input-aws-foundation');
  for (const { alarm_actions } of alarms) expect(alarm_actions).toEqual([topic]);
  const watched = alarms
    .filter(({ namespace, metric_name }) => namespace === 'Glue' && metric_name === 'glue.error.ALL')
    .map(({ dimensions }) => (dimensions as { JobName: string }).JobName);
  expect(watched.sort()).toEqual(
    all('aws_glue_job')
      .map(({ name }) => name)
      .sort(),
  );
  expect(one('aws_dms_event_subscription').sns_topic_arn).toEqual(topic);
});

test('one page shows the function, the database, the replication and the buckets', () => {
  const shown = String(one('aws_cloudwatch_dashboard').dashboard_body);
  for (const part of ['initial_configuration', 'AWS/RDS', 'CDCLatencyTarget', 'certifications-gold-dev'])
    expect(shown).toContain(part);
});

test('everything that holds data is encrypted with the key of the system', () => {
  const key = expect.stringMatching(/^\$\{aws_kms_key\.key_\w+\.arn\}$/);
  const encrypted: [string, string][] = [
    ['aws_db_instance', 'kms_key_id'],
    ['aws_db_instance', 'master_user_secret_kms_key_id'],
    ['aws_db_instance', 'performance_insights_kms_key_id'],
    ['aws_secretsmanager_secret', 'kms_key_id'],
    ['aws_dms_replication_instance', 'kms_key_arn'],
    ['aws_dms_endpoint', 'kms_key_arn'],
    ['aws_dms_s3_endpoint', 'server_side_encryption_kms_key_id'],
    ['aws_cloudwatch_log_group', 'kms_key_id'],
    ['aws_lambda_function', 'kms_key_arn'],
  ];
  for (const [type, attribute] of encrypted) for (const resource of all(type)) expect(resource[attribute]).toEqual(key);
});

test('outputs name what people ask for, and no secret', () => {
  expect(Object.keys(stack.output ?? {})).toEqual(
    expect.arrayContaining(['bronze_bucket', 'silver_bucket', 'gold_bucket', 'database_address', 'replication_task_arn']),
  );
});
