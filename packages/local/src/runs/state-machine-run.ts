import { setTimeout as sleep } from 'node:timers/promises';
import { StartExecutionCommand } from '@aws-sdk/client-sfn';
import { EXIT, LakewrightError } from '@lakewright/config';
import { type AwsClients, awsClients } from '../aws/clients';
import type { LocalContext } from '../context';
import { loadDeployment } from '../deployment/deployment';
import { currentStates, type Execution, readExecution } from '../executions/execution';

export interface StateMachineRunOptions {
  readonly input: Readonly<Record<string, unknown>>;
  /** Names the execution. */
  readonly runId: string;
  readonly onProgress?: (step: string) => void;
}

const LOOK_MS = 300;

/**
 * One execution of a state machine to its end, well or not.
 *
 * @throws LakewrightError LOCAL_UNKNOWN_MACHINE (exit 2)
 */
export async function runStateMachine(
  context: LocalContext,
  machine: string,
  { input, runId, onProgress }: StateMachineRunOptions,
): Promise<Execution> {
  const stateMachineArn = machineArn(context, machine);
  const aws = awsClients(context);
  try {
    const command = new StartExecutionCommand({ stateMachineArn, name: runId, input: JSON.stringify(input) });
    const { executionArn } = await aws.states.send(command);
    return await follow(aws, executionArn!, onProgress);
  } finally {
    aws.close();
  }
}

async function follow({ states }: AwsClients, executionArn: string, onProgress?: (step: string) => void): Promise<Execution> {
  for (;;) {
    const execution = await readExecution(states, executionArn);
    // Between two states it is in none.
    const current = currentStates(execution);
    if (current.length > 0) onProgress?.(`${current.join(', ')}; ${stepsDone(execution)}`);
    if (execution.status !== 'RUNNING') return execution;
    await sleep(LOOK_MS);
  }
}

function stepsDone({ states }: Execution): string {
  const done = states.reduce((sum, { exited }) => sum + exited, 0);
  return done === 1 ? '1 state done' : `${done} states done`;
}

function machineArn(context: LocalContext, name: string): string {
  const machine = loadDeployment(context).resources.find(
    ({ type, values }) => type === 'aws_sfn_state_machine' && values.name === name,
  );
  if (machine) return String(machine.values.arn);
  throw new LakewrightError('LOCAL_UNKNOWN_MACHINE', `there is no state machine "${name}" in the local plane`, {
    hint: 'lakewright up deploys it',
    exitCode: EXIT.usage,
  });
}

/** What a failed execution is as an error; undefined for one that succeeded. */
export function executionFailure({ machine, name, status, error, cause }: Execution): LakewrightError | undefined {
  if (status === 'SUCCEEDED') return undefined;
  return new LakewrightError(
    'LOCAL_EXECUTION_FAILED',
    `the execution ${name} of ${machine} ${status === 'FAILED' ? 'failed' : status.toLowerCase()}: ${error ?? 'no error'}: ${cause ?? 'no cause'}`,
    {
      hint: 'lakewright status shows its path; lakewright logs <job> what a Glue job wrote; the next execution takes up what was left',
    },
  );
}
