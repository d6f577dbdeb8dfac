import { awsClients } from '../aws/clients';
import type { LocalContext } from '../context';
import { loadDeployment } from '../deployment/deployment';
import { type Execution, executionsOf } from './execution';

/** How a deployed state machine stands. */
export interface MachineStatus {
  readonly machine: string;
  /** Latest first. */
  readonly executions: readonly Execution[];
}

/** The deployed state machines with their last executions. @param most executions a machine */
export async function machineStatus(context: LocalContext, most = 5): Promise<MachineStatus[]> {
  const machines = loadDeployment(context).resources.filter(({ type }) => type === 'aws_sfn_state_machine');
  if (machines.length === 0) return [];
  const aws = awsClients(context);
  try {
    return await Promise.all(
      machines.map(async ({ values }) => ({
        machine: String(values.name),
        executions: await executionsOf(aws.states, String(values.arn), most),
      })),
    );
  } finally {
    aws.close();
  }
}
