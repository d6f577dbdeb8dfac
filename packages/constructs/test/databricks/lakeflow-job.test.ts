import { LakeflowJob, type LakeflowJobProps, type LakewrightStack } from '../../src';
import { refused, synthesized, testEnvironment } from '../synthesized';
import { folderOf, pipelineOf, warehouseOf } from './lake';

const { data_engineers } = testEnvironment().principals;
const PYTHON = 'packages/constructs/test/fixtures/jobs/say_arguments.py';
const SQL = 'packages/constructs/test/fixtures/jobs/count.sql';

function jobOf(scope: LakewrightStack, props: Partial<LakeflowJobProps> = {}): LakeflowJob {
  const tasks = props.tasks ?? { update_homes: { pipeline: pipelineOf(scope) } };
  const runAs = scope.environment.principals.pipeline_sp;
  return new LakeflowJob(scope, 'job', { jobName: 'homes_job', description: 'Homes', runAs, ...props, tasks });
}

test('one run at a time on the schedule of the environment, in UTC, the next one waiting', () => {
  const job = synthesized((scope) => jobOf(scope)).one('databricks_job');
  expect(job).toMatchObject({
    name: 'homes_job',
    max_concurrent_runs: 1,
    queue: { enabled: true },
    timeout_seconds: 3600,
    run_as: { service_principal_name: '00000000-0000-4000-8000-00000000000a' },
    schedule: { quartz_cron_expression: '0 0/5 * * * ?', timezone_id: 'UTC', pause_status: 'UNPAUSED' },
    task: [{ task_key: 'update_homes', pipeline_task: { pipeline_id: expect.stringContaining('databricks_pipeline.') } }],
  });
  for (const absent of ['email_notifications', 'environment', 'parameter', 'trigger']) expect(job).not.toHaveProperty(absent);
});

test('the files that a Python file imports lie beside it before the job is there', () => {
  const modules = ['packages/constructs/test/fixtures/jobs/words.py'];
  const stack = synthesized((scope) =>
    jobOf(scope, { folder: folderOf(scope), tasks: { say: { pythonFile: PYTHON, modules } } }),
  );
  const files = stack.all('databricks_workspace_file');
  expect(files.map(({ path }) => path)).toEqual(['/homes/say_arguments.py', '/homes/words.py']);
  expect(stack.one('databricks_job').depends_on).toEqual([1, 2].map(() => expect.stringContaining('databricks_workspace_file.')));
});

test('paused where schedules are off', () => {
  const environment = testEnvironment({
    schedules: { enabled: false, pipelines: '0 0 * * * ?', stateMachines: { enabled: false, expression: 'rate(1 hour)' } },
  });
  const { schedule } = synthesized((scope) => jobOf(scope), environment).one('databricks_job');
  expect(schedule).toMatchObject({ pause_status: 'PAUSED' });
});

test('everything set', () => {
  const stack = synthesized((scope) => {
    const folder = folderOf(scope);
    const pipeline = pipelineOf(scope, { folder });
    const other = new LakeflowJob(scope, 'other', {
      jobName: 'other',
      description: 'Another one',
      runAs: scope.environment.principals.pipeline_sp,
      tasks: { update: { pipeline } },
      trigger: 'none',
    });
    jobOf(scope, {
      folder: folder.addFolder('jobs'),
      parameters: { seed: '7' },
      tasks: {
        generate: { pythonFile: PYTHON, parameters: ['--seed', '{{job.parameters.seed}}'], maxRetries: 2, timeoutSeconds: 60 },
        again: { pythonFile: PYTHON, dependsOn: ['generate'], runIf: 'AT_LEAST_ONE_FAILED' },
        many: {
          condition: { left: '{{tasks.generate.values.rows}}', operator: 'GREATER_THAN', right: '0' },
          dependsOn: ['generate'],
        },
        update: { pipeline, fullRefresh: true, dependsOn: [{ task: 'many', outcome: true }] },
        count: { sqlFile: SQL, warehouse: warehouseOf(scope), parameters: { city: 'Bern' }, dependsOn: ['update'] },
        other: { runJob: other, parameters: { day: '1' }, minRetryIntervalMillis: 5, retryOnTimeout: true, maxRetries: 1 },
      },
      notify: ['ops@example.com'],
      timeoutSeconds: 120,
      permissions: [{ principal: data_engineers, level: 'CAN_MANAGE_RUN' }],
    });
  });
  const job = stack.one('databricks_job', 'job_');
  const python_file = expect.stringMatching(/^\$\{databricks_workspace_file\.\w+\.workspace_path\}$/);
  expect(job).toMatchObject({
    timeout_seconds: 120,
    email_notifications: { on_failure: ['ops@example.com'] },
    parameter: [{ name: 'seed', default: '7' }],
    environment: [{ environment_key: 'default', spec: { environment_version: '4' } }],
    task: [
      {
        task_key: 'generate',
        environment_key: 'default',
        spark_python_task: { python_file, source: 'WORKSPACE', parameters: ['--seed', '{{job.parameters.seed}}'] },
        max_retries: 2,
        timeout_seconds: 60,
      },
      { task_key: 'again', depends_on: [{ task_key: 'generate' }], run_if: 'AT_LEAST_ONE_FAILED' },
      { condition_task: { left: '{{tasks.generate.values.rows}}', op: 'GREATER_THAN', right: '0' } },
      { depends_on: [{ task_key: 'many', outcome: 'true' }], pipeline_task: { full_refresh: true } },
      { sql_task: { file: { path: python_file, source: 'WORKSPACE' }, parameters: { city: 'Bern' } } },
      {
        run_job_task: { job_id: expect.stringContaining('databricks_job.other'), job_parameters: { day: '1' } },
        min_retry_interval_millis: 5,
        retry_on_timeout: true,
      },
    ],
  });
  expect(stack.all('databricks_workspace_file').map(({ path }) => path)).toEqual(
    expect.arrayContaining(['/homes/jobs/say_arguments.py', '/homes/jobs/count.sql']),
  );
  expect(stack.one('databricks_job', 'other')).not.toHaveProperty('schedule');
  expect(stack.one('databricks_permissions', 'job_permissions').job_id).toEqual(expect.stringContaining('databricks_job.'));
});

test.each<[string, LakeflowJobProps['trigger'], object]>([
  [
    'a schedule of its own',
    { cron: '0 0 6 ? * MON-FRI', timezone: 'Europe/Zurich' },
    { schedule: { quartz_cron_expression: '0 0 6 ? * MON-FRI', timezone_id: 'Europe/Zurich', pause_status: 'UNPAUSED' } },
  ],
  [
    'files that arrive',
    { fileArrival: '/Volumes/homes_dev/bronze/landing/', waitAfterLastChangeSeconds: 60 },
    {
      trigger: {
        file_arrival: { url: '/Volumes/homes_dev/bronze/landing/', wait_after_last_change_seconds: 60 },
        pause_status: 'UNPAUSED',
      },
    },
  ],
  ['an interval', { every: 6, unit: 'HOURS' }, { trigger: { periodic: { interval: 6, unit: 'HOURS' } } }],
])('started by %s', (_, trigger, expected) => {
  expect(synthesized((scope) => jobOf(scope, { trigger })).one('databricks_job')).toMatchObject(expected);
});

const hello = { pythonFile: PYTHON };

test.each<[string, Partial<LakeflowJobProps>, string, string]>([
  ['no task', { tasks: {} }, 'CONSTRUCT_JOB_TASKS', '(got none)'],
  ['a run that may hang for ever', { timeoutSeconds: 0 }, 'CONSTRUCT_JOB_TIMEOUT', '(got 0)'],
  ['a group to run as', { runAs: data_engineers }, 'CONSTRUCT_JOB_RUN_AS', 'data_engineers'],
  ['a task key Databricks would not take', { tasks: { 'update homes': hello } }, 'CONSTRUCT_JOB_TASKS', '"update homes"'],
  ['a task that is not there', { tasks: { a: { ...hello, dependsOn: ['b'] } } }, 'CONSTRUCT_JOB_DEPENDENCY', '(got "b")'],
  [
    'an outcome of a task that has none',
    { tasks: { a: hello, b: { ...hello, dependsOn: [{ task: 'a', outcome: true }] } } },
    'CONSTRUCT_JOB_DEPENDENCY',
    'condition tasks only',
  ],
  ['a file that is not there', { tasks: { a: { pythonFile: 'apps/none.py' } } }, 'CONSTRUCT_JOB_FILE', '"apps/none.py"'],
  ['SQL as Python', { tasks: { a: { pythonFile: SQL } } }, 'CONSTRUCT_JOB_FILE', '.py'],
  ['a file without a folder', { tasks: { a: hello } }, 'CONSTRUCT_JOB_FILE', 'folder'],
])('refused: %s', (_, props, code, message) => {
  const error = refused((scope) => jobOf(scope, props));
  expect(error.code).toContain(code);
  expect(error.message).toContain(message);
});

test.each<[string, object, string]>([
  ['a timeout that is none', { timeoutSeconds: 0 }, 'CONSTRUCT_JOB_TIMEOUT'],
  ['retries below for ever', { maxRetries: -2 }, 'CONSTRUCT_JOB_RETRIES'],
])('refused of a task: %s', (_, settings, code) => {
  const error = refused((scope) => jobOf(scope, { folder: folderOf(scope), tasks: { a: { ...hello, ...settings } } }));
  expect(error.code).toBe(code);
  expect(error.message).toContain('tasks.a');
});
