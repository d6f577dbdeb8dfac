import { MachineSchedule, StateMachine } from '../../src';
import { synthesized, testEnvironment } from '../synthesized';
import { LakeParts } from './lake-parts';

const scheduled = (enabled: boolean) => {
  const environment = testEnvironment();
  const stateMachines = { enabled, expression: 'rate(2 hours)' };
  return synthesized(
    (scope) => {
      const { key, alarms } = new LakeParts(scope);
      const machine = new StateMachine(scope, 'machine', {
        machineName: 'homes',
        definition: {
          Comment: 'nothing',
          QueryLanguage: 'JSONata',
          TimeoutSeconds: 60,
          StartAt: 'Done',
          States: { Done: { Type: 'Succeed' } },
        },
        key,
        alarms,
      });
      new MachineSchedule(scope, 'schedule', { scheduleName: 'homes', logicalId: 'homes', machine, key });
    },
    { ...environment, schedules: { ...environment.schedules, stateMachines } },
  );
};

test("by the environment's clock, encrypted, with dead letters; its role starts this machine and nothing else", () => {
  const stack = scheduled(true);
  expect(stack.json.resource.aws_scheduler_schedule?.homes).toMatchObject({
    schedule_expression: 'rate(2 hours)',
    schedule_expression_timezone: 'UTC',
    state: 'ENABLED',
    kms_key_arn: expect.stringContaining('aws_kms_key'),
    target: {
      arn: expect.stringContaining('aws_sfn_state_machine'),
      dead_letter_config: { arn: expect.stringContaining('aws_sqs_queue') },
    },
  });
  const statements = stack.policy('aws_iam_role_policy', 'schedule_role').Statement;
  expect(statements.map(({ Action }) => Action)).toEqual([
    ['states:StartExecution'],
    ['sqs:SendMessage'],
    ['kms:Decrypt', 'kms:GenerateDataKey'],
  ]);
});

test('where schedules of state machines are off it is there and does not fire', () => {
  expect(scheduled(false).json.resource.aws_scheduler_schedule?.homes).toMatchObject({ state: 'DISABLED' });
});
