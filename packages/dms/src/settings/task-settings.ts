import { z } from 'zod';
import { invalid } from '../errors';
import { parse, parseJson } from './parse';

/** Settings of a task that have an effect here, complete. */
export interface TaskSettings {
  /** Schema in the target instead of that of the source. */
  readonly targetSchema?: string;
  /** False: columns of large objects are left out. */
  readonly supportLobs: boolean;
  /** Kilobytes at which a large object is cut off. */
  readonly lobMaxSize: number;
  /** Whether a large object that is larger ends the task instead. */
  readonly refuseCut: boolean;
  /** Whether the folders of the tables are emptied before a full load. */
  readonly emptyBeforeLoad: boolean;
  readonly stopAfterLoad: boolean;
  readonly applyDrop: boolean;
  readonly applyTruncate: boolean;
  /** Times that a recoverable error is tried again; -1 for ever. */
  readonly recoverableErrorCount: number;
  /** Seconds before it is tried again. */
  readonly recoverableErrorInterval: number;
  readonly recoverableErrorThrottling: boolean;
  /** The most seconds between two tries. */
  readonly recoverableErrorThrottlingMax: number;
}

const group = z.looseObject({}).nullish();
const schema = z.looseObject({
  TargetMetadata: z
    .looseObject({
      TargetSchema: z.string().optional(),
      SupportLobs: z.boolean().optional(),
      FullLobMode: z.boolean().optional(),
      LobMaxSize: z.number().int().nonnegative().optional(),
      BatchApplyEnabled: z.boolean().optional(),
    })
    .nullish(),
  FullLoadSettings: z
    .looseObject({
      TargetTablePrepMode: z.enum(['DO_NOTHING', 'DROP_AND_CREATE', 'TRUNCATE_BEFORE_LOAD']).optional(),
      StopTaskCachedChangesApplied: z.boolean().optional(),
      StopTaskCachedChangesNotApplied: z.boolean().optional(),
    })
    .nullish(),
  ChangeProcessingDdlHandlingPolicy: z
    .looseObject({
      HandleSourceTableDropped: z.boolean().optional(),
      HandleSourceTableTruncated: z.boolean().optional(),
      HandleSourceTableAltered: z.boolean().optional(),
    })
    .nullish(),
  ErrorBehavior: z
    .looseObject({
      DataTruncationErrorPolicy: z.enum(['LOG_ERROR', 'IGNORE_RECORD', 'STOP_TASK']).optional(),
      RecoverableErrorCount: z.number().int().min(-1).optional(),
      RecoverableErrorInterval: z.number().int().nonnegative().optional(),
      RecoverableErrorThrottling: z.boolean().optional(),
      RecoverableErrorThrottlingMax: z.number().int().nonnegative().optional(),
    })
    .nullish(),
  ValidationSettings: group,
  TTSettings: group,
  ControlTablesSettings: group,
});
type Given = z.output<typeof schema>;

/** What would change the outcome and is not supported. Everything else that is given has no effect here: see docs/reference/dms.md. */
const REFUSED: readonly (readonly [name: string, asked: (given: Given) => unknown, reason: string])[] = [
  ['TargetMetadata.FullLobMode', (s) => s.TargetMetadata?.FullLobMode, 'an S3 target has limited LOB mode only; set LobMaxSize'],
  ['TargetMetadata.BatchApplyEnabled', (s) => s.TargetMetadata?.BatchApplyEnabled, 'the service does not support it for S3'],
  [
    'ChangeProcessingDdlHandlingPolicy.HandleSourceTableAltered = false',
    (s) => s.ChangeProcessingDdlHandlingPolicy?.HandleSourceTableAltered === false,
    'rows are written with the columns that they had at the source',
  ],
  [
    'FullLoadSettings.StopTaskCachedChangesApplied',
    (s) => s.FullLoadSettings?.StopTaskCachedChangesApplied,
    'changes are not cached beside a load; take StopTaskCachedChangesNotApplied, or stop the task',
  ],
  ['ValidationSettings.EnableValidation', (s) => s.ValidationSettings?.['EnableValidation'], 'rows are not validated'],
  ['TTSettings.EnableTT', (s) => s.TTSettings?.['EnableTT'], 'there is no time travel'],
  ['BeforeImageSettings', (s) => s['BeforeImageSettings'], 'images before the change are not written'],
  ['CharacterSetSettings', (s) => s['CharacterSetSettings'], 'characters are not substituted'],
  ['LoopbackPreventionSettings', (s) => s['LoopbackPreventionSettings'], 'a bucket is no source'],
  ['PostProcessingRules', (s) => s['PostProcessingRules'], 'there are none'],
  ...['StatusTableEnabled', 'SuspendedTablesTableEnabled', 'HistoryTableEnabled', 'FullLoadExceptionTableEnabled'].map(
    (name) =>
      [`ControlTablesSettings.${name}`, (s: Given) => s.ControlTablesSettings?.[name], 'control tables are not written'] as const,
  ),
];

/**
 * Reads the settings of a task, with the defaults of the service.
 *
 * Source: AWS DMS User Guide, "Specifying task settings for AWS Database Migration Service tasks" and its pages "Target metadata task
 * settings", "Full-load task settings", "Task settings for change processing DDL handling", "Error handling task settings".
 *
 * @throws Fault InvalidParameterValueException for what is wrong, or matters and is not supported
 */
export function readTaskSettings(text: string | undefined): TaskSettings {
  const given = parse(schema, text ? parseJson(text, 'ReplicationTaskSettings') : {}, 'ReplicationTaskSettings');
  for (const [name, asked, reason] of REFUSED)
    if (asked(given)) throw invalid(`ReplicationTaskSettings: ${name} is not supported: ${reason}`);
  const { TargetMetadata: target, FullLoadSettings: load, ChangeProcessingDdlHandlingPolicy: ddl, ErrorBehavior: errors } = given;
  return {
    targetSchema: target?.TargetSchema || undefined,
    supportLobs: target?.SupportLobs ?? true,
    lobMaxSize: target?.LobMaxSize || 32,
    refuseCut: errors?.DataTruncationErrorPolicy === 'STOP_TASK',
    emptyBeforeLoad: (load?.TargetTablePrepMode ?? 'DROP_AND_CREATE') !== 'DO_NOTHING',
    stopAfterLoad: load?.StopTaskCachedChangesNotApplied ?? false,
    applyDrop: ddl?.HandleSourceTableDropped ?? true,
    applyTruncate: ddl?.HandleSourceTableTruncated ?? true,
    recoverableErrorCount: errors?.RecoverableErrorCount ?? -1,
    recoverableErrorInterval: errors?.RecoverableErrorInterval ?? 5,
    recoverableErrorThrottling: errors?.RecoverableErrorThrottling ?? true,
    recoverableErrorThrottlingMax: errors?.RecoverableErrorThrottlingMax ?? 1800,
  };
}
