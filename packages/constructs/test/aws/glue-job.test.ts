import { refused, synthesized } from '../synthesized';
import { LakeParts } from './lake-parts';

test('minimal: Glue 5.1 with Hudi, encrypted, once at a time, tried again by nobody but the state machine', () => {
  const stack = synthesized((scope) => new LakeParts(scope).job());
  expect(stack.one('aws_glue_job')).toMatchObject({
    name: 'homes_load',
    glue_version: '5.1',
    command: { name: 'glueetl', script_location: 's3://homes-lake/scripts/load.py', python_version: '3' },
    default_arguments: { '--datalake-formats': 'hudi', '--job-bookmark-option': 'job-bookmark-disable' },
    worker_type: 'G.1X',
    number_of_workers: 2,
    execution_property: { max_concurrent_runs: 1 },
    max_retries: 0,
    timeout: 60,
    security_configuration: expect.stringContaining('aws_glue_security_configuration.encryption'),
    role_arn: expect.stringContaining('aws_iam_role.job_role'),
  });
});

test('everything set: modules, arguments, timeout', () => {
  const stack = synthesized((scope) =>
    new LakeParts(scope).job({ modules: ['table.py'], arguments: { TABLE: 'homes' }, timeoutMinutes: 5 }),
  );
  expect(stack.one('aws_glue_job')).toMatchObject({
    timeout: 5,
    default_arguments: { '--TABLE': 'homes', '--extra-py-files': 's3://homes-lake/scripts/table.py' },
  });
});

test('a role of its own: its scripts, its key, its logs; only Glue of this account takes it', () => {
  const stack = synthesized((scope) => new LakeParts(scope).job());
  const trust = stack.policy('aws_iam_role', 'job_role', 'assume_role_policy').Statement[0];
  expect(trust).toMatchObject({
    Principal: { Service: ['glue.amazonaws.com'] },
    Condition: { StringEquals: { 'aws:SourceAccount': '123456789012' } },
  });
  expect(stack.policy('aws_iam_role_policy', 'job_role').Statement.map(({ Sid }) => Sid)).toEqual([
    'Readlake',
    'Listlake',
    'DecryptWithStackKey',
    'UseStackKey',
    'WriteLogs',
  ]);
});

test('a run that fails rings; who runs it may start, look and stop, this job alone', () => {
  const stack = synthesized((scope) => {
    const parts = new LakeParts(scope);
    parts.job().grantRun(parts.role());
  });
  expect(stack.one('aws_cloudwatch_metric_alarm')).toMatchObject({
    namespace: 'Glue',
    metric_name: 'glue.error.ALL',
    dimensions: { JobName: 'homes_load', JobRunId: 'ALL', Type: 'count', ObservabilityGroup: 'error' },
  });
  expect(stack.policy('aws_iam_role_policy', 'grantee').Statement).toMatchObject([
    {
      Action: ['glue:BatchStopJobRun', 'glue:GetJobRun', 'glue:StartJobRun'],
      Resource: ['arn:aws:glue:eu-west-1:123456789012:job/homes_load'],
    },
  ]);
});

test('refused: a name that its role cannot have', () => {
  expect(refused((scope) => new LakeParts(scope).job({ jobName: 'homes load' })).code).toBe('CONSTRUCT_GLUE_JOB');
});
