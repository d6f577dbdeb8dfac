import type {
  ExecutionStatus,
  ExecutionView,
  MachineSource,
  MachineStateStatus,
  MachineStateView,
  MachineView,
  TransitionView,
} from '@lakewright/dashboard';
import type { LocalContext } from '../../context';
import type { EndedExecutions, Execution } from '../../executions/execution';
import { deployedMachines, type MachineStatus, machineStatus } from '../../executions/status';
import { type StateVisits, shortPath } from '../../executions/visits';

/** Executions that a page shows. */
const MOST_EXECUTIONS = 30;

const STATUS: Readonly<Record<string, ExecutionStatus>> = {
  RUNNING: 'running',
  PENDING_REDRIVE: 'running',
  SUCCEEDED: 'success',
  FAILED: 'failed',
  TIMED_OUT: 'timedout',
  ABORTED: 'canceled',
};

/** The parts of a definition that a page shows (docs: "Using Amazon States Language to define Step Functions workflows"). */
export interface Flow {
  readonly StartAt?: string;
  readonly States?: Readonly<Record<string, State>>;
}
interface State {
  readonly Type: string;
  readonly Next?: string;
  readonly Default?: string;
  readonly Choices?: readonly { readonly Next?: string }[];
  readonly Catch?: readonly { readonly Next: string; readonly ErrorEquals: readonly string[] }[];
  readonly Branches?: readonly Flow[];
  readonly ItemProcessor?: Flow;
  readonly Iterator?: Flow;
}

/** The deployed state machines for their pages: states from the definition, executions from the AWS API. */
export function machineSource(context: LocalContext): MachineSource {
  // Histories are long, and a page of an execution that runs asks every second.
  const ended: EndedExecutions = new Map();
  return {
    list: async () =>
      (await machineStatus(context, { most: 1, ended })).map((each) => ({
        id: each.machine,
        name: each.machine,
        note: noteOf(each),
      })),
    view: async (id) => {
      const machine = deployedMachines(context).find(({ values }) => values.name === id);
      if (!machine) return undefined;
      const [status] = await machineStatus(context, { most: MOST_EXECUTIONS, machines: [machine], ended });
      return machineView(id, JSON.parse(String(machine.values.definition)) as Flow, status?.executions);
    },
  };
}

function noteOf({ executions }: MachineStatus): string {
  if (!executions) return 'the AWS API does not run';
  const [last] = executions;
  return last ? `last execution: ${STATUS[last.status]}` : 'not executed yet';
}

/** A state machine as its page shows it. Pure. */
export function machineView(name: string, definition: Flow, executions: readonly Execution[] | undefined): MachineView {
  const last = executions?.[0];
  const flat = statesOf(definition);
  // What the machine had when it was executed may have left its definition since.
  const gone = (last?.states ?? []).filter(({ state }) => !flat.some((each) => each.name === state));
  return {
    id: name,
    name,
    states: [
      ...flat.map(({ name: state, type, inside }) => stateView({ name: state, kind: type, inside }, last)),
      ...gone.map(({ state, kind }) => stateView({ name: state, kind }, last)),
    ],
    transitions: transitionsOf(definition),
    ...(executions && { executions: executions.map(executionView) }),
  };
}

interface FlatState {
  readonly name: string;
  readonly type: string;
  readonly inside?: string;
}

/** Every state, each container before what is inside it. */
function statesOf(flow: Flow, inside?: string): readonly FlatState[] {
  return Object.entries(flow.States ?? {}).flatMap(([name, state]) => [
    { name, type: state.Type, ...(inside === undefined ? {} : { inside }) },
    ...flowsIn(state).flatMap((inner) => statesOf(inner, name)),
  ]);
}

function flowsIn({ Branches = [], ItemProcessor, Iterator: iterator }: State): readonly Flow[] {
  return [...Branches, ItemProcessor, iterator].filter((flow) => flow !== undefined);
}

/** Between the states of the machine itself: one line from one to another, however many reasons there are. */
function transitionsOf({ States = {} }: Flow): readonly TransitionView[] {
  return Object.entries(States).flatMap(([from, state]) => {
    const onward = [state.Next, ...(state.Choices ?? []).map(({ Next }) => Next), state.Default].filter((to) => to !== undefined);
    const caught = (state.Catch ?? []).filter(({ Next }) => !onward.includes(Next));
    const targets = new Set(caught.map(({ Next }) => Next));
    return [
      ...[...new Set(onward)].map((to) => ({ from, to })),
      ...[...targets].map((to) => ({ from, to, caught: errorsOf(caught.filter(({ Next }) => Next === to)) })),
    ];
  });
}

function errorsOf(catchers: readonly { readonly ErrorEquals: readonly string[] }[]): string {
  const names = new Set(catchers.flatMap(({ ErrorEquals }) => ErrorEquals));
  return names.has('States.ALL') ? 'any error' : [...names].join(', ');
}

function stateView(state: Pick<MachineStateView, 'name' | 'kind' | 'inside'>, last: Execution | undefined): MachineStateView {
  const visits = last?.states.find((each) => each.state === state.name);
  if (!last || !visits) return { ...state, status: 'never', entered: 0, failed: 0 };
  const { entered, exited, seconds } = visits;
  const status = statusOf(visits, last);
  return {
    ...state,
    status,
    entered,
    failed: status === 'running' ? 0 : entered - exited,
    ...(seconds === undefined ? {} : { durationMs: seconds * 1000 }),
  };
}

/** A state that was tried again, and then came to its end, has done its work. */
function statusOf({ kind, entered, exited }: StateVisits, { status }: Execution): MachineStateStatus {
  if (kind === 'Fail') return 'failed';
  if (STATUS[status] === 'running') return entered > exited ? 'running' : 'success';
  if (exited > 0) return 'success';
  return STATUS[status] === 'success' ? 'failed' : (STATUS[status] ?? 'failed');
}

function executionView(execution: Execution): ExecutionView {
  const { name, status, startedAt, seconds, states, error, cause } = execution;
  const reason = [error, cause].filter(Boolean).join(': ');
  return {
    id: name,
    status: STATUS[status] ?? 'failed',
    startedAt,
    durationMs: seconds * 1000,
    path: shortPath(states),
    ...(reason === '' ? {} : { reason }),
    states: Object.fromEntries(states.map((each) => [each.state, statusOf(each, execution)])),
  };
}
