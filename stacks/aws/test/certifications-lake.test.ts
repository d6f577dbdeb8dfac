import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ENVIRONMENT_NAMES, type EnvironmentName, projectRoot } from '@lakewright/config';
import { type Attributes, onlyResource, type StackJson } from '../../../test/support/synthesized-environment';
import { certificationsStack } from './certifications-stack';

/** The second half: jobs, silver and gold, the state machine, Athena, and who reads what. */
const stacks = new Map<EnvironmentName, StackJson>();
beforeAll(async () => {
  for (const name of ENVIRONMENT_NAMES) stacks.set(name, await certificationsStack(name));
});

const PIPELINE = 'hudi_fl_cdc_pipeline';
const TABLES = Object.keys(JSON.parse(readFileSync(join(projectRoot(), 'apps/certifications/glue/tables.json'), 'utf8')));
const KEY = expect.stringMatching(/^\$\{aws_kms_key\.key_\w+\.arn\}$/);
/** Those that the state machine runs. */
const PIPELINE_JOBS = [...TABLES.flatMap((table) => [`${table}_full_load`, `${table}_cdc`]), 'user_certification_count'];

const stack = (name: EnvironmentName = 'dev') => stacks.get(name)!;
const all = (type: string, name?: EnvironmentName): Attributes[] => Object.values(stack(name).resource[type] ?? {});
const one = (type: string, id?: string) => onlyResource(stack(), type, id);

interface Statement {
  readonly Sid: string;
  readonly Effect: string;
  readonly Action: string[];
  readonly Resource: string | string[];
}
const policy = (role: string): Statement[] => JSON.parse(String(one('aws_iam_role_policy', role).policy)).Statement;

/** `verb layer/folder` of every action on objects that a role has. */
function objects(role: string): string[] {
  return policy(role)
    .flatMap(({ Action, Resource }) =>
      Action.filter((action) => /^s3:(Get|Put|Delete)Object$/.test(action)).flatMap((action) =>
        [Resource].flat().map((resource) => {
          const [, layer, folder] = /aws_s3_bucket\.([a-z]+)_bucket_\w+\.arn\}(.*)$/.exec(resource) ?? [];
          return `${action.slice('s3:'.length, -'Object'.length)} ${layer}${folder}`;
        }),
      ),
    )
    .sort();
}

describe.each(ENVIRONMENT_NAMES)('%s', (name) => {
  const resource = (type: string, id?: string) => onlyResource(stack(name), type, id);

  test('the machine and its schedule have the names that people know; the clock is on in prod alone', () => {
    const machine = stack(name).resource.aws_sfn_state_machine?.[PIPELINE];
    expect(machine).toMatchObject({
      name: PIPELINE,
      type: 'STANDARD',
      tracing_configuration: { enabled: true },
      encryption_configuration: { type: 'CUSTOMER_MANAGED_KMS_KEY', kms_key_id: KEY },
    });
    expect(stack(name).resource.aws_scheduler_schedule?.[PIPELINE]).toMatchObject({
      name: PIPELINE,
      state: name === 'prod' ? 'ENABLED' : 'DISABLED',
      target: {
        arn: `$\{aws_sfn_state_machine.${PIPELINE}.arn}`,
        dead_letter_config: { arn: expect.stringContaining('aws_sqs') },
      },
    });
  });

  test('every job is Glue 5.1 with Hudi, encrypted, as large as the environment says, once at a time', () => {
    const jobs = all('aws_glue_job', name);
    expect(jobs.map((job) => job.name).sort()).toEqual([...PIPELINE_JOBS, 'table_history'].sort());
    const [configuration] = Object.entries(stack(name).resource.aws_glue_security_configuration ?? {});
    for (const job of jobs) {
      expect(job).toMatchObject({
        glue_version: '5.1',
        default_arguments: { '--datalake-formats': 'hudi' },
        security_configuration: `$\{aws_glue_security_configuration.${configuration![0]}.name}`,
        worker_type: 'G.1X',
        number_of_workers: name === 'prod' ? 5 : 2,
        execution_property: { max_concurrent_runs: 1 },
        max_retries: 0,
      });
    }
    expect(configuration![1].encryption_configuration).toEqual({
      cloudwatch_encryption: { cloudwatch_encryption_mode: 'SSE-KMS', kms_key_arn: KEY },
      job_bookmarks_encryption: { job_bookmarks_encryption_mode: 'CSE-KMS', kms_key_arn: KEY },
      s3_encryption: { s3_encryption_mode: 'SSE-KMS', kms_key_arn: KEY },
    });
  });

  test('the workgroup decides where results go and how they are encrypted, not who asks', () => {
    const accountId = { local: '000000000000', dev: '111111111111', staging: '222222222222', prod: '333333333333' }[name];
    expect(resource('aws_athena_workgroup')).toMatchObject({
      name: 'certifications',
      configuration: {
        enforce_workgroup_configuration: true,
        result_configuration: {
          output_location: `s3://lakewright-certifications-gold-${name}-${accountId}/athena/`,
          encryption_configuration: { encryption_option: 'SSE_KMS', kms_key_arn: KEY },
        },
      },
    });
  });
});

test('a database a layer, each in its bucket, and a query of each that people find', () => {
  expect(
    all('aws_glue_catalog_database')
      .map((database) => [database.name, database.location_uri])
      .sort(),
  ).toEqual([
    ['aws_certifications', 's3://lakewright-certifications-silver-dev-111111111111/aws_certifications/'],
    ['aws_certifications_gold', 's3://lakewright-certifications-gold-dev-111111111111/aws_certifications_gold/'],
  ]);
  expect(
    all('aws_athena_named_query')
      .map((query) => query.name)
      .sort(),
  ).toEqual(['certifications_awarded', 'user_certification_count']);
});

describe('a role a job, with what it needs', () => {
  test('every job has one of its own', () => {
    const roles = all('aws_glue_job').map((job) => job.role_arn);
    expect(new Set(roles).size).toBe(roles.length);
  });

  test.each(
    TABLES.flatMap((table) => ['full_load', 'cdc'].map((kind) => [table, kind])),
  )('%s_%s reads its folder of bronze, and writes its own table of silver', (table, kind) => {
    const folder = `silver/aws_certifications/${table}/*`;
    expect(objects(`lakehouse_${table}_${kind}_role`)).toEqual(
      [
        `Get bronze/certifications/${table}/*`,
        'Get silver/scripts/*',
        `Get ${folder}`,
        `Put ${folder}`,
        `Delete ${folder}`,
      ].sort(),
    );
  });

  test('the gold job reads silver, and writes its own table of gold', () => {
    const folder = 'gold/aws_certifications_gold/user_certification_count/*';
    expect(objects('lakehouse_user_certification_count_role')).toEqual(
      ['Get silver/aws_certifications/*', 'Get silver/scripts/*', `Get ${folder}`, `Put ${folder}`, `Delete ${folder}`].sort(),
    );
  });

  test('the job that prints a table as it was reads silver and writes nothing', () => {
    expect(objects('lakehouse_table_history_role')).toEqual(['Get silver/aws_certifications/*', 'Get silver/scripts/*']);
  });

  test('no job touches the catalog, a secret, the database or another job', () => {
    for (const { name } of all('aws_glue_job')) {
      const services = new Set(policy(`lakehouse_${name}_role`).flatMap(({ Action }) => Action.map((a) => a.split(':')[0])));
      expect([name, [...services].sort()]).toEqual([name, ['kms', 'logs', 's3']]);
    }
  });

  test('the machine runs these jobs, this task and one function, and touches no file', () => {
    const statements = policy('machine_role');
    const actions = statements.flatMap(({ Action }) => Action);
    expect(actions.filter((action) => action.startsWith('s3:'))).toEqual([]);
    const jobs = statements.filter(({ Action }) => Action.includes('glue:StartJobRun')).flatMap(({ Resource }) => Resource);
    expect(jobs.sort()).toEqual(PIPELINE_JOBS.map((name) => `arn:aws:glue:eu-west-1:111111111111:job/${name}`).sort());
    const everywhere = statements.filter(({ Resource }) => [Resource].flat().includes('*')).map(({ Sid }) => Sid);
    expect(everywhere.sort()).toEqual(['DeliverLogs', 'LookAtReplication', 'WriteTraces']);
  });

  test('the schedule starts this machine and leaves a dead letter, nothing else', () => {
    const actions = policy('schedule_role').flatMap(({ Action }) => Action);
    expect(actions.filter((action) => !action.startsWith('kms:'))).toEqual(['states:StartExecution', 'sqs:SendMessage']);
  });
});

describe('who reads what', () => {
  const trust = (role: string) => JSON.stringify(JSON.parse(String(one('aws_iam_role', role).assume_role_policy)).Statement);
  const reads = (role: string) => objects(role).filter((object) => object.startsWith('Get'));

  test('analysts ask gold', () => {
    expect(trust('gold_readers')).toContain('AWSReservedSSO_analysts_*');
    expect(reads('gold_readers')).toEqual(['Get gold/athena/*', 'Get gold/aws_certifications_gold/*']);
  });

  test('engineers ask silver too; nobody but the jobs reads bronze', () => {
    expect(trust('silver_readers')).toContain('AWSReservedSSO_data_engineers_*');
    expect(reads('silver_readers')).toEqual([
      'Get gold/athena/*',
      'Get gold/aws_certifications_gold/*',
      'Get silver/aws_certifications/*',
    ]);
    const roles = Object.keys(stack().resource.aws_iam_role_policy ?? {}).map((id) => id.replace(/_policy_\w+$/, ''));
    const readers = roles.filter((role) => objects(`${role}_`).some((object) => object.startsWith('Get bronze')));
    expect(readers.sort()).toEqual(
      TABLES.flatMap((table) => [`lakehouse_${table}_cdc_role`, `lakehouse_${table}_full_load_role`]).sort(),
    );
  });

  test('neither writes anything but the results of its queries', () => {
    for (const role of ['gold_readers', 'silver_readers'])
      expect(objects(role).filter((object) => !object.startsWith('Get'))).toEqual(['Put gold/athena/*']);
  });
});
