import type { Connection } from 'mysql2';
import { timestampText } from '../columns/calendar';
import { textAppender } from '../columns/from-text';
import { describeTable, openSnapshot, quote, type SourceTable, tablesOf } from '../source/catalog';
import { eachValue, queryRows } from '../source/query-rows';
import { keep } from '../source/table-columns';
import { loadFileName } from '../target/names';
import { encodeParquet } from '../target/parquet';
import { TableBatch } from '../target/table-batch';
import { decodingOf, folderOf, rulesOf, type TaskContext } from './context';
import { tableState } from './document';

/** A file is held in memory until it is written: it is never larger than this, whatever MaxFileSize says. */
const LARGEST_FILE = 32 * 1024 * 1024;

/**
 * Loads all tables as they are at one moment, which `snapshot` of the task names. A load that was interrupted begins again: its moment is
 * gone with its connection.
 *
 * @returns false when the task was stopped meanwhile
 */
export async function fullLoad(context: TaskContext): Promise<boolean> {
  const { task } = context;
  const connection = await context.connect();
  try {
    const snapshot = await openSnapshot(connection);
    const tables = await selectedTables(connection, context);
    Object.assign(task, { load: 'loading', snapshot, loadStarted: context.clock(), checkpoint: undefined, plan: undefined });
    await prepare(context, tables);
    context.save();
    for (const table of tables) {
      if (context.stopping()) return false;
      await loadTable(connection, context, table);
      context.save();
    }
    Object.assign(task, { load: 'done', loadEnded: context.clock(), checkpoint: snapshot });
    context.save();
    return true;
  } finally {
    connection.destroy();
  }
}

/**
 * Loads some tables again, as of a moment behind the checkpoint: the changes between the two come after the load once more, and end in
 * the same rows. Begun again when it is interrupted.
 *
 * Source: AWS DMS API Reference, "ReloadTables".
 */
export async function reloadTables(context: TaskContext): Promise<void> {
  const { task, store } = context;
  const connection = await context.connect();
  try {
    await openSnapshot(connection);
    for (const { schema, table } of task.reload ?? []) {
      await store.remove(await store.list(folderOf(context, schema, table)));
      await loadTable(connection, context, await described(connection, context, schema, table));
      if (context.stopping()) return;
    }
    task.reload = undefined;
    context.save();
  } finally {
    connection.destroy();
  }
}

async function described(connection: Connection, context: TaskContext, schema: string, table: string): Promise<SourceTable> {
  const rules = rulesOf(context, schema, table);
  return describeTable(connection, schema, table, (column) => rules.rename(column) !== undefined);
}

async function selectedTables(connection: Connection, context: TaskContext): Promise<SourceTable[]> {
  const tables: SourceTable[] = [];
  for (const { schema, table } of await tablesOf(connection))
    if (context.mappings.selects(schema, table)) tables.push(await described(connection, context, schema, table));
  return tables;
}

/** Empties the folders of the tables; with DO_NOTHING only files of an earlier load go, which have the names of the new ones. */
async function prepare(context: TaskContext, tables: readonly SourceTable[]): Promise<void> {
  const { settings, store, task } = context;
  task.tables = {};
  for (const { schema, table } of tables) {
    tableState(task, schema, table);
    const folder = folderOf(context, schema, table);
    const keys = await store.list(folder);
    await store.remove(settings.emptyBeforeLoad ? keys : keys.filter((key) => key.startsWith(`${folder}LOAD`)));
  }
}

async function loadTable(connection: Connection, context: TaskContext, table: SourceTable): Promise<void> {
  const state = tableState(context.task, table.schema, table.table);
  Object.assign(state, { state: 'Full load', fullLoadStarted: context.clock(), updated: context.clock() });
  const load = new TableLoad(context, table);
  const stream = queryRows(connection, load.sql, (source, at) => {
    load.take(source, at);
    if (load.full) stream.pause();
  });
  let ended = false;
  const end = stream.ended.finally(() => {
    ended = true;
  });
  end.catch(() => undefined);
  // What is full is written while the connection waits.
  while (!ended) {
    await Promise.race([end, load.whenFull()]);
    if (load.full) {
      await load.write();
      state.fullLoadRows = load.rows;
      if (context.stopping()) return;
    }
    stream.resume();
  }
  await load.write();
  Object.assign(state, {
    state: 'Table completed',
    fullLoadRows: load.rows,
    fullLoadEnded: context.clock(),
    updated: context.clock(),
  });
}

/** Rows of one table on their way into files. */
class TableLoad {
  readonly sql: string;
  rows = 0;
  private readonly columns: ReturnType<typeof columnsOf>;
  private readonly folder: string;
  private readonly most: number;
  private batch!: TableBatch;
  private appenders: readonly ReturnType<typeof textAppender>[] = [];
  private time = Buffer.alloc(0);
  private files = 0;
  private wake?: () => void;
  full = false;

  constructor(
    private readonly context: TaskContext,
    private readonly table: SourceTable,
  ) {
    this.columns = columnsOf(context, table);
    this.folder = folderOf(context, table.schema, table.table);
    this.most = Math.min(context.target.maxFileSize * 1024, LARGEST_FILE);
    const expressions = this.columns.map(({ expression }) => expression).join(', ') || 'NULL';
    this.sql = `SELECT ${expressions} FROM ${quote(table.schema)}.${quote(table.table)}`;
    this.begin();
  }

  take(source: Buffer, at: number): void {
    const { batch } = this;
    batch.add('I', this.time);
    eachValue(source, at, this.columns.length, (index, start, end) => {
      if (start < 0) batch.builders[index]!.appendNull();
      else this.appenders[index]!(source, start, end);
    });
    this.rows += 1;
    // Counting the bytes costs as much as a small row.
    if ((this.rows & 255) === 0 && batch.bytes >= this.most) {
      this.full = true;
      this.wake?.();
    }
  }

  whenFull(): Promise<void> {
    return new Promise((resolve) => {
      this.wake = resolve;
      if (this.full) resolve();
    });
  }

  /** Writes what there is. A table without rows has no file ("Using Amazon S3 as a target"). */
  async write(): Promise<void> {
    const { batch } = this;
    if (batch.rows === 0) return;
    this.begin();
    this.files += 1;
    await this.context.store.put(this.folder + loadFileName(this.files), encodeParquet(batch, this.context.target));
  }

  private begin(): void {
    const { target, clock, task } = this.context;
    this.full = false;
    this.batch = new TableBatch(
      this.columns.map(({ kept }) => kept),
      {
        operation: target.includeOpForFullLoad,
        timestampColumn: target.timestampColumnName,
        sequenceColumn: this.context.mappings.sequenceColumn(this.table.schema, this.table.table),
        milliseconds: target.milliseconds,
      },
    );
    const decoding = decodingOf(this.context);
    this.appenders = this.columns.map(({ kept, single }, index) =>
      textAppender(kept, this.batch.builders[index]!, { ...decoding, single }),
    );
    this.time = Buffer.from(timestampText(target.useTaskStartTime ? (task.started ?? clock()) : clock()));
  }
}

function columnsOf(context: TaskContext, { schema, table, columns }: SourceTable) {
  const rules = rulesOf(context, schema, table);
  return columns.flatMap(({ expression, single = false, ...column }) => {
    const kept = keep(column, rules);
    return kept ? [{ kept, expression, single }] : [];
  });
}
