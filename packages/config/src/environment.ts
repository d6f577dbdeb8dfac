import { z } from 'zod';
import { LakewrightError } from './errors';
import { systemName } from './system-name';

/** The environments, in the order of promotion. */
export const ENVIRONMENT_NAMES = ['local', 'dev', 'staging', 'prod'] as const;
export type EnvironmentName = (typeof ENVIRONMENT_NAMES)[number];

/** Who may be granted something. Service principals are granted by application id, the others by name. */
const principal = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.enum(['group', 'user']), name: z.string().min(1) }),
  z.strictObject({
    kind: z.literal('service_principal'),
    name: z.string().min(1),
    applicationId: z.uuid({ error: 'must be the application id of the service principal, a UUID' }),
  }),
]);
export type Principal = z.infer<typeof principal>;

const backend = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('local') }),
  z.strictObject({
    type: z.literal('s3'),
    bucket: z.string().regex(/^[a-z0-9.-]{3,63}$/, 'must be a bucket name'),
    region: z.string(),
    kmsKeyId: z.string().optional(),
  }),
  z.strictObject({ type: z.literal('cloud'), organization: z.string().min(1), hostname: z.string().optional() }),
]);
export type BackendSettings = z.infer<typeof backend>;

const url = z.url({ protocol: /^https?$/, error: 'must be an http or https address' });

const schema = z.strictObject({
  name: z.enum(ENVIRONMENT_NAMES),
  aws: z.strictObject({
    accountId: z.string().regex(/^\d{12}$/, 'must be the 12 digits of an AWS account'),
    region: z.string().regex(/^[a-z]{2}(-[a-z]+)+-\d$/, 'must be an AWS region such as eu-west-1'),
    partition: z.enum(['aws', 'aws-us-gov', 'aws-cn']),
    zones: z.array(z.string()).min(2, 'must name two zones or more'),
    /** Set where another server than AWS answers (the local plane). */
    endpoint: url.optional(),
  }),
  databricks: z.strictObject({
    host: url,
    accountId: z.uuid({ error: 'must be the UUID of the Databricks account' }),
    /** The role by which Unity Catalog reaches into AWS accounts. */
    unityCatalogRoleArn: z.string().regex(/^arn:aws[a-z-]*:iam::\d{12}:role\/.+$/, 'must be the ARN of an IAM role'),
  }),
  /** Systems deployed here: those of `apps/` that are not kept out by their own `system.json`. */
  systems: z.array(systemName).min(1),
  /** Where a merge deploys this environment from; none locally. */
  delivery: z
    .strictObject({ repository: z.string().regex(/^[\w.-]+\/[\w.-]+$/), branch: z.string(), githubEnvironment: z.string() })
    .optional(),
  sizes: z.strictObject({
    warehouse: z.enum(['2X-Small', 'X-Small', 'Small', 'Medium', 'Large']),
    lambdaMemoryMb: z.number().int().min(128).max(10240),
    database: z.strictObject({
      /** An RDS instance class; Performance Insights wants db.t4g.medium or larger for MySQL. */
      instanceClass: z.string().regex(/^db\.[a-z0-9]+\.[a-z0-9]+$/, 'must be an RDS instance class'),
      storageGb: z.number().int().min(20).max(65_536),
      /** Storage grows by itself up to here. */
      maxStorageGb: z.number().int().min(22).max(65_536),
      /** A standby in another zone. */
      multiAz: z.boolean(),
    }),
    replication: z.strictObject({
      /** A DMS instance class: dms.t3.small. */
      instanceClass: z.string().regex(/^dms\.[a-z0-9]+\.[a-z0-9]+$/, 'must be a DMS instance class'),
      storageGb: z.number().int().min(5).max(6144),
      multiAz: z.boolean(),
      /** Changes of a table wait so long at most before they are a file. */
      maxBatchSeconds: z.number().int().min(1).max(3600),
    }),
    glue: z.strictObject({
      /** Docs: "Worker types": G.1X has 4 vCPUs and 16 GB. */
      workerType: z.enum(['G.1X', 'G.2X', 'G.4X', 'G.8X']),
      /** One of them drives. */
      workers: z.number().int().min(2).max(50),
    }),
  }),
  /**
   * The two roles that DMS wants once in an account, by their exact names: made with the foundation, or there already because
   * somebody else uses DMS in the account.
   */
  dmsAccountRoles: z.enum(['create', 'existing']),
  /** The private network of each system that has one: the /16 that its subnets are cut from. */
  network: z.strictObject({ cidr: z.string().regex(/^\d+\.\d+\.0\.0\/16$/, 'must be a /16 network such as 10.20.0.0/16') }),
  /** Where databases listen. */
  databasePorts: z.strictObject({
    mysql: z.number().int().min(1024).max(65_535),
    postgresql: z.number().int().min(1024).max(65_535),
  }),
  retention: z.strictObject({
    /** One of the values CloudWatch Logs accepts. */
    logDays: z.literal([1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653]),
    /** Days after which a replaced or deleted object version is removed for good. */
    noncurrentVersionDays: z.number().int().min(1).max(3650),
    /** Days back to which a database can be restored at any second (RDS keeps 35 at most). */
    databaseBackupDays: z.number().int().min(1).max(35),
  }),
  /** The first of the two keys that destroying data needs; the resource must ask as well. */
  allowDataLoss: z.boolean(),
  schedules: z.strictObject({
    enabled: z.boolean(),
    /** Quartz cron in UTC, as Databricks jobs take it. */
    pipelines: z.string().regex(/^\S+( \S+){5,6}$/, 'must be a Quartz cron expression of six or seven fields'),
    stateMachines: z.strictObject({
      enabled: z.boolean(),
      /** As EventBridge Scheduler takes it, in UTC. */
      expression: z.string().regex(/^(rate|cron)\(.+\)$/, 'must be rate(...) or cron(...)'),
    }),
  }),
  /** What the systems promise their readers; an alert goes off where it is broken. */
  slo: z.strictObject({
    /** Minutes for which the tables may be without a load. Longer than the schedule's interval and an update. */
    freshnessMinutes: z.number().int().min(5).max(10_080),
  }),
  /** Monthly budget in US dollars over which an alarm goes out. */
  budgetUsd: z.number().positive(),
  /** Who is told of alarms. */
  alarmEmails: z.array(z.email({ error: 'must be an e-mail address' })),
  principals: z.strictObject({ data_engineers: principal, analysts: principal, pipeline_sp: principal }),
  providers: z.enum(['registry', 'standin']),
  backend,
});

/** One environment: everything that differs between two deployments of the same stacks. */
export type Environment = z.infer<typeof schema>;
/** What a file in `environments/` states; the systems are those of `apps/`. */
export type EnvironmentSettings = Omit<Environment, 'systems'>;

/**
 * Checks a candidate against the rules of an environment and the rules between its fields.
 *
 * @throws LakewrightError CONFIG_INVALID naming every wrong field, the value it has and the rule
 */
export function validateEnvironment(candidate: unknown): Environment {
  const parsed = schema.safeParse(candidate, { reportInput: true });
  const problems = parsed.success
    ? rulesBetweenFields(parsed.data)
    : parsed.error.issues.map((issue) => {
        const field = issue.path.join('.') || '(the environment)';
        const value = issue.code === 'unrecognized_keys' ? issue.keys.join(', ') : shown(issue.input);
        return `${field}: ${issue.message} (got ${value})`;
      });
  if (problems.length > 0) {
    const name = (candidate as { name?: unknown } | undefined)?.name ?? '?';
    throw new LakewrightError('CONFIG_INVALID', `environment ${shown(name)} is not valid:\n  ${problems.join('\n  ')}`, {
      hint: 'mend packages/config/src/environments',
    });
  }
  return parsed.data as Environment;
}

function rulesBetweenFields(environment: Environment): string[] {
  const problems: string[] = [];
  const { aws, name } = environment;
  for (const zone of aws.zones) {
    if (!zone.startsWith(aws.region))
      problems.push(`aws.zones: every zone must lie in the region ${aws.region} (got ${shown(zone)})`);
  }
  if (name === 'prod' && environment.allowDataLoss) problems.push('allowDataLoss: must be false in prod (got true)');
  const { database } = environment.sizes;
  // RDS: the upper bound must be at least 10% above what is allocated.
  if (database.maxStorageGb < database.storageGb * 1.1)
    problems.push(`sizes.database.maxStorageGb: must be 10% over storageGb at least (got ${database.maxStorageGb})`);
  if (name !== 'local' && environment.alarmEmails.length === 0)
    problems.push('alarmEmails: must name somebody outside local (got [])');
  if (aws.endpoint && !isLoopback(aws.endpoint))
    problems.push(`aws.endpoint: must be a loopback address (got ${shown(aws.endpoint)})`);
  return problems;
}

function isLoopback(address: string): boolean {
  return ['127.0.0.1', 'localhost', '[::1]'].includes(new URL(address).hostname);
}

function shown(value: unknown): string {
  return value === undefined ? 'nothing' : JSON.stringify(value);
}
