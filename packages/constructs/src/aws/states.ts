import { LakewrightError } from '@lakewright/config';

/** A JSONata expression of a state machine: `{% $name %}`. */
export type Jsonata = `{% ${string} %}`;
/** Anything that may hold expressions. */
export type Template = Jsonata | string | number | boolean | null | readonly Template[] | { readonly [name: string]: Template };

/** What happens to an error by its name. */
export interface Catcher {
  readonly ErrorEquals: readonly string[];
  readonly Next: string;
  readonly Assign?: Readonly<Record<string, Template>>;
  readonly Output?: Template;
}

export interface Retrier {
  readonly ErrorEquals: readonly string[];
  readonly IntervalSeconds?: number;
  readonly MaxAttempts?: number;
  readonly BackoffRate?: number;
  readonly MaxDelaySeconds?: number;
  readonly JitterStrategy?: 'FULL' | 'NONE';
}

interface Common {
  readonly Comment?: string;
  readonly Assign?: Readonly<Record<string, Template>>;
  readonly Output?: Template;
}
/** Where a state goes: to another one, or out. */
type Onward = { readonly Next: string; readonly End?: never } | { readonly End: true; readonly Next?: never };
interface Guarded {
  readonly Retry?: readonly Retrier[];
  readonly Catch?: readonly Catcher[];
}

export type State =
  | (Common &
      Guarded &
      Onward & {
        readonly Type: 'Task';
        readonly Resource: string;
        readonly Arguments?: Template;
        readonly TimeoutSeconds?: number;
      })
  | (Common & Onward & { readonly Type: 'Pass' })
  | (Common & Onward & { readonly Type: 'Wait'; readonly Seconds: number })
  | (Common & {
      readonly Type: 'Choice';
      readonly Choices: readonly { readonly Condition: Jsonata; readonly Next: string }[];
      readonly Default: string;
    })
  | (Common & Guarded & Onward & { readonly Type: 'Parallel'; readonly Branches: readonly Flow[] })
  | (Common &
      Guarded &
      Onward & {
        readonly Type: 'Map';
        readonly Items: Template;
        readonly MaxConcurrency?: number;
        readonly ItemProcessor: Flow;
      })
  | { readonly Type: 'Succeed'; readonly Comment?: string; readonly Output?: Template }
  | { readonly Type: 'Fail'; readonly Comment?: string; readonly Error: string; readonly Cause: string };

/** States by name, and the first of them. */
export interface Flow {
  readonly StartAt: string;
  readonly States: Readonly<Record<string, State>>;
}

/** A state machine in the Amazon States Language with JSONata (docs: "Transforming data with JSONata in Step Functions"). */
export interface StateMachineDefinition extends Flow {
  readonly Comment: string;
  readonly QueryLanguage: 'JSONata';
  /** After which an execution fails with States.Timeout. */
  readonly TimeoutSeconds: number;
}

/**
 * Checks what Step Functions would refuse, and what it would accept and never reach: every name that is gone to exists in the same flow,
 * every state is reached, every flow ends, names are unique over all of it.
 *
 * @throws LakewrightError CONSTRUCT_STATES naming each fault
 */
export function validateDefinition(definition: Flow): void {
  const names = new Map<string, number>();
  const problems = problemsOf(definition, names, '');
  for (const [name, times] of names) if (times > 1) problems.push(`${name}: ${times} states of that name`);
  if (problems.length === 0) return;
  throw new LakewrightError('CONSTRUCT_STATES', `the state machine is not sound:\n  ${problems.join('\n  ')}`, {
    hint: 'every Next and Default must name a state of its own flow, and every state must be gone to',
  });
}

function problemsOf(flow: Flow, names: Map<string, number>, path: string): string[] {
  const problems: string[] = [];
  const reached = new Set([flow.StartAt]);
  let ends = false;
  for (const [name, state] of Object.entries(flow.States)) {
    names.set(name, (names.get(name) ?? 0) + 1);
    for (const next of nextOf(state)) {
      reached.add(next);
      if (!flow.States[next]) problems.push(`${path}${name}: goes to ${next}, which is not there`);
    }
    if (state.Type === 'Succeed' || state.Type === 'Fail' || ('End' in state && state.End)) ends = true;
    const inner = state.Type === 'Parallel' ? state.Branches : state.Type === 'Map' ? [state.ItemProcessor] : [];
    problems.push(...inner.flatMap((each) => problemsOf(each, names, `${path}${name}/`)));
  }
  if (!flow.States[flow.StartAt]) problems.push(`${path || 'the machine '}starts at ${flow.StartAt}, which is not there`);
  for (const name of Object.keys(flow.States)) if (!reached.has(name)) problems.push(`${path}${name}: nothing goes there`);
  if (!ends) problems.push(`${path || 'the machine '}never ends`);
  return problems;
}

function nextOf(state: State): string[] {
  const onward = 'Next' in state && state.Next ? [state.Next] : [];
  const caught = 'Catch' in state ? (state.Catch ?? []).map(({ Next }) => Next) : [];
  const chosen = state.Type === 'Choice' ? [...state.Choices.map(({ Next }) => Next), state.Default] : [];
  return [...onward, ...caught, ...chosen];
}
