import { timestampText } from '../columns/calendar';
import type { ChangeSink, RowsEvent } from '../source/change-reader';
import { isBehind, type Position } from '../source/event';
import type { Statement } from '../source/statement';
import { changeFileName, nextFileTime } from '../target/names';
import { encodeParquet } from '../target/parquet';
import type { TableBatch } from '../target/table-batch';
import { ChangeSequence } from './change-sequence';
import { decodingOf, folderOf, rulesOf, type TaskContext } from './context';
import { tableState } from './document';
import { readStop } from './stop-position';
import { TableChanges } from './table-changes';

/** Bytes that wait at most, of all tables together; a transaction that is larger is cut into several files. */
const MOST_BYTES = 64 * 1024 * 1024;
/** Bytes of the log after which the size of what waits is looked at again: it is a sum over all columns. */
const CHECK_BYTES = 256 * 1024;
/** A position without changes is written down this often. */
const IDLE_MS = 1_000;

/** Gathers changes, and writes them into files of one table each, whenever one is due. */
export class ChangeApplier implements ChangeSink {
  private readonly tables = new Map<string, TableChanges | undefined>();
  private time = Buffer.alloc(0);
  private seconds = 0;
  private position: Position;
  private readonly sequence: ChangeSequence;
  /** When the oldest change that waits was read. */
  private since?: number;
  private saved: number;
  /** Whether part of a transaction has been written whose end has not been read. */
  private cut = false;
  private flushing?: Promise<void>;
  private readSinceCheck = 0;
  private large = false;
  private readonly fileSize: number;
  /** Whether there is room again; set by the reader of the log. */
  onFree: () => void = () => undefined;
  onError: (error: unknown) => void = () => undefined;
  /** True when the stop position of the task has been reached. */
  reachedStop = false;
  private closed = false;
  private readonly stop;

  constructor(private readonly context: TaskContext) {
    this.position = context.task.checkpoint!;
    this.sequence = new ChangeSequence(context.task.sequence ?? { seconds: 0, number: 0 });
    this.saved = context.clock();
    this.fileSize = context.target.cdcMinFileSize * 1024;
    this.stop = readStop(context.task.cdcStopPosition);
  }

  /** Whether nothing can be taken at the moment. */
  get blocked(): boolean {
    return this.writing || this.reachedStop;
  }

  /** Whether files are being written. */
  get writing(): boolean {
    return this.flushing !== undefined;
  }

  /** Writes no more from now on. */
  close(): void {
    this.closed = true;
  }

  begin(committed: number): void {
    this.sequence.begin(committed);
    if (committed !== this.seconds) {
      this.seconds = committed;
      this.time = Buffer.from(timestampText(committed * 1000));
    }
  }

  rows(rows: RowsEvent): void {
    const { schema, table } = rows.map;
    const changes = this.changesOf(schema, table);
    if (!changes) return;
    this.since ??= this.context.clock();
    changes.append(rows, this.time, this.sequence);
    this.readSinceCheck += rows.end - rows.start;
    if (this.readSinceCheck < CHECK_BYTES) return;
    this.readSinceCheck = 0;
    this.large = this.isLarge();
    if (this.bytes() > MOST_BYTES) this.cutTransaction();
  }

  commit(position: Position): void {
    this.position = position;
    if (this.passesStop()) return;
    if (this.context.task.plan) this.finishPlan();
    else if (this.large || (this.readSinceCheck >= this.fileSize && this.isLarge())) this.begun(this.flush());
  }

  /** Whether a file has become large enough to be written. */
  private isLarge(): boolean {
    for (const changes of this.tables.values()) if (changes && changes.fileBytes >= this.fileSize) return true;
    return false;
  }

  statement(statement: Statement, position: Position): void {
    const { settings, task, mappings } = this.context;
    const selected = statement.tables.filter(({ schema, table }) => mappings.selects(schema, table));
    for (const { schema, table } of selected) tableState(task, schema, table).ddls += 1;
    const empties =
      (statement.kind === 'truncate' && settings.applyTruncate) || (statement.kind === 'drop' && settings.applyDrop);
    if (!empties || selected.length === 0) {
      this.commit(position);
      return;
    }
    // What was before the statement is written first, then all files of the table go.
    this.begun(
      this.flush().then(async () => {
        for (const { schema, table } of selected)
          await this.context.store.remove(await this.context.store.list(folderOf(this.context, schema, table)));
        this.position = position;
        this.checkpoint();
      }),
    );
  }

  idle(position: Position): void {
    if (this.stop?.atServerTime !== undefined && this.context.clock() >= this.stop.atServerTime) this.reachedStop = true;
    // The place of a heartbeat may be before that of an event that was left out.
    if (isBehind(position, this.position)) this.position = position;
    if (this.context.task.plan && !isBehind(this.context.task.plan.to, position)) this.finishPlan();
  }

  /** Writes what waits when its time has come. Call it between transactions. */
  flushWhenDue(): void {
    if (this.flushing || this.context.task.plan) return;
    const now = this.context.clock();
    if (this.since !== undefined) {
      if (now - this.since >= this.context.target.cdcMaxBatchInterval * 1000) this.begun(this.flush());
    } else if (now - this.saved >= IDLE_MS && isBehind(this.position, this.context.task.checkpoint!)) this.checkpoint();
  }

  /** Writes all that waits and notes how far the log has been read. Only between transactions. */
  async flush(): Promise<void> {
    const { task } = this.context;
    const files = this.take();
    this.since = undefined;
    const position = this.position;
    const seconds = this.seconds;
    const sequence = this.sequence.state;
    if (files.length > 0) {
      // With the names noted first, a process that is killed here writes the same files again instead of more. What was cut has been
      // written under names of before: names must ascend, so the rest gets new ones.
      const planned = task.plan && samePlace(task.plan.to, position) ? task.plan.time : undefined;
      const time = planned ?? nextFileTime(this.context.clock(), task.lastFile);
      task.plan = this.cut ? undefined : { to: position, time };
      task.lastFile = Math.max(task.lastFile, time + Math.max(...files.map(({ batches }) => batches.length)) - 1);
      this.context.save();
      await this.write(files, time);
      task.checkpointTime = seconds;
    }
    this.checkpoint(position, sequence);
  }

  private checkpoint(position = this.position, sequence = this.sequence.state): void {
    if (this.closed) return;
    const { task } = this.context;
    task.checkpoint = position;
    task.sequence = sequence;
    task.plan = undefined;
    task.failure = undefined;
    this.cut = false;
    this.saved = this.context.clock();
    this.context.save();
  }

  /** The names of what is written next do not matter any more when another cut came between: all of it comes again, in order. */
  private cutTransaction(): void {
    const { task } = this.context;
    this.cut = true;
    task.plan = undefined;
    const files = this.take();
    const time = nextFileTime(this.context.clock(), task.lastFile);
    task.lastFile = time + Math.max(...files.map(({ batches }) => batches.length)) - 1;
    this.context.save();
    this.begun(this.write(files, time));
  }

  /** Files that were planned before the process ended are complete as soon as the same place is reached. */
  private finishPlan(): void {
    const { plan } = this.context.task;
    if (plan && !isBehind(plan.to, this.position)) this.begun(this.flush());
  }

  private passesStop(): boolean {
    if (this.stop?.afterCommit === undefined || this.seconds * 1000 < this.stop.afterCommit) return false;
    this.reachedStop = true;
    return true;
  }

  /** Takes nothing until something is done. */
  private begun(work: Promise<void>): void {
    this.flushing = work.then(
      () => {
        this.flushing = undefined;
        this.onFree();
      },
      (error) => this.onError(error),
    );
  }

  private take(): TableFiles[] {
    this.large = false;
    this.readSinceCheck = 0;
    const files: TableFiles[] = [];
    for (const [name, changes] of this.tables) {
      const batches = changes?.take() ?? [];
      if (batches.length > 0) files.push({ name, batches });
    }
    return files;
  }

  private async write(files: readonly TableFiles[], time: number): Promise<void> {
    for (const { name, batches } of files) {
      const [schema, table] = JSON.parse(name) as [string, string];
      const state = tableState(this.context.task, schema, table);
      for (const [index, batch] of batches.entries()) {
        if (this.closed) return;
        const key = folderOf(this.context, schema, table) + changeFileName(time + index);
        await this.context.store.put(key, encodeParquet(batch, this.context.target));
        state.inserts += batch.counts.inserts;
        state.updates += batch.counts.updates;
        state.deletes += batch.counts.deletes;
        state.updated = this.context.clock();
      }
    }
  }

  private bytes(): number {
    let bytes = 0;
    for (const changes of this.tables.values()) bytes += changes?.bytes ?? 0;
    return bytes;
  }

  /** Undefined for a table that is not selected. */
  private changesOf(schema: string, table: string): TableChanges | undefined {
    const name = JSON.stringify([schema, table]);
    if (this.tables.has(name)) return this.tables.get(name);
    const { mappings, target } = this.context;
    const changes = mappings.selects(schema, table)
      ? new TableChanges(
          rulesOf(this.context, schema, table),
          {
            // "Indicating source DB operations in migrated S3 data": without Op only where there is nothing but inserts and none before.
            operation: target.includeOpForFullLoad || !(target.insertsOnly || target.insertsAndUpdates),
            timestampColumn: target.timestampColumnName,
            sequenceColumn: mappings.sequenceColumn(schema, table),
            milliseconds: target.milliseconds,
          },
          target,
          decodingOf(this.context),
        )
      : undefined;
    this.tables.set(name, changes);
    return changes;
  }
}

interface TableFiles {
  readonly name: string;
  readonly batches: readonly TableBatch[];
}

function samePlace(one: Position, other: Position): boolean {
  return one.file === other.file && one.offset === other.offset;
}
