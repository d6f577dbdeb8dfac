import { LakeflowJob, type LakeflowJobProps, type LakewrightStack } from '../../src';
import { refused, synthesized, testEnvironment } from '../synthesized';
import { pipelineOf } from './lake';

const { data_engineers } = testEnvironment().principals;

function jobOf(scope: LakewrightStack, props: Partial<LakeflowJobProps> = {}): LakeflowJob {
  const pipelines = props.pipelines ?? { update_homes: pipelineOf(scope) };
  const runAs = scope.environment.principals.pipeline_sp;
  return new LakeflowJob(scope, 'job', { jobName: 'homes_job', description: 'Homes', runAs, ...props, pipelines });
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
  expect(job).not.toHaveProperty('email_notifications');
});

test('paused where schedules are off', () => {
  const environment = testEnvironment({ schedules: { enabled: false, pipelines: '0 0 * * * ?' } });
  const { schedule } = synthesized((scope) => jobOf(scope), environment).one('databricks_job');
  expect(schedule).toMatchObject({ pause_status: 'PAUSED' });
});

test('everything set', () => {
  const stack = synthesized((scope) => {
    const pipeline = pipelineOf(scope);
    jobOf(scope, {
      pipelines: { first: pipeline, second: pipeline },
      notify: ['ops@example.com'],
      timeoutSeconds: 120,
      permissions: [{ principal: data_engineers, level: 'CAN_MANAGE_RUN' }],
    });
  });
  const job = stack.one('databricks_job');
  expect(job).toMatchObject({
    timeout_seconds: 120,
    email_notifications: { on_failure: ['ops@example.com'] },
    task: [{ task_key: 'first' }, { task_key: 'second', depends_on: [{ task_key: 'first' }] }],
  });
  expect(stack.one('databricks_permissions', 'job_permissions').job_id).toEqual(expect.stringContaining('databricks_job.'));
});

test.each<[string, Partial<LakeflowJobProps>, string, string]>([
  ['no task', { pipelines: {} }, 'CONSTRUCT_JOB_TASKS', '(got none)'],
  ['a run that may hang for ever', { timeoutSeconds: 0 }, 'CONSTRUCT_JOB_TIMEOUT', '(got 0)'],
  ['a group to run as', { runAs: data_engineers }, 'CONSTRUCT_JOB_RUN_AS', 'data_engineers'],
])('refused: %s', (_, props, code, message) => {
  const error = refused((scope) => jobOf(scope, props));
  expect(error.code).toBe(code);
  expect(error.message).toContain(message);
});

test('refused: a task key Databricks would not take', () => {
  const error = refused((scope) => jobOf(scope, { pipelines: { 'update homes': pipelineOf(scope) } }));
  expect(error.message).toContain('"update homes"');
});
