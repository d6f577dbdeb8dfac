import { prepareStandins, type RunningStandins, startStandins } from '../src/index';
import { PROVIDERS, type State, Workspace } from './support/terraform';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const LAMBDA = 'arn:aws:lambda:eu-west-1:123456789012:function:publish';

const AWS = {
  aws_s3_bucket: { b: { bucket: 'data', tags: { team: 'lake', project: 'own' } }, named: { bucket_prefix: 'pre-' } },
  aws_s3_bucket_policy: { p: { bucket: '${aws_s3_bucket.b.id}', policy: '{}' } },
  aws_s3_object: { o: { bucket: '${aws_s3_bucket.b.id}', key: 'a/b.json', content: 'hello' } },
  aws_sqs_queue: { q: { name: 'events' }, fifo: { fifo_queue: true } },
  aws_sns_topic: { t: { name: 'alarms' } },
  aws_sns_topic_subscription: { s: { topic_arn: '${aws_sns_topic.t.arn}', protocol: 'email', endpoint: 'a@example.com' } },
  aws_iam_role: { r: { name: 'publish', path: '/lake/', assume_role_policy: '{}' } },
  aws_iam_policy: { p: { name: 'read', policy: '{}' } },
  aws_iam_role_policy: { p: { name: 'own', role: '${aws_iam_role.r.id}', policy: '{}' } },
  aws_kms_key: { one: {}, two: {} },
  aws_kms_alias: { a: { name: 'alias/lake', target_key_id: '${aws_kms_key.one.key_id}' } },
  aws_cloudwatch_log_group: { g: { name: '/aws/lambda/publish' } },
  aws_cloudwatch_metric_alarm: { a: { alarm_name: 'late', comparison_operator: 'GreaterThanThreshold', evaluation_periods: 1 } },
  aws_lambda_function: { f: { function_name: 'publish', role: '${aws_iam_role.r.arn}', publish: true } },
  aws_lambda_permission: {
    p: {
      function_name: '${aws_lambda_function.f.function_name}',
      action: 'lambda:InvokeFunction',
      principal: 's3.amazonaws.com',
    },
  },
  aws_lambda_event_source_mapping: {
    m: { function_name: '${aws_lambda_function.f.arn}', event_source_arn: '${aws_sqs_queue.q.arn}' },
  },
  aws_lambda_invocation: { i: { function_name: '${aws_lambda_function.f.function_name}', input: '{}' } },
  aws_budgets_budget: { b: { name: 'monthly', budget_type: 'COST', time_unit: 'MONTHLY' } },
  aws_vpc: { v: { cidr_block: '10.0.0.0/16' } },
  aws_subnet: { s: { vpc_id: '${aws_vpc.v.id}', availability_zone: 'eu-west-1b' } },
  aws_db_instance: {
    d: { identifier: 'shop', engine: 'mysql', instance_class: 'db.t4g.micro', manage_master_user_password: true },
  },
  aws_secretsmanager_secret_rotation: {
    r: { secret_id: '${aws_db_instance.d.master_user_secret[0].secret_arn}', rotation_rules: { automatically_after_days: 7 } },
  },
  aws_default_security_group: { g: { vpc_id: '${aws_vpc.v.id}' } },
  aws_vpc_endpoint: {
    s3: { vpc_id: '${aws_vpc.v.id}', service_name: 'com.amazonaws.eu-west-1.s3', vpc_endpoint_type: 'Gateway' },
    secrets: {
      vpc_id: '${aws_vpc.v.id}',
      service_name: 'com.amazonaws.eu-west-1.secretsmanager',
      vpc_endpoint_type: 'Interface',
    },
  },
  aws_dms_certificate: { c: { certificate_id: 'ca', certificate_pem: 'PEM' } },
  aws_dms_s3_endpoint: {
    e: { endpoint_id: 'lake', endpoint_type: 'target', bucket_name: 'data', service_access_role_arn: '${aws_iam_role.r.arn}' },
  },
  aws_dms_replication_task: {
    t: {
      replication_task_id: 'shop',
      resource_identifier: 'shop',
      migration_type: 'cdc',
      replication_instance_arn: 'arn:aws:dms:eu-west-1:123456789012:rep:A',
      source_endpoint_arn: 'arn:aws:dms:eu-west-1:123456789012:endpoint:B',
      target_endpoint_arn: '${aws_dms_s3_endpoint.e.endpoint_arn}',
      table_mappings: '{}',
    },
  },
  aws_glue_job: { j: { name: 'users_cdc', role_arn: '${aws_iam_role.r.arn}', command: { script_location: 's3://data/cdc.py' } } },
  aws_glue_catalog_database: { d: { name: 'homes' } },
  aws_glue_security_configuration: {
    c: {
      name: 'homes',
      encryption_configuration: { cloudwatch_encryption: {}, job_bookmarks_encryption: {}, s3_encryption: {} },
    },
  },
  aws_sfn_state_machine: {
    m: { name: 'flow', role_arn: '${aws_iam_role.r.arn}', definition: '{}' },
    published: { name: 'published', role_arn: '${aws_iam_role.r.arn}', definition: '{}', publish: true },
  },
  aws_scheduler_schedule: {
    s: {
      name: 'hourly',
      schedule_expression: 'rate(1 hour)',
      flexible_time_window: { mode: 'OFF' },
      target: { arn: '${aws_sfn_state_machine.m.arn}', role_arn: '${aws_iam_role.r.arn}' },
    },
  },
  aws_athena_workgroup: { w: { name: 'homes', configuration: { engine_version: { selected_engine_version: 'AUTO' } } } },
  aws_athena_named_query: {
    q: { name: 'latest', database: 'homes', query: 'SELECT 1', workgroup: '${aws_athena_workgroup.w.id}' },
  },
};

const DATABRICKS = {
  databricks_catalog: { c: { name: 'listings_local' } },
  databricks_schema: { s: { name: 'gold', catalog_name: '${databricks_catalog.c.name}' } },
  databricks_storage_credential: { c: { name: 'lake', aws_iam_role: [{ role_arn: 'arn:aws:iam::123456789012:role/uc' }] } },
  databricks_external_location: {
    l: { name: 'staging', url: 's3://data/', credential_name: '${databricks_storage_credential.c.id}' },
  },
  databricks_grants: {
    g: { catalog: '${databricks_catalog.c.name}', grant: [{ principal: 'analysts', privileges: ['USE_CATALOG'] }] },
  },
  databricks_pipeline: { p: { name: 'listings' } },
  databricks_job: { j: { name: 'hourly' } },
  databricks_permissions: {
    p: { job_id: '${databricks_job.j.id}', access_control: [{ group_name: 'g', permission_level: 'CAN_VIEW' }] },
  },
  databricks_sql_endpoint: { w: { name: 'small', cluster_size: '2X-Small' } },
  databricks_dashboard: {
    d: { display_name: 'Listings', parent_path: '/Shared/lake', warehouse_id: '${databricks_sql_endpoint.w.id}' },
  },
  databricks_workspace_file: { f: { path: '/Shared/lake/a.sql', content_base64: '' } },
  databricks_service_principal: { s: { display_name: 'runner' } },
};

let running: RunningStandins;
let workspace: Workspace;
let state: State;

beforeAll(async () => {
  running = await startStandins(await prepareStandins());
  workspace = new Workspace(running.env).write({ resource: { ...AWS, ...DATABRICKS } });
  workspace.init().apply();
  state = workspace.state();
});

afterAll(async () => {
  workspace.remove();
  await running.stop();
});

test('AWS resources have the ids, ARNs and addresses of the service they stand for', () => {
  expect(state).toMatchObject({
    'aws_s3_bucket.b': {
      id: 'data',
      arn: 'arn:aws:s3:::data',
      bucket_domain_name: 'data.s3.amazonaws.com',
      bucket_regional_domain_name: 'data.s3.eu-west-1.amazonaws.com',
      region: 'eu-west-1',
      tags_all: { team: 'lake', project: 'own' },
    },
    'aws_s3_bucket_policy.p': { id: 'data' },
    'aws_s3_object.o': { arn: 'arn:aws:s3:::data/a/b.json', etag: '5d41402abc4b2a76b9719d911017c592' },
    'aws_sqs_queue.q': {
      id: 'http://127.0.0.1:4566/123456789012/events',
      url: 'http://127.0.0.1:4566/123456789012/events',
      arn: 'arn:aws:sqs:eu-west-1:123456789012:events',
      tags_all: { project: 'lakewright' },
    },
    'aws_sns_topic.t': { id: 'arn:aws:sns:eu-west-1:123456789012:alarms', arn: 'arn:aws:sns:eu-west-1:123456789012:alarms' },
    'aws_iam_role.r': { id: 'publish', arn: 'arn:aws:iam::123456789012:role/lake/publish' },
    'aws_iam_policy.p': { id: 'arn:aws:iam::123456789012:policy/read', arn: 'arn:aws:iam::123456789012:policy/read' },
    'aws_iam_role_policy.p': { id: 'publish:own' },
    'aws_cloudwatch_log_group.g': { arn: 'arn:aws:logs:eu-west-1:123456789012:log-group:/aws/lambda/publish' },
    'aws_cloudwatch_metric_alarm.a': { id: 'late', arn: 'arn:aws:cloudwatch:eu-west-1:123456789012:alarm:late' },
    'aws_budgets_budget.b': { id: '123456789012:monthly', arn: 'arn:aws:budgets::123456789012:budget/monthly' },
  });
  expect(state['aws_s3_bucket.named']?.bucket).toMatch(/^pre-\d{26}$/);
  expect(state['aws_sqs_queue.fifo']?.url).toMatch(/\.fifo$/);
  expect(state['aws_sns_topic_subscription.s']?.arn).toMatch(/^arn:aws:sns:eu-west-1:123456789012:alarms:[0-9a-f-]{36}$/);
});

test('jobs, the catalog, state machines, schedules and workgroups have the forms that AWS documents', () => {
  const arn = (service: string, resource: string) => `arn:aws:${service}:eu-west-1:123456789012:${resource}`;
  const machine = arn('states', 'stateMachine:flow');
  expect(state).toMatchObject({
    'aws_glue_job.j': { id: 'users_cdc', arn: arn('glue', 'job/users_cdc') },
    'aws_glue_catalog_database.d': { id: '123456789012:homes', catalog_id: '123456789012', arn: arn('glue', 'database/homes') },
    'aws_glue_security_configuration.c': { id: 'homes' },
    // A version has an ARN of its own, and there is none before one is published.
    'aws_sfn_state_machine.m': { id: machine, arn: machine, status: 'ACTIVE', state_machine_version_arn: '' },
    'aws_sfn_state_machine.published': { state_machine_version_arn: arn('states', 'stateMachine:published:1') },
    'aws_scheduler_schedule.s': { id: 'default/hourly', group_name: 'default', arn: arn('scheduler', 'schedule/default/hourly') },
    'aws_athena_workgroup.w': {
      id: 'homes',
      arn: arn('athena', 'workgroup/homes'),
      configuration: [{ engine_version: [{ effective_engine_version: 'Athena engine version 3' }] }],
    },
    'aws_athena_named_query.q': { id: expect.stringMatching(UUID), workgroup: 'homes' },
    'aws_s3_object.o': { id: 'data/a/b.json', kms_key_id: '', storage_class: 'STANDARD' },
  });
  expect(state['aws_sfn_state_machine.m']?.creation_date).toMatch(/^\d{4}-\d\d-\d\dT/);
});

test('a function, its versions, its mapping and its invocation agree', () => {
  expect(state['aws_lambda_function.f']).toMatchObject({
    id: 'publish',
    arn: LAMBDA,
    version: '1',
    qualified_arn: `${LAMBDA}:1`,
    invoke_arn: `arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/${LAMBDA}/invocations`,
  });
  const mapping = state['aws_lambda_event_source_mapping.m'];
  expect(mapping).toMatchObject({ function_arn: LAMBDA, id: mapping?.uuid, state: 'Enabled' });
  expect(mapping?.uuid).toMatch(UUID);
  expect(state['aws_lambda_invocation.i']?.result).toBe('pending: local data plane');
});

test('what nothing names is still told apart', () => {
  const [one, two] = [state['aws_kms_key.one'], state['aws_kms_key.two']];
  expect(one?.key_id).toMatch(UUID);
  expect(one?.arn).toBe(`arn:aws:kms:eu-west-1:123456789012:key/${one?.key_id}`);
  expect(two?.key_id).not.toBe(one?.key_id);
  expect(state['aws_kms_alias.a']).toMatchObject({
    arn: 'arn:aws:kms:eu-west-1:123456789012:alias/lake',
    target_key_arn: one?.arn,
  });
  expect(state['aws_vpc.v']?.id).toMatch(/^vpc-[0-9a-f]{17}$/);
  expect(state['aws_subnet.s']?.id).toMatch(/^subnet-[0-9a-f]{17}$/);
});

test('a database has an address, a port and the ARN of its managed secret', () => {
  const database = state['aws_db_instance.d'];
  expect(database?.endpoint).toBe(`${String(database?.address)}:3306`);
  expect(database?.master_user_secret).toEqual([
    expect.objectContaining({
      secret_arn: expect.stringMatching(/^arn:aws:secretsmanager:eu-west-1:123456789012:secret:rds!db-[A-Z0-9]{26}-[0-9a-f]{6}$/),
    }),
  ]);
});

test('the master of a database is rotated under the ARN of its secret', () => {
  const [secret] = state['aws_db_instance.d']?.master_user_secret as { secret_arn: string }[];
  expect(state['aws_secretsmanager_secret_rotation.r']).toMatchObject({ id: secret?.secret_arn, rotation_enabled: true });
});

test('where RDS is a server of this machine, databases are there too', () => {
  const endpoints = [{ sqs: 'http://127.0.0.1:4566', rds: 'http://127.0.0.1:4566' }];
  const provider = { aws: [{ ...PROVIDERS.provider.aws[0], endpoints }] };
  const local = new Workspace(running.env).write({ provider, resource: { aws_db_instance: AWS.aws_db_instance } });
  try {
    local.init().apply();
    expect(local.state()['aws_db_instance.d']).toMatchObject({ address: '127.0.0.1', endpoint: '127.0.0.1:3306' });
  } finally {
    local.remove();
  }
});

test('a network: its own group, the addresses of a gateway, the names of an interface, the id of a zone', () => {
  const vpc = String(state['aws_vpc.v']?.id);
  expect(state['aws_default_security_group.g']?.id).toBe(state['aws_vpc.v']?.default_security_group_id);
  expect(vpc.slice(4)).toBe(String(state['aws_default_security_group.g']?.id).slice(3));
  expect(state['aws_subnet.s']?.availability_zone_id).toBe('euw1-az2');
  expect(state['aws_vpc_endpoint.s3']).toMatchObject({
    prefix_list_id: expect.stringMatching(/^pl-[0-9a-f]{8}$/),
    dns_entry: [],
  });
  expect(state['aws_vpc_endpoint.secrets']).toMatchObject({
    prefix_list_id: '',
    dns_entry: [{ dns_name: expect.stringMatching(/^vpce-.*\.secretsmanager\.eu-west-1\.vpce\.amazonaws\.com$/) }],
  });
});

test('replication: the ARN of a task ends as it was asked to, those of others as the service draws them', () => {
  const dms = 'arn:aws:dms:eu-west-1:123456789012';
  expect(state['aws_dms_replication_task.t']).toMatchObject({ replication_task_arn: `${dms}:task:shop`, status: 'ready' });
  expect(state['aws_dms_s3_endpoint.e']).toMatchObject({
    endpoint_arn: expect.stringMatching(`^${dms}:endpoint:[A-Z2-7]{26}$`),
    ssl_mode: 'none',
    engine_display_name: 'Amazon S3',
  });
  expect(state['aws_dms_certificate.c']?.certificate_arn).toMatch(new RegExp(`^${dms}:cert:[A-Z2-7]{26}$`));
});

test('Databricks resources have the ids and addresses of their workspace', () => {
  const warehouse = String(state['databricks_sql_endpoint.w']?.id);
  const job = String(state['databricks_job.j']?.id);
  expect(state).toMatchObject({
    'databricks_catalog.c': { id: 'listings_local' },
    'databricks_schema.s': { id: 'listings_local.gold' },
    'databricks_external_location.l': { id: 'staging', credential_name: 'lake' },
    'databricks_grants.g': { id: 'catalog/listings_local' },
    'databricks_permissions.p': { id: `/jobs/${job}`, object_type: 'job' },
    'databricks_workspace_file.f': { id: '/Shared/lake/a.sql', workspace_path: '/Workspace/Shared/lake/a.sql' },
    'databricks_dashboard.d': { path: '/Shared/lake/Listings.lvdash.json', lifecycle_state: 'ACTIVE', warehouse_id: warehouse },
    'databricks_sql_endpoint.w': {
      jdbc_url: `jdbc:databricks://127.0.0.1:8080/default;transportMode=http;ssl=1;AuthMech=3;httpPath=/sql/1.0/warehouses/${warehouse};`,
      odbc_params: [{ hostname: '127.0.0.1', path: `/sql/1.0/warehouses/${warehouse}`, port: 8080, protocol: 'https' }],
    },
  });
  expect(job).toMatch(/^[1-9]\d{14}$/);
  expect(state['databricks_pipeline.p']?.url).toBe(
    `http://127.0.0.1:8080/#joblist/pipelines/${String(state['databricks_pipeline.p']?.id)}`,
  );
  const [role] = state['databricks_storage_credential.c']?.aws_iam_role as Record<string, string>[];
  expect(role?.external_id).toMatch(UUID);
  expect(role?.unity_catalog_iam_arn).toMatch(/^arn:aws:iam::414351767826:role\/unity-catalog-prod-UCMasterRole/);
  expect(state['databricks_catalog.c']?.metastore_id).toBe(state['databricks_schema.s']?.metastore_id);
});

test('everything is as planned, and named things are made the same again', () => {
  expect(workspace.plannedActions()).toEqual({});
  workspace.succeed('destroy', '-auto-approve');
  workspace.apply();
  const again = workspace.state();
  for (const address of [
    'aws_lambda_event_source_mapping.m',
    'databricks_pipeline.p',
    'databricks_job.j',
    'databricks_sql_endpoint.w',
  ]) {
    expect([address, again[address]?.id]).toEqual([address, state[address]?.id]);
  }
});

test('new code makes a new version; a new tag does not', () => {
  const update = (change: object) =>
    workspace.write({
      resource: { ...AWS, ...DATABRICKS, aws_lambda_function: { f: { ...AWS.aws_lambda_function.f, ...change } } },
    });
  update({ tags: { a: 'b' } }).apply();
  expect(workspace.state()['aws_lambda_function.f']).toMatchObject({ version: '1', tags_all: { a: 'b', project: 'lakewright' } });
  update({ tags: { a: 'b' }, source_code_hash: 'bmV3' });
  expect(workspace.plannedActions()).toEqual({ 'aws_lambda_function.f': 'update' });
  workspace.apply();
  expect(workspace.state()['aws_lambda_function.f']).toMatchObject({
    version: '2',
    qualified_arn: `${LAMBDA}:2`,
    code_sha256: 'bmV3',
  });
});
