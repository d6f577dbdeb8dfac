/** As `GetJobRun` names them. */
export type JobRunState = 'STARTING' | 'RUNNING' | 'STOPPING' | 'STOPPED' | 'SUCCEEDED' | 'FAILED' | 'TIMEOUT' | 'ERROR';

/** One attempt of a job: times are milliseconds since 1970. */
export interface JobRun {
  /** `jr_` and 64 hex digits; later attempts add `_attempt_N`. */
  readonly id: string;
  readonly job: string;
  /** 0 for the first. */
  readonly attempt: number;
  readonly previousRunId?: string;
  readonly state: JobRunState;
  readonly arguments: Readonly<Record<string, string>>;
  readonly startedOn: number;
  readonly completedOn?: number;
  /** Why it did not succeed: the last line of the script's own error. */
  readonly error?: string;
}

export function hasEnded({ state }: Pick<JobRun, 'state'>): boolean {
  return !['STARTING', 'RUNNING', 'STOPPING'].includes(state);
}
