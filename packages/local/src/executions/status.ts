import { awsClients } from '../aws/clients';
import type { LocalContext } from '../context';
import { type DeployedResource, isDeployed, loadDeployment } from '../deployment/deployment';
import { serviceStatus } from '../services/services';
import { type EndedExecutions, type Execution, executionsOf } from './execution';

/** How a deployed state machine stands. */
export interface MachineStatus {
  readonly machine: string;
  /** Latest first; none while the AWS API does not run, which keeps them. */
  readonly executions?: readonly Execution[];
}

/** The deployed state machines, by name. */
export function deployedMachines(context: Pick<LocalContext, 'paths'>): readonly DeployedResource[] {
  if (!isDeployed(context)) return [];
  const machines = loadDeployment(context).resources.filter(({ type }) => type === 'aws_sfn_state_machine');
  return machines.toSorted((a, b) => String(a.values.name).localeCompare(String(b.values.name)));
}

export interface MachineStatusOptions {
  /** Executions a machine. @default 5 */
  readonly most?: number;
  /** @default every deployed one */
  readonly machines?: readonly DeployedResource[];
  /** For who looks again and again: see `executionsOf`. */
  readonly ended?: EndedExecutions;
}

/** Deployed state machines with their last executions; starts nothing. */
export async function machineStatus(context: LocalContext, options: MachineStatusOptions = {}): Promise<MachineStatus[]> {
  const { most = 5, machines = deployedMachines(context), ended } = options;
  if (machines.length === 0) return [];
  const nameOf = ({ values }: DeployedResource) => String(values.name);
  if (!(await answers(context))) return machines.map((machine) => ({ machine: nameOf(machine) }));
  const aws = awsClients(context);
  try {
    return await Promise.all(
      machines.map(async (machine) => ({
        machine: nameOf(machine),
        executions: await executionsOf(aws.states, String(machine.values.arn), most, ended),
      })),
    );
  } finally {
    aws.close();
  }
}

/** Asked first: a request to an API that does not run would be tried again and again. */
async function answers(context: LocalContext): Promise<boolean> {
  const services = await serviceStatus(context, ['ministack']);
  return services.every(({ state }) => state === 'running');
}
