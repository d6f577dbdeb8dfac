import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch';
import { DescribeLogGroupsCommand } from '@aws-sdk/client-cloudwatch-logs';
import {
  DeleteRolePermissionsBoundaryCommand,
  GetPolicyCommand,
  GetRoleCommand,
  GetRolePolicyCommand,
} from '@aws-sdk/client-iam';
import { DescribeKeyCommand, ListAliasesCommand } from '@aws-sdk/client-kms';
import {
  DeleteEventSourceMappingCommand,
  GetFunctionConfigurationCommand,
  InvokeCommand,
  ListEventSourceMappingsCommand,
} from '@aws-sdk/client-lambda';
import {
  GetBucketEncryptionCommand,
  GetBucketNotificationConfigurationCommand,
  GetBucketPolicyCommand,
  GetBucketVersioningCommand,
  HeadBucketCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import { DescribeSecretCommand, GetSecretValueCommand, PutSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import { ListSubscriptionsByTopicCommand } from '@aws-sdk/client-sns';
import { DeleteQueueCommand, GetQueueAttributesCommand, GetQueueUrlCommand } from '@aws-sdk/client-sqs';
import {
  ensureServices,
  loadDeployment,
  readDashboards,
  readDeployment,
  reconcile,
  reconcileSummary,
  saveDeployment,
  serviceStatus,
  volumeFolder,
} from '../src';
import { type AwsClients, awsClients } from '../src/aws/clients';
import { applied } from './support/applied';
import { type TestHome, testHome } from './support/home';
import { stateOf, type TestResource } from './support/state';
import { writeZip } from './support/zip';

const ACCOUNT = '000000000000';
const REGION = 'eu-west-1';
const KEY_ID = '8f9d7b1e-0000-4000-8000-3c2b1a000002';
const KEY_ARN = `arn:aws:kms:${REGION}:${ACCOUNT}:key/${KEY_ID}`;
const queueArn = (name: string) => `arn:aws:sqs:${REGION}:${ACCOUNT}:${name}`;
const ROLE_ARN = `arn:aws:iam::${ACCOUNT}:role/handler`;
const BOUNDARY_ARN = `arn:aws:iam::${ACCOUNT}:policy/boundary`;
const SECRET_ARN = `arn:aws:secretsmanager:${REGION}:${ACCOUNT}:secret:shop/token-a1b2c3`;
const TOPIC_ARN = `arn:aws:sns:${REGION}:${ACCOUNT}:alarms`;
const policy = (...actions: string[]) =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Sid: 'one', Effect: 'Allow', Principal: '*', Action: actions, Resource: '*' }],
  });

const TLS_ONLY = JSON.stringify({
  Version: '2012-10-17',
  Statement: [
    {
      Sid: 'TlsOnly',
      Effect: 'Deny',
      Principal: '*',
      Action: 's3:*',
      Resource: ['arn:aws:s3:::documents', 'arn:aws:s3:::documents/*'],
      Condition: { Bool: { 'aws:SecureTransport': 'false' } },
    },
  ],
});

/** One resource of every type that the AWS runners make, as Terraform's state holds them. */
function everything(home: TestHome): TestResource[] {
  const queueUrl = `http://127.0.0.1:${home.ports.aws}/${ACCOUNT}/events`;
  return [
    [
      'aws_lambda_event_source_mapping',
      'feed',
      {
        event_source_arn: queueArn('events'),
        function_name: `arn:aws:lambda:${REGION}:${ACCOUNT}:function:handler`,
        batch_size: 10,
        maximum_batching_window_in_seconds: 0,
        enabled: true,
        function_response_types: ['ReportBatchItemFailures'],
        scaling_config: [{ maximum_concurrency: 4 }],
      },
      ['aws_lambda_function.handler', 'aws_sqs_queue.events'],
    ],
    [
      'aws_s3_bucket_notification',
      'events',
      {
        bucket: 'documents',
        eventbridge: false,
        queue: [
          {
            id: 'events',
            queue_arn: queueArn('events'),
            events: ['s3:ObjectCreated:*', 's3:ObjectRemoved:*'],
            filter_prefix: 'in/',
            filter_suffix: '',
          },
        ],
      },
      ['aws_s3_bucket.documents', 'aws_sqs_queue_policy.events'],
    ],
    [
      'aws_kms_key',
      'main',
      {
        key_id: KEY_ID,
        arn: KEY_ARN,
        description: 'documents',
        enable_key_rotation: true,
        is_enabled: true,
        policy: policy('kms:*'),
        tags_all: { system: 'test' },
      },
    ],
    ['aws_kms_alias', 'main', { name: 'alias/documents', target_key_id: KEY_ID }, ['aws_kms_key.main']],
    [
      'aws_iam_role',
      'handler',
      {
        name: 'handler',
        path: '/',
        assume_role_policy: policy('sts:AssumeRole'),
        max_session_duration: 3600,
        permissions_boundary: BOUNDARY_ARN,
      },
    ],
    ['aws_iam_policy', 'boundary', { name: 'boundary', arn: BOUNDARY_ARN, path: '/', policy: policy('s3:GetObject') }],
    [
      'aws_iam_role_policy',
      'handler',
      { name: 'least', role: 'handler', policy: policy('s3:GetObject') },
      ['aws_iam_role.handler'],
    ],
    ['aws_cloudwatch_log_group', 'handler', { name: '/aws/lambda/handler', retention_in_days: 1, kms_key_id: '' }],
    ['aws_sqs_queue', 'dead', { name: 'dead', message_retention_seconds: 1209600, visibility_timeout_seconds: 30 }],
    [
      'aws_sqs_queue',
      'events',
      {
        name: 'events',
        visibility_timeout_seconds: 60,
        kms_master_key_id: KEY_ARN,
        fifo_queue: false,
        redrive_policy: JSON.stringify({ deadLetterTargetArn: queueArn('dead'), maxReceiveCount: 3 }),
      },
      ['aws_sqs_queue.dead'],
    ],
    ['aws_sqs_queue_policy', 'events', { queue_url: queueUrl, policy: policy('sqs:SendMessage') }, ['aws_sqs_queue.events']],
    [
      'aws_sqs_queue_redrive_allow_policy',
      'dead',
      {
        queue_url: `http://127.0.0.1:1/${ACCOUNT}/dead`,
        redrive_allow_policy: JSON.stringify({ redrivePermission: 'byQueue', sourceQueueArns: [queueArn('events')] }),
      },
      ['aws_sqs_queue.events'],
    ],
    ['aws_sns_topic', 'alarms', { name: 'alarms', arn: TOPIC_ARN, display_name: 'Alarms' }],
    ['aws_sns_topic_policy', 'alarms', { arn: TOPIC_ARN, policy: policy('sns:Publish') }, ['aws_sns_topic.alarms']],
    [
      'aws_sns_topic_subscription',
      'queue',
      { topic_arn: TOPIC_ARN, protocol: 'sqs', endpoint: queueArn('dead'), raw_message_delivery: true },
      ['aws_sns_topic.alarms'],
    ],
    ['aws_s3_bucket', 'documents', { bucket: 'documents', force_destroy: false, tags_all: { system: 'test' } }],
    [
      'aws_s3_bucket_versioning',
      'documents',
      { bucket: 'documents', versioning_configuration: [{ status: 'Enabled', mfa_delete: '' }] },
    ],
    [
      'aws_s3_bucket_ownership_controls',
      'documents',
      { bucket: 'documents', rule: [{ object_ownership: 'BucketOwnerEnforced' }] },
    ],
    [
      'aws_s3_bucket_public_access_block',
      'documents',
      {
        bucket: 'documents',
        block_public_acls: true,
        block_public_policy: true,
        ignore_public_acls: true,
        restrict_public_buckets: true,
      },
    ],
    [
      'aws_s3_bucket_server_side_encryption_configuration',
      'documents',
      {
        bucket: 'documents',
        rule: [
          {
            apply_server_side_encryption_by_default: [{ sse_algorithm: 'aws:kms', kms_master_key_id: KEY_ARN }],
            bucket_key_enabled: true,
          },
        ],
      },
    ],
    ['aws_s3_bucket_policy', 'documents', { bucket: 'documents', policy: TLS_ONLY }],
    ['aws_s3_bucket_lifecycle_configuration', 'documents', { bucket: 'documents', rule: [] }],
    [
      'aws_lambda_function',
      'handler',
      {
        function_name: 'handler',
        role: ROLE_ARN,
        runtime: 'nodejs22.x',
        handler: 'index.handler',
        filename: 'assets/handler.zip',
        timeout: 10,
        memory_size: 256,
        architectures: ['arm64'],
        environment: [{ variables: { TARGET: 'documents' } }],
        dead_letter_config: [{ target_arn: queueArn('dead') }],
        tracing_config: [{ mode: 'Active' }],
        reserved_concurrent_executions: -1,
      },
      ['aws_iam_role.handler'],
    ],
    ['aws_secretsmanager_secret', 'token', { arn: SECRET_ARN, name: 'shop/token', description: 'a token', kms_key_id: KEY_ARN }],
    [
      'aws_lambda_permission',
      'topic',
      {
        function_name: 'handler',
        statement_id: 'topic',
        action: 'lambda:InvokeFunction',
        principal: 'sns.amazonaws.com',
        source_arn: TOPIC_ARN,
      },
    ],
    [
      'aws_lambda_function_event_invoke_config',
      'handler',
      {
        function_name: 'handler',
        maximum_retry_attempts: 1,
        maximum_event_age_in_seconds: 600,
        destination_config: [{ on_failure: [{ destination: queueArn('dead') }], on_success: [] }],
      },
    ],
    [
      'aws_cloudwatch_metric_alarm',
      'errors',
      {
        alarm_name: 'handler-errors',
        comparison_operator: 'GreaterThanThreshold',
        evaluation_periods: 1,
        threshold: 0,
        period: 300,
        namespace: 'AWS/Lambda',
        metric_name: 'Errors',
        statistic: 'Sum',
        dimensions: { FunctionName: 'handler' },
        alarm_actions: [TOPIC_ARN],
        treat_missing_data: 'notBreaching',
        actions_enabled: true,
      },
    ],
  ];
}

describe('reconciling', () => {
  let home: TestHome;
  let aws: AwsClients;
  let stack: string;

  beforeAll(async () => {
    home = await testHome();
    aws = awsClients(home);
    stack = join(home.paths.home, 'stacks', 'test');
    mkdirSync(join(stack, 'assets'), { recursive: true });
    await ensureServices(home, { services: ['ministack'] });
  });
  afterAll(async () => {
    aws.close();
    await home.dispose();
  });
  beforeEach(async () => {
    writeZip(join(stack, 'assets/handler.zip'), 'index.js', 'exports.handler = async () => `first ${process.env.TARGET}`');
    await apply([]);
  });

  const apply = async (resources: readonly TestResource[]) => (await applied(home, stack, resources)).outcomes;
  const without = (...addresses: string[]) => everything(home).filter(([type, name]) => !addresses.includes(`${type}.${name}`));
  const changed = (address: string, values: Record<string, unknown>) =>
    everything(home).map((one) =>
      `${one[0]}.${one[1]}` === address ? ([one[0], one[1], { ...one[2], ...values }, one[3]] as const) : one,
    );
  const exists = (call: Promise<unknown>) =>
    call.then(
      () => true,
      () => false,
    );
  const invoke = async () => {
    const { Payload } = await aws.lambda.send(new InvokeCommand({ FunctionName: 'handler' }));
    return JSON.parse(Buffer.from(Payload!).toString()) as unknown;
  };

  test('makes everything, and the second time nothing', async () => {
    const first = await apply(everything(home));
    // AWS gives a new bucket these by itself, and a new topic a policy of its own.
    expect(Object.fromEntries(Object.entries(first).filter(([, outcome]) => outcome !== 'created'))).toEqual({
      'aws_s3_bucket_lifecycle_configuration.documents': 'state only',
      'aws_s3_bucket_ownership_controls.documents': 'unchanged',
      'aws_s3_bucket_server_side_encryption_configuration.documents': 'updated',
      'aws_sns_topic_policy.alarms': 'updated',
    });

    expect((await aws.kms.send(new DescribeKeyCommand({ KeyId: 'alias/documents' }))).KeyMetadata?.Arn).toBe(KEY_ARN);
    expect((await aws.s3.send(new GetBucketVersioningCommand({ Bucket: 'documents' }))).Status).toBe('Enabled');
    const { ServerSideEncryptionConfiguration: encryption } = await aws.s3.send(
      new GetBucketEncryptionCommand({ Bucket: 'documents' }),
    );
    expect(encryption?.Rules?.[0]?.ApplyServerSideEncryptionByDefault).toEqual({
      SSEAlgorithm: 'aws:kms',
      KMSMasterKeyID: KEY_ARN,
    });
    expect(JSON.parse((await aws.s3.send(new GetBucketPolicyCommand({ Bucket: 'documents' }))).Policy!)).toEqual(
      JSON.parse(TLS_ONLY),
    );
    const { QueueConfigurations } = await aws.s3.send(new GetBucketNotificationConfigurationCommand({ Bucket: 'documents' }));
    expect(QueueConfigurations).toMatchObject([
      { QueueArn: queueArn('events'), Events: ['s3:ObjectCreated:*', 's3:ObjectRemoved:*'] },
    ]);
    const url = await aws.sqs.send(new GetQueueUrlCommand({ QueueName: 'events' }));
    const { Attributes } = await aws.sqs.send(
      new GetQueueAttributesCommand({ QueueUrl: url.QueueUrl!, AttributeNames: ['All'] }),
    );
    expect(Attributes).toMatchObject({ VisibilityTimeout: '60', KmsMasterKeyId: KEY_ARN });
    expect(JSON.parse(Attributes!.RedrivePolicy!)).toMatchObject({ deadLetterTargetArn: queueArn('dead') });
    expect(JSON.parse(Attributes!.Policy!).Statement[0].Sid).toBe('one');
    expect(await invoke()).toBe('first documents');
    expect(await aws.lambda.send(new GetFunctionConfigurationCommand({ FunctionName: 'handler' }))).toMatchObject({
      MemorySize: 256,
      Timeout: 10,
      Role: ROLE_ARN,
      DeadLetterConfig: { TargetArn: queueArn('dead') },
    });
    const { EventSourceMappings } = await aws.lambda.send(new ListEventSourceMappingsCommand({ FunctionName: 'handler' }));
    expect(EventSourceMappings).toMatchObject([
      { EventSourceArn: queueArn('events'), BatchSize: 10, FunctionResponseTypes: ['ReportBatchItemFailures'] },
    ]);
    expect((await aws.iam.send(new GetRoleCommand({ RoleName: 'handler' }))).Role).toMatchObject({
      Arn: ROLE_ARN,
      PermissionsBoundary: { PermissionsBoundaryArn: BOUNDARY_ARN },
    });
    expect(await exists(aws.iam.send(new GetPolicyCommand({ PolicyArn: BOUNDARY_ARN })))).toBe(true);
    expect(await exists(aws.iam.send(new GetRolePolicyCommand({ RoleName: 'handler', PolicyName: 'least' })))).toBe(true);
    const { logGroups } = await aws.logs.send(new DescribeLogGroupsCommand({ logGroupNamePrefix: '/aws/lambda/handler' }));
    expect(logGroups).toMatchObject([{ retentionInDays: 1 }]);
    const { Subscriptions } = await aws.sns.send(new ListSubscriptionsByTopicCommand({ TopicArn: TOPIC_ARN }));
    expect(Subscriptions).toMatchObject([{ Protocol: 'sqs', Endpoint: queueArn('dead') }]);
    const { MetricAlarms } = await aws.cloudwatch.send(new DescribeAlarmsCommand({ AlarmNames: ['handler-errors'] }));
    expect(MetricAlarms).toMatchObject([{ Threshold: 0, MetricName: 'Errors' }]);

    const report = await reconcile(home, readDeployment(home, [stateOf('test', stack, everything(home))]));
    expect(report.outcomes.filter(({ outcome }) => outcome !== 'unchanged' && outcome !== 'state only')).toEqual([]);
    expect(reconcileSummary(report)).toBe(`${everything(home).length - 1} unchanged, 1 state only`);
  });

  test('carries a change over, and nothing else', async () => {
    await apply(everything(home));
    writeZip(join(stack, 'assets/handler.zip'), 'index.js', 'exports.handler = async () => `second ${process.env.TARGET}`');
    const outcomes = await apply(
      changed('aws_sqs_queue.events', { visibility_timeout_seconds: 90 }).map((one) =>
        one[1] === 'handler' && one[0] === 'aws_lambda_function'
          ? ([one[0], one[1], { ...one[2], environment: [{ variables: { TARGET: 'elsewhere' } }] }, one[3]] as const)
          : one,
      ),
    );
    expect(
      Object.entries(outcomes)
        .filter(([, outcome]) => outcome === 'updated')
        .map(([address]) => address)
        .sort(),
    ).toEqual(['aws_lambda_function.handler', 'aws_sqs_queue.events']);
    expect(await invoke()).toBe('second elsewhere');
  });

  test('a notification filter that is gone is gone', async () => {
    await apply(everything(home));
    const target = { id: 'events', queue_arn: queueArn('events'), events: ['s3:ObjectCreated:*', 's3:ObjectRemoved:*'] };
    const outcomes = await apply(changed('aws_s3_bucket_notification.events', { queue: [target] }));
    expect(outcomes['aws_s3_bucket_notification.events']).toBe('updated');
    const { QueueConfigurations } = await aws.s3.send(new GetBucketNotificationConfigurationCommand({ Bucket: 'documents' }));
    expect(QueueConfigurations?.[0]?.Filter?.Key?.FilterRules ?? []).toEqual([]);
  });

  test('mends what somebody changed or deleted behind its back', async () => {
    await apply(everything(home));
    const url = await aws.sqs.send(new GetQueueUrlCommand({ QueueName: 'events' }));
    await aws.sqs.send(new DeleteQueueCommand({ QueueUrl: url.QueueUrl! }));
    await aws.s3.send(new PutBucketVersioningCommand({ Bucket: 'documents', VersioningConfiguration: { Status: 'Suspended' } }));
    const { EventSourceMappings } = await aws.lambda.send(new ListEventSourceMappingsCommand({}));
    await aws.lambda.send(new DeleteEventSourceMappingCommand({ UUID: EventSourceMappings![0]!.UUID! }));
    await aws.iam.send(new DeleteRolePermissionsBoundaryCommand({ RoleName: 'handler' }));

    const outcomes = await apply(everything(home));
    expect(
      Object.fromEntries(Object.entries(outcomes).filter(([, outcome]) => outcome !== 'unchanged' && outcome !== 'state only')),
    ).toEqual({
      'aws_iam_role.handler': 'updated',
      'aws_sqs_queue.events': 'created',
      'aws_sqs_queue_policy.events': 'created',
      'aws_s3_bucket_versioning.documents': 'updated',
      'aws_lambda_event_source_mapping.feed': 'created',
    });
  });

  test('removes what has left the tree, and nothing that it did not make', async () => {
    await apply(everything(home));
    await aws.s3.send(new (await import('@aws-sdk/client-s3')).CreateBucketCommand({ Bucket: 'somebody-elses' }));
    const outcomes = await apply(
      without('aws_lambda_event_source_mapping.feed', 'aws_lambda_permission.topic', 'aws_cloudwatch_log_group.handler'),
    );
    expect(outcomes).toMatchObject({
      'aws_lambda_event_source_mapping.feed': 'removed',
      'aws_lambda_permission.topic': 'removed',
      'aws_cloudwatch_log_group.handler': 'removed',
    });
    expect((await aws.lambda.send(new ListEventSourceMappingsCommand({}))).EventSourceMappings).toEqual([]);

    const all = await apply([]);
    expect(new Set(Object.values(all))).toEqual(new Set(['removed']));
    expect(await exists(aws.s3.send(new HeadBucketCommand({ Bucket: 'documents' })))).toBe(false);
    expect(await exists(aws.s3.send(new HeadBucketCommand({ Bucket: 'somebody-elses' })))).toBe(true);
    expect(await exists(aws.sqs.send(new GetQueueUrlCommand({ QueueName: 'events' })))).toBe(false);
    expect(await exists(aws.iam.send(new GetRoleCommand({ RoleName: 'handler' })))).toBe(false);
    expect(
      (await aws.kms.send(new ListAliasesCommand({}))).Aliases?.filter(({ AliasName }) => AliasName === 'alias/documents'),
    ).toEqual([]);
    expect((await aws.kms.send(new DescribeKeyCommand({ KeyId: KEY_ID }))).KeyMetadata?.KeyState).toBe('PendingDeletion');
  });

  test('a secret has the ARN of the state and no value; removed, it comes back with its value, unless it was to go at once', async () => {
    const secret = (window: number): TestResource => [
      'aws_secretsmanager_secret',
      'password',
      { arn: SECRET_ARN.replace('token', 'password'), name: 'shop/password', recovery_window_in_days: window },
    ];
    const SecretId = SECRET_ARN.replace('token', 'password');
    const value = () => aws.secrets.send(new GetSecretValueCommand({ SecretId }));
    await apply([secret(30)]);
    expect((await aws.secrets.send(new DescribeSecretCommand({ SecretId: 'shop/password' }))).ARN).toBe(SecretId);
    await expect(value()).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
    await aws.secrets.send(new PutSecretValueCommand({ SecretId, SecretString: 'kept' }));
    await apply([]);
    await expect(value()).rejects.toMatchObject({ name: 'InvalidRequestException' });
    expect(await apply([secret(0)])).toEqual({ 'aws_secretsmanager_secret.password': 'updated' });
    expect((await value()).SecretString).toBe('kept');
    await apply([]);
    expect(await apply([secret(0)])).toEqual({ 'aws_secretsmanager_secret.password': 'created' });
    await expect(value()).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  });

  test('a secret that was put is there after a kill', async () => {
    await apply(everything(home));
    await aws.secrets.send(new PutSecretValueCommand({ SecretId: SECRET_ARN, SecretString: 'the only copy' }));
    const { pid } = (await serviceStatus(home)).find(({ name }) => name === 'ministack')!;
    process.kill(pid!, 'SIGKILL');
    await ensureServices(home, { services: ['ministack'] });
    expect((await aws.secrets.send(new GetSecretValueCommand({ SecretId: SECRET_ARN }))).SecretString).toBe('the only copy');
  });

  test('does not remove a bucket with objects unless it was deployed to allow that', async () => {
    const bucket = (force_destroy: boolean): TestResource[] => [
      ['aws_s3_bucket', 'full', { bucket: 'full', force_destroy }],
      [
        'aws_s3_bucket_versioning',
        'full',
        { bucket: 'full', versioning_configuration: [{ status: 'Enabled' }] },
        ['aws_s3_bucket.full'],
      ],
    ];
    await apply(bucket(false));
    for (const Body of ['one', 'two']) await aws.s3.send(new PutObjectCommand({ Bucket: 'full', Key: 'a', Body }));
    await expect(apply([])).rejects.toMatchObject({
      code: 'LOCAL_BUCKET_NOT_EMPTY',
      message: 'aws_s3_bucket.full has left the stacks, but its bucket full holds objects',
    });
    expect(await exists(aws.s3.send(new HeadBucketCommand({ Bucket: 'full' })))).toBe(true);
    await apply(bucket(true));
    expect((await apply([]))['aws_s3_bucket.full']).toBe('removed');
    expect(await exists(aws.s3.send(new HeadBucketCommand({ Bucket: 'full' })))).toBe(false);
  });

  test('a resource that got another address keeps its thing', async () => {
    await apply([['aws_s3_bucket', 'old', { bucket: 'moved', force_destroy: true }]]);
    await aws.s3.send(new PutObjectCommand({ Bucket: 'moved', Key: 'a', Body: 'kept' }));
    expect(await apply([['aws_s3_bucket', 'new', { bucket: 'moved', force_destroy: true }]])).toEqual({
      'aws_s3_bucket.new': 'unchanged',
    });
    expect(await apply([['aws_s3_bucket', 'new', { bucket: 'renamed' }]])).toEqual({ 'aws_s3_bucket.new': 'created' });
    expect(await exists(aws.s3.send(new HeadBucketCommand({ Bucket: 'moved' })))).toBe(false);
  });

  test('refuses what would only look as if it ran, before it touches anything', async () => {
    const resources: TestResource[] = [
      ['aws_s3_bucket', 'beside', { bucket: 'beside' }],
      ['aws_rds_cluster', 'main', { cluster_identifier: 'main' }],
      ['aws_sfn_activity', 'flow', { name: 'flow' }],
    ];
    await expect(apply(resources)).rejects.toMatchObject({
      code: 'LOCAL_UNSUPPORTED',
      message: expect.stringMatching(
        /aws_rds_cluster\.main \(stack test\): no cluster.*\n.*aws_sfn_activity\.flow \(stack test\): only state machines/,
      ),
    });
    expect(await exists(aws.s3.send(new HeadBucketCommand({ Bucket: 'beside' })))).toBe(false);
  });

  test('an error names the resource, its stack and what the service said', async () => {
    await expect(
      apply([
        [
          'aws_lambda_function',
          'gone',
          { function_name: 'gone', role: ROLE_ARN, runtime: 'nodejs22.x', handler: 'index.handler', filename: 'assets/none.zip' },
        ],
      ]),
    ).rejects.toMatchObject({
      code: 'LOCAL_ASSET_MISSING',
      message: 'aws_lambda_function.gone (stack test): its file assets/none.zip is missing',
    });
    await expect(
      apply([['aws_s3_bucket_policy', 'lost', { bucket: 'no-such-bucket', policy: policy('s3:GetObject') }]]),
    ).rejects.toMatchObject({
      code: 'LOCAL_RECONCILE',
      message: expect.stringContaining('could not make aws_s3_bucket_policy.lost (stack test): NoSuchBucket'),
    });
  });

  test('keeps no absolute path', async () => {
    await apply(everything(home));
    const deployment = readDeployment(home, [stateOf('test', join(home.root, 'cdktf.out/stacks/test'), everything(home))]);
    saveDeployment(home, deployment);
    expect(loadDeployment(home)).toEqual(deployment);
    expect(new Set(deployment.resources.map(({ folder }) => folder))).toEqual(new Set(['cdktf.out/stacks/test']));
    for (const file of ['deployment.json', 'reconciled.json']) {
      const kept = readFileSync(join(home.paths.home, file), 'utf8');
      expect(kept).not.toContain(home.paths.home);
      expect(kept).not.toContain(home.root);
    }
  });

  test('dashboards of equal titles have addresses of their own; one alone has its title', async () => {
    const dashboard = (name: string, folder: string, title: string, definition = '{}'): TestResource => [
      'databricks_dashboard',
      name,
      { display_name: title, parent_path: `/teams/${folder}`, serialized_dashboard: definition },
    ];
    const sales = dashboard('sales', 'shop', 'Sales today', '{"of":"shop"}');
    await apply([sales, dashboard('stock', 'shop', '在庫')]);
    expect(readDashboards(home.paths).map(({ id }) => id)).toEqual(['sales-today', '在庫']);

    const two = [
      sales,
      dashboard('other', 'homes', 'Sales today', '{"of":"homes"}'),
      dashboard('third', 'shop', 'Sales: today!'),
    ];
    expect(await apply(two)).toEqual({
      'databricks_dashboard.stock': 'removed',
      'databricks_dashboard.sales': 'unchanged',
      'databricks_dashboard.other': 'created',
      'databricks_dashboard.third': 'created',
    });
    const addressed = readDashboards(home.paths);
    expect(new Set(addressed.map(({ id }) => id)).size).toBe(3);
    expect(addressed.map(({ id }) => id)).toEqual(Array(3).fill(expect.stringMatching(/^sales-today-[0-9a-f]{8}$/)));
    expect(addressed.map(({ path, definition }) => [path, definition])).toContainEqual([
      '/teams/homes/Sales today',
      '{"of":"homes"}',
    ]);

    await apply([sales]);
    expect(readDashboards(home.paths)).toEqual([
      { id: 'sales-today', path: '/teams/shop/Sales today', name: 'Sales today', definition: '{"of":"shop"}' },
    ]);
    await apply([]);
    expect(readDashboards(home.paths)).toEqual([]);
  });

  test('an external volume is refused', async () => {
    const values = { catalog_name: 'shop_local', schema_name: 'bronze', name: 'files', volume_type: 'EXTERNAL' };
    await expect(apply([['databricks_volume', 'files', values]])).rejects.toMatchObject({ code: 'LOCAL_VOLUME_TYPE' });
  });

  test('workspace files, catalogs, volumes, pipelines and dashboards', async () => {
    writeFileSync(join(stack, 'assets/one.sql'), 'SELECT 1');
    const resources: TestResource[] = [
      ['databricks_catalog', 'main', { name: 'shop_local', force_destroy: false }],
      [
        'databricks_schema',
        'bronze',
        { catalog_name: 'shop_local', name: 'bronze', force_destroy: false },
        ['databricks_catalog.main'],
      ],
      [
        'databricks_volume',
        'landing',
        { catalog_name: 'shop_local', schema_name: 'bronze', name: 'landing', volume_type: 'MANAGED' },
      ],
      ['databricks_directory', 'shop', { path: '/teams/shop' }],
      ['databricks_workspace_file', 'one', { path: '/teams/shop/one.sql', source: 'assets/one.sql' }],
      [
        'databricks_pipeline',
        'shop',
        {
          name: 'shop',
          catalog: 'shop_local',
          schema: 'bronze',
          configuration: { at: 'x' },
          library: [{ file: [{ path: '/Workspace/teams/shop/one.sql' }] }],
        },
      ],
      ['databricks_dashboard', 'sales', { display_name: 'Sales today', serialized_dashboard: '{"pages":[]}' }],
      ['databricks_storage_credential', 'lake', { name: 'shop_local_lake' }],
      ['databricks_external_location', 'lake', { name: 'shop_local_lake', url: 's3://lake' }],
      ['databricks_grants', 'main', { catalog: 'shop_local', grant: [{ principal: 'analysts', privileges: ['USE_CATALOG'] }] }],
      ['databricks_grant', 'one', { catalog: 'shop_local', principal: 'others', privileges: ['USE_CATALOG'] }],
      ['databricks_permissions', 'shop', { pipeline_id: 'x' }],
    ];
    expect(await apply(resources)).toEqual({
      'databricks_catalog.main': 'created',
      'databricks_schema.bronze': 'created',
      'databricks_volume.landing': 'created',
      'databricks_directory.shop': 'created',
      'databricks_workspace_file.one': 'created',
      'databricks_pipeline.shop': 'created',
      'databricks_dashboard.sales': 'created',
      'databricks_storage_credential.lake': 'created',
      'databricks_external_location.lake': 'created',
      'databricks_grants.main': 'created',
      'databricks_grant.one': 'created',
      'databricks_permissions.shop': 'state only',
    });
    const outcomes = Object.values(await apply(resources));
    expect(outcomes.filter((outcome) => outcome !== 'unchanged')).toEqual(['state only']);
    expect(readFileSync(join(home.paths.workspace, 'teams/shop/one.sql'), 'utf8')).toBe('SELECT 1');

    const landing = volumeFolder(home, '/Volumes/shop_local/bronze/landing');
    expect(landing).toBe(join(home.paths.volumes, 'shop_local/bronze/landing'));
    writeFileSync(join(landing, 'orders.json'), '{}');
    expect(() => volumeFolder(home, '/Volumes/shop_local/silver/landing')).toThrow(
      'there is no volume shop_local.silver.landing',
    );

    mkdirSync(join(home.paths.lake, 'shop_local/bronze/orders'));
    await expect(apply(resources.slice(2))).rejects.toMatchObject({
      code: 'LOCAL_NOT_EMPTY',
      message: expect.stringContaining('shop_local.bronze'),
    });
    expect(existsSync(join(home.paths.lake, 'shop_local/bronze/orders'))).toBe(true);
    const forced = resources.map((one) => [one[0], one[1], { ...one[2], force_destroy: true }, one[3]] as const);
    await apply(forced);
    await apply([]);
    expect(existsSync(join(home.paths.lake, 'shop_local'))).toBe(false);
    expect(existsSync(landing)).toBe(false);
    expect(existsSync(join(home.paths.workspace, 'teams/shop'))).toBe(false);
  });
});
