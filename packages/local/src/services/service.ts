/** Each after those that it needs. */
export const SERVICE_NAMES = ['ministack', 'sail', 'web', 'mysql', 'postgresql', 'dms', 'glue', 'athena'] as const;
export type ServiceName = (typeof SERVICE_NAMES)[number];

/** What a long-lived process of the local plane is: how it is started and how one tells that it is well. */
export interface ServiceDefinition {
  readonly name: string;
  /** What it does, for `status`. */
  readonly title: string;
  /** TCP port on 127.0.0.1. */
  readonly port: number;
  /** Where to reach it, for people. */
  readonly address: string;
  /**
   * Starts it detached with both outputs appended to `logFile`; returns its process id at once.
   * The process must lead a group of its own, so that its children end with it.
   */
  start(logFile: string): Promise<number>;
  /** Resolves to true when it answers as it should. Called often: must not take longer than a second. */
  healthy(): Promise<boolean>;
  /** Milliseconds from start to healthy after which the start has failed. */
  readonly startTimeoutMs: number;
  /** Milliseconds given to one that is alive but does not answer, before it is started again: it may only be busy. */
  readonly patienceMs: number;
  /** What ends it in order. @default SIGTERM */
  readonly stopSignal?: NodeJS.Signals;
  /** Milliseconds between that signal and SIGKILL. */
  readonly stopTimeoutMs: number;
  /** Names of services that it uses: started before it where they are started together, and stopped after it. */
  readonly after?: readonly ServiceName[];
  /** Looked at before a start: how the last run ended, if it was not stopped cleanly. */
  uncleanStop?(): UncleanStop | undefined;
}

/** A service that was killed, or died: what that may have cost. */
export interface UncleanStop {
  readonly service: string;
  /** One line for the user. */
  readonly notice: string;
  /** ISO time after which acknowledged writes may be lost; S3 loses none. */
  readonly lostAfter?: string;
}

/** One service as `status` shows it. */
export interface ServiceStatus {
  readonly name: string;
  readonly title: string;
  readonly state: 'running' | 'unhealthy' | 'stopped' | 'dead';
  readonly port: number;
  readonly address: string;
  readonly pid?: number;
  /** ISO time of the start. */
  readonly startedAt?: string;
  readonly logFile: string;
}

/** What `ensureServices` did. */
export interface EnsureResult {
  readonly services: readonly (ServiceStatus & { readonly action: 'started' | 'restarted' | 'kept' })[];
  /** Services found killed or dead, and started again. */
  readonly uncleanStops: readonly UncleanStop[];
  /** Lines to show the user, e.g. after an unclean stop. */
  readonly notices: readonly string[];
}
