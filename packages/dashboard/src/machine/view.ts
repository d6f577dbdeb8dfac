/** How a state stands in an execution. */
export type MachineStateStatus = 'never' | 'running' | 'success' | 'failed' | 'timedout' | 'canceled';

/** How an execution stands; the words are those of Step Functions, as a reader has them. */
export type ExecutionStatus = 'running' | 'success' | 'failed' | 'timedout' | 'canceled';

/** A state of a machine with what the last execution did of it. */
export interface MachineStateView {
  readonly name: string;
  /** Task, Choice, Map ... */
  readonly kind: string;
  /** The Map or Parallel that it is part of. */
  readonly inside?: string;
  readonly status: MachineStateStatus;
  readonly entered: number;
  /** Times that it was entered and failed. */
  readonly failed: number;
  readonly durationMs?: number;
}

/** A way from one state of the machine to another. */
export interface TransitionView {
  readonly from: string;
  readonly to: string;
  /** What makes it go that way, where that is an error. */
  readonly caught?: string;
}

/** One execution. */
export interface ExecutionView {
  readonly id: string;
  readonly status: ExecutionStatus;
  /** ISO time. */
  readonly startedAt: string;
  readonly durationMs: number;
  /** What is repeated told once, with its count. */
  readonly path: readonly string[];
  /** Name of the error, and its cause. */
  readonly reason?: string;
  /** By state; one that was not entered is missing. */
  readonly states: Readonly<Record<string, MachineStateStatus>>;
}

/** A state machine with its last executions: all that its page shows. */
export interface MachineView {
  readonly id: string;
  readonly name: string;
  /** Each container before what is inside it. */
  readonly states: readonly MachineStateView[];
  readonly transitions: readonly TransitionView[];
  /** Latest first; none where they cannot be had. */
  readonly executions?: readonly ExecutionView[];
}
