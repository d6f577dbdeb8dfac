import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { StopReplicationTaskCommand } from '@aws-sdk/client-database-migration-service';
import { ListObjectsV2Command } from '@aws-sdk/client-s3';
import { ensureServices, replicationStatus, serviceStatus, stopServices } from '../src';
import { type AwsClients, awsClients } from '../src/aws/clients';
import { checkpointOf, hasReached, type ReplicatedTable } from '../src/replication/progress';
import { replicate } from '../src/runs/replication-run';
import { applied } from './support/applied';
import {
  ACCOUNT,
  bundleHandler,
  connectAsMaster,
  databaseResource,
  functionResource,
  MASTER_SECRET,
  REGION,
  secretOf,
} from './support/database';
import { type TestHome, testHome } from './support/home';
import { filesWith, processesWith } from './support/leaks';
import { type TestResource } from './support/state';

const DMS_SECRET = `arn:aws:secretsmanager:${REGION}:${ACCOUNT}:secret:shop/dms-0a1b2c`;
const arn = (kind: string, name: string) => `arn:aws:dms:${REGION}:${ACCOUNT}:${kind}:${name}`;

/** Makes the tables, and the user that DMS comes as. */
const CONFIGURE = `
import { randomBytes } from 'node:crypto';
import { GetSecretValueCommand, PutSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { createConnection } from 'mysql2/promise';

export async function handler() {
  const { HOST, PORT, MASTER, DMS } = process.env;
  const secrets = new SecretsManagerClient({});
  const { SecretString } = await secrets.send(new GetSecretValueCommand({ SecretId: MASTER }));
  const { username: user, password: own } = JSON.parse(SecretString);
  const connection = await createConnection({ host: HOST, port: Number(PORT), user, password: own, database: 'shop', ssl: { verifyIdentity: true } });
  await connection.query('CREATE TABLE things (id int PRIMARY KEY, name varchar(20))');
  await connection.query("INSERT INTO things VALUES (1, 'one'), (2, 'two'), (3, 'three')");
  const password = randomBytes(16).toString('hex');
  await connection.query("CREATE USER 'dms'@'%' IDENTIFIED BY ?", [password]);
  await connection.query("GRANT REPLICATION CLIENT, REPLICATION SLAVE ON *.* TO 'dms'@'%'");
  await connection.query("GRANT SELECT ON shop.* TO 'dms'@'%'");
  await connection.end();
  const value = { username: 'dms', password, host: HOST, port: Number(PORT), dbname: 'shop', engine: 'mysql' };
  await secrets.send(new PutSecretValueCommand({ SecretId: DMS, SecretString: JSON.stringify(value) }));
}`;

describe('a replication', () => {
  let home: TestHome;
  let aws: AwsClients;
  let stack: string;

  beforeAll(async () => {
    home = await testHome();
    aws = awsClients(home);
    stack = join(home.paths.home, 'stacks', 'test');
    mkdirSync(stack, { recursive: true });
    bundleHandler(home, stack, 'configure', CONFIGURE);
    await ensureServices(home, { services: ['ministack'] });
  });
  afterAll(async () => {
    aws.close();
    await home.dispose();
  });

  const apply = async (resources: readonly TestResource[]) => (await applied(home, stack, resources)).outcomes;

  /** As Terraform's state has it: what was not given is null, zero or empty. */
  function replicated(s3: Record<string, unknown> = {}, mapping: Record<string, unknown> = {}): TestResource[] {
    const selection = { 'rule-type': 'selection', 'rule-id': '1', 'rule-name': 'all', 'rule-action': 'include' };
    const rules = [{ ...selection, 'object-locator': { 'schema-name': 'shop', 'table-name': '%' }, ...mapping }];
    return [
      // As the construct has it: the reader of the log wants no checksums of events.
      ['aws_db_parameter_group', 'shop', { name: 'shop-mysql', parameter: [{ name: 'binlog_checksum', value: 'NONE' }] }],
      databaseResource(home, { parameter_group_name: 'shop-mysql' }),
      ['aws_s3_bucket', 'bronze', { bucket: 'bronze', force_destroy: true }],
      ['aws_secretsmanager_secret', 'dms', { arn: DMS_SECRET, name: 'shop/dms', recovery_window_in_days: 0 }],
      functionResource('configure', {
        HOST: '127.0.0.1',
        PORT: String(home.ports.mysql),
        MASTER: MASTER_SECRET,
        DMS: DMS_SECRET,
        NODE_EXTRA_CA_CERTS: '/var/runtime/ca-cert.pem',
      }),
      [
        'aws_lambda_invocation',
        'configure',
        { function_name: 'configure', input: '{}', lifecycle_scope: 'CREATE_ONLY' },
        ['aws_db_instance.shop', 'aws_lambda_function.configure', 'aws_secretsmanager_secret.dms'],
      ],
      ['aws_dms_replication_subnet_group', 'shop', { replication_subnet_group_id: 'shop' }],
      [
        'aws_dms_replication_instance',
        'shop',
        {
          replication_instance_id: 'shop',
          replication_instance_arn: arn('rep', 'SHOP'),
          replication_instance_class: 'dms.t3.micro',
          allocated_storage: 20,
          multi_az: false,
        },
      ],
      [
        'aws_dms_endpoint',
        'source',
        {
          endpoint_id: 'shop-source',
          endpoint_arn: arn('endpoint', 'SOURCE'),
          endpoint_type: 'source',
          engine_name: 'mysql',
          ssl_mode: 'verify-full',
          database_name: 'shop',
          certificate_arn: arn('cert', 'ROOT'),
          secrets_manager_arn: DMS_SECRET,
          secrets_manager_access_role_arn: `arn:aws:iam::${ACCOUNT}:role/dms`,
          extra_connection_attributes: '',
          mysql_settings: [],
        },
        ['aws_lambda_invocation.configure'],
      ],
      [
        'aws_dms_s3_endpoint',
        'target',
        {
          id: 'shop-target',
          endpoint_id: 'shop-target',
          endpoint_arn: arn('endpoint', 'TARGET'),
          endpoint_type: 'target',
          engine_display_name: 'Amazon S3',
          ssl_mode: 'none',
          status: 'active',
          bucket_name: 'bronze',
          bucket_folder: '',
          data_format: 'parquet',
          parquet_version: 'parquet-1-0',
          parquet_timestamp_in_millisecond: false,
          include_op_for_full_load: true,
          timestamp_column_name: 'committed_at',
          cdc_max_batch_interval: 1,
          cdc_min_file_size: 32000,
          cdc_path: null,
          preserve_transactions: false,
          ...s3,
        },
      ],
      [
        'aws_dms_replication_task',
        'shop',
        {
          replication_task_id: 'shop',
          replication_task_arn: arn('task', 'SHOP'),
          migration_type: 'full-load-and-cdc',
          replication_instance_arn: arn('rep', 'SHOP'),
          source_endpoint_arn: arn('endpoint', 'SOURCE'),
          target_endpoint_arn: arn('endpoint', 'TARGET'),
          table_mappings: JSON.stringify({ rules }),
          replication_task_settings: JSON.stringify({
            TargetMetadata: { SupportLobs: true, LimitedSizeLobMode: true, LobMaxSize: 64 },
          }),
          start_replication_task: false,
        },
        ['aws_dms_replication_instance.shop', 'aws_dms_endpoint.source', 'aws_dms_s3_endpoint.target'],
      ],
    ];
  }

  async function files(): Promise<string[]> {
    const { Contents = [] } = await aws.s3.send(new ListObjectsV2Command({ Bucket: 'bronze' }));
    return Contents.map(({ Key }) => Key!);
  }
  async function change(...statements: string[]): Promise<void> {
    const connection = await connectAsMaster(home, 'shop');
    for (const statement of statements) await connection.query(statement);
    await connection.end();
  }
  const CHANGE_FILE = /^shop\/things\/\d{8}-\d{9}\.parquet$/;

  test('is made once; a run starts it, and returns when what was committed is in files', async () => {
    const first = await apply(replicated());
    expect(first).toMatchObject({
      'aws_dms_replication_subnet_group.shop': 'state only',
      'aws_dms_replication_instance.shop': 'created',
      'aws_dms_endpoint.source': 'created',
      'aws_dms_s3_endpoint.target': 'created',
      'aws_dms_replication_task.shop': 'created',
    });
    expect(await replicationStatus(home)).toMatchObject([{ task: 'shop', status: 'ready', percent: 0, tables: [] }]);

    const steps: string[] = [];
    const begun = await replicate(home, 'shop', { onProgress: (step) => steps.push(step) });
    const loads = { table: 'shop.things', state: 'Table completed', fullLoadRows: 3, inserts: 0, updates: 0, deletes: 0 };
    expect(begun).toMatchObject({ status: 'running', percent: 100, loadedTables: 1, tableCount: 1, tables: [loads] });
    expect(steps.length).toBeGreaterThan(0);
    expect(await files()).toEqual(['shop/things/LOAD00000001.parquet']);

    await change(
      "INSERT INTO things VALUES (4, 'four')",
      "UPDATE things SET name = 'zwei' WHERE id = 2",
      'DELETE FROM things WHERE id = 1',
    );
    const drained = await replicate(home, 'shop');
    expect(drained).toMatchObject({ caughtUp: true, tables: [{ ...loads, inserts: 1, updates: 1, deletes: 1 }] });
    expect((await files()).filter((key) => CHANGE_FILE.test(key))).toHaveLength((await files()).length - 1);
    expect((await files()).length).toBeGreaterThan(1);
    const again = await apply(replicated());
    expect(Object.entries(again).filter(([, outcome]) => outcome !== 'unchanged')).toEqual([
      ['aws_dms_replication_subnet_group.shop', 'state only'],
    ]);
  });

  test('killed, it goes on where it was at the next command, as do the database and the AWS API', async () => {
    await loaded();
    const before = await counts();
    for (const { name, pid } of await serviceStatus(home))
      if (['dms', 'mysql', 'ministack'].includes(name)) process.kill(pid!, 'SIGKILL');
    await expect(apply(replicated())).rejects.toMatchObject({ code: 'LOCAL_RECONCILE' });
    const { services } = await ensureServices(home, { services: ['ministack', 'mysql', 'dms'] });
    expect(services.map(({ name, action }) => `${name} ${action}`)).toEqual([
      'ministack restarted',
      'mysql restarted',
      'dms restarted',
    ]);
    await change("INSERT INTO things VALUES (10, 'after')");
    expect(await replicate(home, 'shop')).toMatchObject({ status: 'running', caughtUp: true });
    expect((await counts()).inserts).toBeGreaterThan(before.inserts);
    expect((await files()).filter((key) => key.includes('LOAD'))).toEqual(['shop/things/LOAD00000001.parquet']);
  });

  test('stopped by hand, a run lets it go on and brings what was missed', async () => {
    await loaded();
    await stopServices(home, { services: ['dms'] });
    await change("INSERT INTO things VALUES (20, 'missed')");
    await ensureServices(home, { services: ['dms'] });
    await aws.dms.send(new StopReplicationTaskCommand({ ReplicationTaskArn: arn('task', 'SHOP') }));
    const { inserts } = await counts();
    await change("INSERT INTO things VALUES (21, 'missed too')");
    expect(await replicate(home, 'shop')).toMatchObject({ status: 'running' });
    expect((await counts()).inserts).toBeGreaterThan(inserts);
  });

  test('other settings: the task is stopped, changed, and goes on', async () => {
    await loaded();
    const changed = await apply(replicated({ timestamp_column_name: 'at' }));
    expect(changed['aws_dms_s3_endpoint.target']).toBe('updated');
    expect(changed['aws_dms_replication_task.shop']).toBe('unchanged');
    expect(await replicationStatus(home)).toMatchObject([
      { task: 'shop', status: expect.stringMatching(/^(starting|running)$/) },
    ]);
    const narrowed = { 'object-locator': { 'schema-name': 'shop', 'table-name': 'thing%' } };
    expect((await apply(replicated({}, narrowed)))['aws_dms_replication_task.shop']).toBe('updated');
    await change("INSERT INTO things VALUES (30, 'later')");
    expect(await replicate(home, 'shop')).toMatchObject({ status: 'running', caughtUp: true });
    expect(Object.values(await apply(replicated({}, narrowed)))).not.toContain('updated');
  });

  test('what its DMS does not write is refused, with the setting', async () => {
    await expect(apply(replicated({ data_format: 'csv' }))).rejects.toMatchObject({
      code: 'LOCAL_RECONCILE',
      message: expect.stringMatching(/aws_dms_s3_endpoint\.target.*DataFormat/),
    });
    await apply(replicated());
  });

  test('a task that fails, fails the run with its reason; a task that is not there is named', async () => {
    await loaded();
    await change("REVOKE REPLICATION SLAVE ON *.* FROM 'dms'@'%'");
    await stopServices(home, { services: ['dms'] });
    await ensureServices(home, { services: ['dms'] });
    await change("INSERT INTO things VALUES (40, 'unseen')");
    await expect(replicate(home, 'shop')).rejects.toMatchObject({
      code: 'LOCAL_REPLICATION_FAILED',
      message: expect.stringMatching(/^the replication task shop failed: .*REPLICATION/),
      hint: expect.stringContaining('lakewright logs dms'),
    });
    await change("GRANT REPLICATION SLAVE ON *.* TO 'dms'@'%'");
    expect(await replicate(home, 'shop')).toMatchObject({ status: 'running', caughtUp: true });
    await expect(replicate(home, 'other')).rejects.toMatchObject({ code: 'LOCAL_UNKNOWN_REPLICATION', exitCode: 2 });
  });

  test('no password is in a file but those of the AWS API and of the database, or in a process', async () => {
    await loaded();
    const secrets = await Promise.all([MASTER_SECRET, DMS_SECRET].map((secret) => secretOf<{ password: string }>(home, secret)));
    const passwords = secrets.map(({ password }) => password);
    const stores = [join(home.paths.services, 'ministack/data'), join(home.paths.services, 'mysql/data')];
    expect(filesWith(home.paths.home, passwords, stores)).toEqual([]);
    expect(processesWith(await serviceStatus(home), passwords)).toEqual([]);
  });

  test('is removed with its process, running or not', async () => {
    await loaded();
    const report = await apply([]);
    expect(report).toMatchObject({ 'aws_dms_replication_task.shop': 'removed', 'aws_dms_replication_instance.shop': 'removed' });
    expect((await serviceStatus(home)).map(({ name }) => name)).toEqual(['ministack', 'sail', 'web']);
    expect(await replicationStatus(home)).toEqual([]);
    await expect(replicate(home, 'shop')).rejects.toMatchObject({ code: 'LOCAL_UNKNOWN_REPLICATION' });
  });

  /** Deployed, running, and with its first load done, whatever the test before left. */
  async function loaded(): Promise<void> {
    await apply(replicated());
    await replicate(home, 'shop');
  }
  async function counts(): Promise<ReplicatedTable> {
    const [task] = await replicationStatus(home);
    return task!.tables[0]!;
  }
});

describe('places in a binary log', () => {
  test('are read from checkpoints, and come one after the other', () => {
    const place = checkpointOf({
      RecoveryCheckpoint: 'checkpoint:V1#27#mysql-bin-changelog.157832:1975:-1:2002:677883278264080:x.1:2#0',
    });
    expect(place).toEqual({ file: 'mysql-bin-changelog.157832', offset: 1975 });
    expect(checkpointOf({})).toBeUndefined();
    const at = (file: string, offset: number) => ({ file, offset });
    expect(hasReached(at('b.000009', 5), at('b.000009', 5))).toBe(true);
    expect(hasReached(at('b.000009', 4), at('b.000009', 5))).toBe(false);
    expect(hasReached(at('b.1000000', 4), at('b.999999', 5))).toBe(true);
    expect(hasReached(at('b.000001', 900), at('b.000002', 4))).toBe(false);
  });
});
