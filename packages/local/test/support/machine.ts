import { setTimeout as sleep } from 'node:timers/promises';
import { CreateStateMachineCommand, StartExecutionCommand } from '@aws-sdk/client-sfn';
import type { AwsClients } from '../../src/aws/clients';
import { type Execution, readExecution } from '../../src/executions/execution';

export { type AwsClients, awsClients } from '../../src/aws/clients';
export type { Execution };

/** Makes a state machine and executes it once, to its end. */
export async function executeMachine({ states }: AwsClients, name: string, definition: object): Promise<Execution> {
  const roleArn = 'arn:aws:iam::000000000000:role/machine';
  const { stateMachineArn } = await states.send(
    new CreateStateMachineCommand({ name, roleArn, definition: JSON.stringify(definition) }),
  );
  const { executionArn } = await states.send(new StartExecutionCommand({ stateMachineArn, input: '{}' }));
  for (;;) {
    const execution = await readExecution(states, executionArn!);
    if (execution.status !== 'RUNNING') return execution;
    await sleep(50);
  }
}
