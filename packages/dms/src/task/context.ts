import type { Connection } from 'mysql2';
import type { S3Settings } from '../settings/s3-settings';
import type { TableMappings } from '../settings/table-mappings';
import type { TaskSettings } from '../settings/task-settings';
import type { DecodeOptions } from '../source/decode';
import type { ColumnRules } from '../source/table-columns';
import { tableFolder } from '../target/names';
import type { ObjectStore } from '../target/object-store';
import type { TaskDocument } from './document';

/** What the parts of a running task share. */
export interface TaskContext {
  readonly task: TaskDocument;
  readonly mappings: TableMappings;
  readonly settings: TaskSettings;
  readonly target: S3Settings;
  readonly store: ObjectStore;
  readonly connect: () => Promise<Connection>;
  /** Writes the document of the task durably. */
  readonly save: () => void;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
  /** True as soon as the task shall end. */
  readonly stopping: () => boolean;
}

/** True when changes shall not be captured for the moment. */
export function interrupted({ stopping, task }: TaskContext): boolean {
  return stopping() || task.reload !== undefined;
}

/** The folder of a table in the bucket, with the names that it has there. */
export function folderOf({ mappings, settings, target }: TaskContext, schema: string, table: string): string {
  const targetSchema = settings.targetSchema ?? mappings.targetSchema(schema);
  return tableFolder(target.bucketFolder, targetSchema, mappings.targetTable(schema, table));
}

/** What becomes of the columns of a table. */
export function rulesOf({ mappings, settings }: TaskContext, schema: string, table: string): ColumnRules {
  return { rename: (column) => mappings.targetColumn(schema, table, column), largeObjects: settings.supportLobs };
}

export function decodingOf({ settings, target }: TaskContext): DecodeOptions {
  return { milliseconds: target.milliseconds, largestObject: settings.lobMaxSize * 1024, refuseCut: settings.refuseCut };
}
