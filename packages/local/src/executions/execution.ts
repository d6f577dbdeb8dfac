import {
  DescribeExecutionCommand,
  type ExecutionStatus,
  GetExecutionHistoryCommand,
  type HistoryEvent,
  ListExecutionsCommand,
  type SFNClient,
} from '@aws-sdk/client-sfn';
import { found } from '../aws/found';

/** One execution of a state machine. */
export interface Execution {
  readonly arn: string;
  /** Name of the machine. */
  readonly machine: string;
  /** Its own. */
  readonly name: string;
  readonly status: ExecutionStatus;
  /** ISO times. */
  readonly startedAt: string;
  readonly endedAt?: string;
  /** The states that were entered, in order; those of parallel branches as they came. */
  readonly path: readonly string[];
  /** Why it did not succeed: name of the error, and its cause. */
  readonly error?: string;
  readonly cause?: string;
}

/** An execution as it stands. */
export async function readExecution(states: SFNClient, executionArn: string): Promise<Execution> {
  const described = await states.send(new DescribeExecutionCommand({ executionArn }));
  const path: string[] = [];
  let nextToken: string | undefined;
  do {
    const page = await states.send(new GetExecutionHistoryCommand({ executionArn, nextToken, maxResults: 1000 }));
    path.push(...(page.events ?? []).flatMap(entered));
    nextToken = page.nextToken;
  } while (nextToken);
  return {
    arn: executionArn,
    machine: described.stateMachineArn!.split(':').at(-1)!,
    name: described.name!,
    status: described.status!,
    startedAt: described.startDate!.toISOString(),
    ...(described.stopDate ? { endedAt: described.stopDate.toISOString() } : {}),
    path,
    ...(described.error ? { error: described.error } : {}),
    ...(described.cause ? { cause: described.cause } : {}),
  };
}

/** The executions of a machine, latest first. */
export async function executionsOf(states: SFNClient, stateMachineArn: string, most: number): Promise<Execution[]> {
  const page = await found(states.send(new ListExecutionsCommand({ stateMachineArn, maxResults: most })));
  return Promise.all((page?.executions ?? []).map(({ executionArn }) => readExecution(states, executionArn!)));
}

function entered({ type, stateEnteredEventDetails }: HistoryEvent): string[] {
  return type?.endsWith('StateEntered') && stateEnteredEventDetails?.name ? [stateEnteredEventDetails.name] : [];
}

/** A path with what is repeated told once: `Wait for replication, Look at replication (×4), Silver tables`. */
export function shortPath(path: readonly string[]): readonly string[] {
  const counts = new Map<string, number>();
  for (const name of path) counts.set(name, (counts.get(name) ?? 0) + 1);
  return [...counts].map(([name, times]) => (times > 1 ? `${name} (×${times})` : name));
}
