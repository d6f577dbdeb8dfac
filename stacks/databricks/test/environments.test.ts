import { existsSync, readdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { ENVIRONMENT_NAMES, projectRoot, STACK_KINDS, systemsOf, systemsWithStack } from '@lakewright/config';
import { type Attributes, SynthesizedEnvironment } from '../../../test/support/synthesized-environment';

/** Allow statements on every resource, each with the reason why AWS leaves no other choice. */
const EVERY_RESOURCE: Record<string, string> = {
  WriteMetrics: 'CloudWatch knows no resources for writing metrics',
  WriteTraces: 'X-Ray knows no resources for writing traces',
  AccountPublicAccess: 'the setting belongs to the account',
  CreateKeys: 'a key has no ARN before it exists',
  EventSources: 'a mapping has no ARN before it exists',
  ListLogGroups: 'log groups are listed for the account',
  StandInNetworks: 'Lambda asks before there is an interface',
  StandInNetwork: 'Lambda asks before there is an interface',
  ReadNetworks: 'EC2 knows no resources for describing',
  DeliverLogs: 'CloudWatch Logs knows no resources for log deliveries',
  LogDeliveries: 'CloudWatch Logs knows no resources for log deliveries',
  LookAtReplication: 'DMS knows no resources for describing tasks',
  ReadReplication: 'DMS knows no resources for describing',
  SecurityConfigurations: 'Glue knows no resources for security configurations',
  UseWithinAccount: 'a policy of an endpoint, whose condition names the account',
  UseBucketsOfAccount: 'a policy of an endpoint, whose condition names the account',
};

interface Statement {
  readonly Sid: string;
  readonly Effect: 'Allow' | 'Deny';
  readonly Action: readonly string[];
  readonly Resource?: string | readonly string[];
  readonly Principal?: { readonly AWS?: readonly string[] };
  readonly Condition?: { readonly StringEquals?: Readonly<Record<string, unknown>> };
}

/** Whether an ARN with wildcards names whatever another one names; IAM's `*` goes over every character. */
function covers(pattern: string, arn: string): boolean {
  const parts = pattern.split('*').map((part) => part.replace(/[.\\^$+?()[\]{}|/]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`).test(arn);
}

describe.each(ENVIRONMENT_NAMES)('the environment %s', (name) => {
  let synthesized: SynthesizedEnvironment;
  beforeAll(async () => {
    synthesized = await SynthesizedEnvironment.of(name);
  });
  afterAll(() => synthesized.remove());

  const policies = () =>
    synthesized.stackNames.flatMap((stack) =>
      Object.entries(synthesized.stack(stack).resource).flatMap(([type, resources]) =>
        Object.entries(resources).flatMap(([id, attributes]) =>
          ['policy', 'assume_role_policy']
            .filter((attribute) => typeof attributes[attribute] === 'string')
            .map((attribute) => ({
              where: `${stack}/${type}.${id}.${attribute}`,
              type,
              text: attributes[attribute] as string,
              statements: (JSON.parse(attributes[attribute] as string) as { Statement: Statement[] }).Statement,
            })),
        ),
      ),
    );

  test('has a foundation and a stack a system on each side, each with a state of its own', () => {
    expect(synthesized.stackNames).toEqual(
      STACK_KINDS.flatMap((kind) => [
        `${kind}-foundation`,
        ...systemsWithStack(kind, systemsOf(name)).map((system) => `${kind}-${system}`),
      ]).sort(),
    );
    expect(synthesized.stackNames).toEqual(expect.arrayContaining(['aws-listings', 'databricks-listings']));
    const backends = synthesized.stackNames.map((stack) => synthesized.stack(stack).terraform.backend);
    if (name === 'local') {
      expect(backends.map(({ local }) => local?.path)).toEqual(
        synthesized.stackNames.map((stack) => expect.stringMatching(new RegExp(`^(\\.\\./)+\\.state/local/${stack}\\.tfstate$`))),
      );
      return;
    }
    const { accountId, region } = synthesized.environment.aws;
    expect(backends).toEqual(
      synthesized.stackNames.map((stack) => ({
        s3: {
          bucket: `lakewright-terraform-state-${accountId}`,
          key: `${name}/${stack}`,
          region,
          encrypt: true,
          use_lockfile: true,
        },
      })),
    );
  });

  test('names no path of this machine', () => {
    for (const { path, content } of synthesized.files()) {
      for (const absolute of [projectRoot(), homedir(), synthesized.folder, '/tmp/', '/home/', '/Users/']) {
        expect([path, absolute, content.includes(absolute)]).toEqual([path, absolute, false]);
      }
    }
  });

  test('holds no secret', () => {
    const forbidden =
      /secret_string|"password"|"token"|random_password|AKIA[0-9A-Z]{16}|BEGIN [A-Z ]*PRIVATE KEY|dapi[0-9a-f]{32}/;
    for (const stack of synthesized.stackNames) {
      const json = synthesized.stack(stack);
      expect(JSON.stringify(json)).not.toMatch(forbidden);
      for (const [provider] of Object.values(json.provider)) {
        if (name === 'local') continue;
        for (const key of ['access_key', 'secret_key', 'client_secret']) expect(provider).not.toHaveProperty(key);
      }
    }
  });

  test('asks no data source but the states of its own stacks, and AWS never those of Databricks', () => {
    const read = (stack: string) =>
      Object.values(synthesized.stack(stack).data?.terraform_remote_state ?? {})
        .map(({ config }) => String(config.path ?? config.key))
        .map((state) => state.match(/([a-z]+-[a-z0-9_]+)(\.tfstate)?$/)?.[1])
        .sort();
    for (const stack of synthesized.stackNames) {
      expect(Object.keys(synthesized.stack(stack).data ?? {}).filter((type) => type !== 'terraform_remote_state')).toEqual([]);
    }
    for (const stack of synthesized.stackNames) {
      const [side, system] = stack.split('-') as [string, string];
      const own = side === 'aws' ? ['aws-foundation'] : ['aws-foundation', `aws-${system}`, 'databricks-foundation'];
      expect([stack, read(stack).filter((state) => !own.includes(state!) || system === 'foundation')]).toEqual([stack, []]);
    }
    expect(read('aws-listings')).toEqual(['aws-foundation']);
    expect(read('databricks-listings')).toEqual(['aws-listings', 'databricks-foundation']);
  });

  test('allows no action by wildcard, and every resource only where AWS leaves no other choice', () => {
    const found = policies();
    expect(found.length).toBeGreaterThan(15);
    for (const { where, type, statements } of found) {
      for (const { Sid, Effect, Action, Resource, Principal, Condition } of statements) {
        if (Effect === 'Deny') continue;
        expect([where, Sid, Action.filter((action) => action.includes('*'))]).toEqual([where, Sid, []]);
        const { accountId } = synthesized.environment.aws;
        const held = Condition?.StringEquals?.['aws:PrincipalAccount'] === accountId;
        expect([where, Sid, (Principal?.AWS?.includes('*') ?? false) && !held]).toEqual([where, Sid, false]);
        // In a key policy * is the key itself.
        if (type !== 'aws_kms_key' && [Resource].flat().includes('*')) expect(Object.keys(EVERY_RESOURCE)).toContain(Sid);
      }
    }
  });

  test('no policy is longer than IAM takes', () => {
    const most: Record<string, number> = { aws_iam_role_policy: 10_240, aws_iam_policy: 6_144 };
    const found = policies().filter(({ type }) => type in most);
    expect(new Set(found.map(({ type }) => type))).toEqual(new Set(Object.keys(most)));
    for (const { where, type, text } of found) expect([where, text.length <= most[type]!]).toEqual([where, true]);
  });

  test('holds every role within the boundary but the one that deploys and the two of DMS', () => {
    const boundary = `arn:aws:iam::${synthesized.environment.aws.accountId}:policy/lakewright-boundary`;
    const roles = synthesized.resources('aws_iam_role');
    expect(roles.length).toBeGreaterThan(3);
    // Those of DMS have AWS' own policies.
    const without = ['github-delivery', 'dms-vpc-role', 'dms-cloudwatch-logs-role'];
    for (const [id, { name: role, permissions_boundary }] of roles) {
      expect([id, permissions_boundary]).toEqual([id, without.includes(String(role)) ? undefined : boundary]);
    }
  });

  test('grants no role what the boundary would take back', () => {
    const boundary = policies().find(({ where }) => where.includes('/aws_iam_policy.boundary'))!.statements;
    const granted = policies().filter(({ where, type }) => type === 'aws_iam_role_policy' && !where.includes('delivery'));
    expect(granted.length).toBeGreaterThan(3);
    for (const { where, statements } of granted) {
      const [stack] = where.split('/');
      for (const { Sid, Action, Resource } of statements) {
        const resources = [Resource ?? []].flat().map((resource) => synthesized.knownArn(stack!, resource));
        for (const action of Action) {
          const limits = boundary.filter((limit) => limit.Action.includes(action)).flatMap((limit) => limit.Resource ?? []);
          const beyond = resources.filter((resource) => !limits.some((limit) => covers(limit, resource)));
          expect([where, Sid, action, beyond]).toEqual([where, Sid, action, []]);
        }
      }
    }
  });

  test('encrypts everything', () => {
    const encryptedBuckets = synthesized.resources('aws_s3_bucket_server_side_encryption_configuration').length;
    expect(encryptedBuckets).toBe(synthesized.resources('aws_s3_bucket').length);
    const key = expect.stringMatching(/^\$\{aws_kms_key\.\w+\.arn\}$/);
    const keyed = {
      aws_sqs_queue: 'kms_master_key_id',
      aws_sns_topic: 'kms_master_key_id',
      aws_cloudwatch_log_group: 'kms_key_id',
      aws_lambda_function: 'kms_key_arn',
      aws_db_instance: 'kms_key_id',
      aws_secretsmanager_secret: 'kms_key_id',
      aws_dms_replication_instance: 'kms_key_arn',
      aws_dms_endpoint: 'kms_key_arn',
      aws_dms_s3_endpoint: 'server_side_encryption_kms_key_id',
    };
    for (const [type, attribute] of Object.entries(keyed)) {
      const resources = synthesized.resources(type);
      expect(resources.length).toBeGreaterThan(0);
      for (const [id, attributes] of resources) expect([id, attributes[attribute]]).toEqual([id, key]);
    }
    for (const [, { enable_key_rotation }] of synthesized.resources('aws_kms_key')) expect(enable_key_rotation).toBe(true);
  });

  test('buckets are closed, versioned and over TLS only, each one', () => {
    const buckets = synthesized.resources('aws_s3_bucket').length;
    for (const type of ['public_access_block', 'ownership_controls', 'versioning', 'policy', 'lifecycle_configuration']) {
      expect([type, synthesized.resources(`aws_s3_bucket_${type}`).length]).toEqual([type, buckets]);
    }
  });

  test('listings and the foundations are called by their names', () => {
    const { accountId } = synthesized.environment.aws;
    const names = (type: string, attribute: string) =>
      synthesized
        .resources(type)
        .filter(([id]) => /^(aws|databricks)-(foundation|listings)\//.test(id))
        .map(([, attributes]) => attributes[attribute])
        .sort();
    expect(names('aws_lambda_function', 'function_name')).toEqual([
      'raw_listings_s3_event_lambda',
      'sales_and_rentals_publishing_service',
    ]);
    expect(names('aws_s3_bucket', 'bucket')).toEqual(
      ['foundation-access-logs', 'listings-lake', 'listings-listings', 'listings-staging'].map(
        (part) => `lakewright-${part}-${name}-${accountId}`,
      ),
    );
    expect(names('databricks_catalog', 'name')).toEqual([`listings_${name}`]);
    expect(names('databricks_schema', 'name')).toEqual(['bronze', 'gold', 'silver']);
    expect(names('databricks_pipeline', 'name')).toEqual(['listings']);
    expect(names('databricks_job', 'name')).toEqual(['listings_job']);
    expect(names('databricks_dashboard', 'display_name')).toEqual(['Active listings']);
  });

  test('every alarm and alert names a runbook page that exists', () => {
    const { delivery } = synthesized.environment;
    const base = delivery ? `https://github.com/${delivery.repository}/blob/${delivery.branch}/` : '';
    const described = [
      ...synthesized.resources('aws_cloudwatch_metric_alarm').map(([id, alarm]) => [id, alarm.alarm_description] as const),
      ...synthesized.resources('databricks_alert_v2').map(([id, alert]) => [id, alert.custom_description] as const),
    ];
    expect(described.length).toBeGreaterThanOrEqual(10);
    const named = new Set<string>();
    for (const [id, description] of described) {
      const [, address = '', page = ''] = /Runbook: (.*?)(docs\/runbooks\/[a-z-]+\.md)$/.exec(String(description)) ?? [];
      expect([id, address, existsSync(join(projectRoot(), page))]).toEqual([id, base, page !== '']);
      expect([id, page]).not.toEqual([id, '']);
      named.add(page);
    }
    // And no page that nothing names.
    const pages = readdirSync(join(projectRoot(), 'docs/runbooks')).filter((page) => page !== 'README.md');
    expect([...named].sort()).toEqual(pages.map((page) => `docs/runbooks/${page}`).sort());
  });

  test('lets data be lost only where the environment says so', () => {
    const { allowDataLoss } = synthesized.environment;
    const forced = ['aws_s3_bucket', 'databricks_catalog', 'databricks_schema', 'databricks_external_location'];
    for (const [id, { force_destroy }] of forced.flatMap((type) => synthesized.resources(type))) {
      expect([id, force_destroy]).toEqual([id, allowDataLoss]);
    }
    const prevented = [...synthesized.resources('aws_kms_key'), ...synthesized.resources('aws_db_instance')];
    for (const [id, { lifecycle }] of prevented) expect([id, lifecycle]).toEqual([id, { prevent_destroy: !allowDataLoss }]);
    for (const [id, { deletion_protection, skip_final_snapshot }] of synthesized.resources('aws_db_instance')) {
      expect([id, deletion_protection, skip_final_snapshot]).toEqual([id, !allowDataLoss, allowDataLoss]);
    }
  });

  test('reaches for its own account and workspace', () => {
    const { aws, databricks } = synthesized.environment;
    for (const stack of synthesized.stackNames) {
      const { provider } = synthesized.stack(stack);
      if (provider.databricks) expect(provider.databricks).toEqual([{ host: databricks.host }]);
      if (!provider.aws) continue;
      const [settings] = provider.aws as [Attributes];
      expect(settings).toMatchObject({
        region: aws.region,
        allowed_account_ids: [aws.accountId],
        default_tags: [{ tags: { environment: name, 'managed-by': 'lakewright', system: stack.split('-')[1] } }],
      });
      const addresses = Object.values((settings.endpoints as Attributes[] | undefined)?.[0] ?? {});
      expect(new Set(addresses)).toEqual(new Set(aws.endpoint ? [aws.endpoint] : []));
    }
  });
});

test('the same environment gives the same bytes', async () => {
  const [first, second] = [await SynthesizedEnvironment.of('staging'), await SynthesizedEnvironment.of('staging')];
  try {
    expect(second.files().map(({ path }) => path)).toEqual(first.files().map(({ path }) => path));
    const differing = first.files().filter(({ content }, index) => !content.equals(second.files()[index]!.content));
    expect(differing.map(({ path }) => path)).toEqual([]);
  } finally {
    first.remove();
    second.remove();
  }
});

test('a system that is not there, or has no file, stops the synth', async () => {
  const synthesis = SynthesizedEnvironment.of('dev', { systems: ['elsewhere'] });
  await expect(synthesis).rejects.toMatchObject({ code: 'CONFIG_UNKNOWN_SYSTEM', message: expect.stringContaining('elsewhere') });
});

test('Terraform Cloud instead of S3, by configuration', async () => {
  const environment = await SynthesizedEnvironment.of('dev', { backend: { type: 'cloud', organization: 'homes' } });
  try {
    const { terraform, data } = environment.stack('databricks-listings') as unknown as {
      terraform: { cloud: unknown };
      data: { terraform_remote_state: Record<string, { backend: string; config: unknown }> };
    };
    expect(terraform.cloud).toEqual({ organization: 'homes', workspaces: { name: 'dev-databricks-listings' } });
    const [state] = Object.values(data.terraform_remote_state);
    expect(state).toMatchObject({
      backend: 'remote',
      config: { organization: 'homes', workspaces: { name: 'dev-aws-listings' } },
    });
  } finally {
    environment.remove();
  }
});
