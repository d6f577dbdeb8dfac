import { StateMachine, type StateMachineProps } from '../../src';
import { refused, synthesized } from '../synthesized';
import { LakeParts } from './lake-parts';

const DEFINITION = {
  Comment: 'nothing',
  QueryLanguage: 'JSONata',
  TimeoutSeconds: 60,
  StartAt: 'Done',
  States: { Done: { Type: 'Succeed' } },
} as const;

function machineOf(parts: LakeParts, props: Partial<StateMachineProps> = {}): StateMachine {
  const { scope, key, alarms } = parts;
  return new StateMachine(scope, 'machine', { machineName: 'homes', definition: DEFINITION, key, alarms, ...props });
}

test('minimal: encrypted, logged without data, traced, with a role that only Step Functions of this account takes', () => {
  const stack = synthesized((scope) => machineOf(new LakeParts(scope)));
  const machine = stack.one('aws_sfn_state_machine');
  expect(machine).toMatchObject({
    name: 'homes',
    type: 'STANDARD',
    logging_configuration: { level: 'ERROR', include_execution_data: false },
    tracing_configuration: { enabled: true },
    encryption_configuration: { type: 'CUSTOMER_MANAGED_KMS_KEY' },
  });
  expect(JSON.parse(machine.definition as string)).toEqual(DEFINITION);
  expect(stack.policy('aws_iam_role', 'machine_role', 'assume_role_policy').Statement[0]).toMatchObject({
    Principal: { Service: ['states.amazonaws.com'] },
    Condition: { StringEquals: { 'aws:SourceAccount': '123456789012' } },
  });
});

test('the name in Terraform can be chosen; executions that do not end well ring; who starts it may start nothing else', () => {
  const stack = synthesized((scope) => {
    const parts = new LakeParts(scope);
    machineOf(parts, { logicalId: 'pipeline' }).grantStart(parts.role());
  });
  expect(Object.keys(stack.json.resource.aws_sfn_state_machine!)).toEqual(['pipeline']);
  expect(stack.all('aws_cloudwatch_metric_alarm').map(({ metric_name }) => metric_name)).toEqual([
    'ExecutionsAborted',
    'ExecutionsFailed',
    'ExecutionsTimedOut',
  ]);
  expect(stack.policy('aws_iam_role_policy', 'grantee').Statement).toMatchObject([
    { Action: ['states:StartExecution'], Resource: ['${aws_sfn_state_machine.pipeline.arn}'] },
  ]);
});

test('refused: a name that its role cannot have, and a definition that is not sound', () => {
  expect(refused((scope) => machineOf(new LakeParts(scope), { machineName: 'two words' })).code).toBe('CONSTRUCT_STATE_MACHINE');
  const unsound = { ...DEFINITION, StartAt: 'Elsewhere' };
  expect(refused((scope) => machineOf(new LakeParts(scope), { definition: unsound })).code).toBe('CONSTRUCT_STATES');
});
