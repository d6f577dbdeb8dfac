import {
  DescribeExecutionCommand,
  type ExecutionStatus,
  GetExecutionHistoryCommand,
  type HistoryEvent,
  ListExecutionsCommand,
  type SFNClient,
} from '@aws-sdk/client-sfn';
import { found } from '../aws/found';
import { type StateVisits, visitsOf } from './visits';

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
  /** From start to end, or until it was looked at. */
  readonly seconds: number;
  /** The states that were entered, in order; those of parallel branches as they came. */
  readonly path: readonly string[];
  /** The same by state, those inside Map and Parallel too, with times. */
  readonly states: readonly StateVisits[];
  /** Why it did not succeed: name of the error, and its cause. */
  readonly error?: string;
  readonly cause?: string;
}

/** An execution as it stands. */
export async function readExecution(states: SFNClient, executionArn: string): Promise<Execution> {
  const described = await states.send(new DescribeExecutionCommand({ executionArn }));
  const events: HistoryEvent[] = [];
  let nextToken: string | undefined;
  do {
    const asked = { executionArn, nextToken, maxResults: 1000, includeExecutionData: false };
    const page = await states.send(new GetExecutionHistoryCommand(asked));
    events.push(...(page.events ?? []));
    nextToken = page.nextToken;
  } while (nextToken);
  const { startDate, stopDate } = described;
  return {
    arn: executionArn,
    machine: described.stateMachineArn!.split(':').at(-1)!,
    name: described.name!,
    status: described.status!,
    startedAt: startDate!.toISOString(),
    ...(stopDate ? { endedAt: stopDate.toISOString() } : {}),
    seconds: ((stopDate ?? new Date()).getTime() - startDate!.getTime()) / 1000,
    path: events.flatMap(entered),
    states: visitsOf(events),
    ...(described.error ? { error: described.error } : {}),
    ...(described.cause ? { cause: described.cause } : {}),
  };
}

/** Executions by ARN that have ended: nothing changes them. */
export type EndedExecutions = Map<string, Execution>;

/** The executions of a machine, latest first. @param ended what need not be read again; what has ended since is added */
export async function executionsOf(
  states: SFNClient,
  stateMachineArn: string,
  most: number,
  ended: EndedExecutions = new Map(),
): Promise<Execution[]> {
  const page = await found(states.send(new ListExecutionsCommand({ stateMachineArn, maxResults: most })));
  return Promise.all(
    (page?.executions ?? []).map(async ({ executionArn }) => {
      const execution = ended.get(executionArn!) ?? (await readExecution(states, executionArn!));
      if (execution.status !== 'RUNNING') ended.set(executionArn!, execution);
      return execution;
    }),
  );
}

function entered({ type, stateEnteredEventDetails }: HistoryEvent): string[] {
  return type?.endsWith('StateEntered') && stateEnteredEventDetails?.name ? [stateEnteredEventDetails.name] : [];
}

/** The states that an execution is in, as it stands: of a Map and a Parallel those inside. */
export function currentStates({ status, states }: Pick<Execution, 'status' | 'states'>): readonly string[] {
  if (status !== 'RUNNING') return [];
  const open = states.filter(({ kind, entered, exited }) => entered > exited && kind !== 'Fail');
  const leaves = open.filter(({ kind }) => kind !== 'Map' && kind !== 'Parallel');
  return (leaves.length > 0 ? leaves : open).map(({ state }) => state);
}
