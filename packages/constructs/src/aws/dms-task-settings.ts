import { LakewrightError } from '@lakewright/config';

/** What a task may choose; the rest is decided below. */
export interface DmsTaskSettings {
  /** Tables that are loaded at once (1 to 49). @default 8, the service's own */
  readonly fullLoadSubTasks?: number;
  /** Kilobytes of a large object (TEXT, BLOB, JSON) that are taken; what is longer is cut off. @default 1024 */
  readonly lobMaxKb?: number;
  /** How much the task's log tells. @default 'default' */
  readonly logSeverity?: 'default' | 'debug' | 'detailed-debug';
}

const SEVERITY = {
  default: 'LOGGER_SEVERITY_DEFAULT',
  debug: 'LOGGER_SEVERITY_DEBUG',
  'detailed-debug': 'LOGGER_SEVERITY_DETAILED_DEBUG',
} as const;

/** Components whose lines tell where a task stands. */
const COMPONENTS = ['SOURCE_UNLOAD', 'SOURCE_CAPTURE', 'TARGET_LOAD', 'TARGET_APPLY', 'TASK_MANAGER'] as const;

/**
 * The settings of a task whose target is files in S3, as DMS takes them (DMS User Guide, "Specifying task settings for AWS DMS tasks").
 * Sections that are left out stay at the service's own values; the provider compares only what is said here. Always the same text.
 *
 * @throws LakewrightError CONSTRUCT_DMS_TASK_SETTINGS naming the setting, its range and the value
 */
export function dmsTaskSettingsJson(settings: DmsTaskSettings = {}): string {
  const { fullLoadSubTasks = 8, lobMaxKb = 1024, logSeverity = 'default' } = settings;
  validateRange('fullLoadSubTasks', fullLoadSubTasks, 49);
  // The User Guide: over 100 MB a task should use another mode.
  validateRange('lobMaxKb', lobMaxKb, 102_400);
  return JSON.stringify({
    TargetMetadata: {
      SupportLobs: true,
      FullLobMode: false,
      LimitedSizeLobMode: true,
      LobMaxSize: lobMaxKb,
      // One by one: changes of a row keep their order.
      BatchApplyEnabled: false,
    },
    FullLoadSettings: {
      // What was written stays: whoever reads bronze tells old from new by the commit timestamp.
      TargetTablePrepMode: 'DO_NOTHING',
      MaxFullLoadSubTasks: fullLoadSubTasks,
      TransactionConsistencyTimeout: 600,
      CommitRate: 10_000,
      // It goes on with the changes by itself.
      StopTaskCachedChangesApplied: false,
      StopTaskCachedChangesNotApplied: false,
    },
    Logging: {
      EnableLogging: true,
      LogComponents: COMPONENTS.map((Id) => ({ Id, Severity: SEVERITY[logSeverity] })),
    },
    ErrorBehavior: {
      // A row that cannot be written stops the task, which rings: with the service's own LOG_ERROR it would be missing silently.
      DataErrorPolicy: 'STOP_TASK',
      DataTruncationErrorPolicy: 'STOP_TASK',
      TableErrorPolicy: 'STOP_TASK',
      // A connection that breaks is tried again without end.
      RecoverableErrorCount: -1,
      RecoverableErrorInterval: 5,
      RecoverableErrorThrottling: true,
      RecoverableErrorThrottlingMax: 1800,
      FullLoadIgnoreConflicts: true,
    },
    ChangeProcessingDdlHandlingPolicy: {
      // On S3 both would delete the table's files (User Guide, "Limitations to using Amazon S3 as a target").
      HandleSourceTableDropped: false,
      HandleSourceTableTruncated: false,
      // A column that is added comes along.
      HandleSourceTableAltered: true,
    },
    // Validation compares with a database; files it cannot read.
    ValidationSettings: { EnableValidation: false },
    BeforeImageSettings: null,
  });
}

function validateRange(name: string, value: number, most: number): void {
  if (Number.isInteger(value) && value >= 1 && value <= most) return;
  throw new LakewrightError('CONSTRUCT_DMS_TASK_SETTINGS', `${name}: must be a whole number from 1 to ${most} (got ${value})`, {
    hint: `leave ${name} out for its default`,
  });
}
