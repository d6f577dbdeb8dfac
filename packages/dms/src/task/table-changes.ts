import { type Column, sameColumns } from '../columns/column';
import type { RowsEvent } from '../source/change-reader';
import type { DecodeOptions } from '../source/decode';
import { RowImage } from '../source/row-image';
import { type ColumnRules, columnsOf } from '../source/table-columns';
import type { TableMap } from '../source/table-map';
import { type Frame, TableBatch } from '../target/table-batch';
import type { ChangeSequence } from './change-sequence';

/** Which operations are written. */
export interface OperationFilter {
  readonly insertsOnly: boolean;
  readonly insertsAndUpdates: boolean;
}

/** Changes of one table that are not in a file yet. */
export class TableChanges {
  private readonly closed: TableBatch[] = [];
  private batch?: TableBatch;
  private image?: RowImage;
  private columns: readonly Column[] = [];
  private map?: TableMap;

  constructor(
    private readonly rules: ColumnRules,
    private readonly frame: Frame,
    private readonly filter: OperationFilter,
    private readonly decoding: DecodeOptions,
  ) {}

  /** Appends the rows of an event. @param time text of the commit time @param sequence gives each row its place */
  append({ kind, map, source, start, end }: RowsEvent, time: Buffer, sequence: ChangeSequence): void {
    const batch = this.batchOf(map);
    const image = this.image!;
    const { insertsOnly, insertsAndUpdates } = this.filter;
    let at = start;
    while (at < end) {
      if (kind === 'insert') {
        batch.add('I', time, sequence);
        at = image.append(source, at);
        batch.counts.inserts += 1;
      } else if (kind === 'delete') {
        if (insertsOnly || insertsAndUpdates) at = image.skip(source, at);
        else {
          batch.add('D', time, sequence);
          at = image.append(source, at);
        }
        batch.counts.deletes += 1;
      } else {
        const after = image.skip(source, at);
        if (insertsOnly) at = image.skip(source, after);
        // The row with the old key would stay for ever: the documentation is silent here, see docs/reference/dms.md.
        else if (!insertsAndUpdates && image.keyDiffers(source, at, after)) {
          batch.add('D', time, sequence);
          image.append(source, at);
          batch.add('I', time, sequence);
          at = image.append(source, after);
        } else {
          batch.add('U', time, sequence);
          at = image.append(source, after);
        }
        batch.counts.updates += 1;
      }
    }
  }

  /** Bytes of all that waits. */
  get bytes(): number {
    return this.closed.reduce((sum, batch) => sum + batch.bytes, this.batch?.bytes ?? 0);
  }

  /** Bytes of the file that grows. */
  get fileBytes(): number {
    return this.batch?.bytes ?? 0;
  }

  /** What waits, in order; nothing waits any more afterwards. */
  take(): TableBatch[] {
    const taken = [...this.closed, ...(this.batch ? [this.batch] : [])].filter(({ rows }) => rows > 0);
    this.closed.length = 0;
    this.batch = undefined;
    return taken;
  }

  /** The batch that rows of a map go into: another one from the moment on that the table has other columns. */
  private batchOf(map: TableMap): TableBatch {
    if (map !== this.map) {
      const source = columnsOf(map, this.rules);
      const columns = source.kept.filter((column) => column !== undefined);
      if (this.batch && !sameColumns(columns, this.columns)) this.closed.push(this.batch);
      if (!sameColumns(columns, this.columns)) this.batch = undefined;
      this.columns = columns;
      this.map = map;
      this.image = new RowImage(map, source, this.decoding);
      if (this.batch) this.image.appendTo(this.batch.builders);
    }
    if (!this.batch) {
      this.batch = new TableBatch(this.columns, this.frame);
      this.image!.appendTo(this.batch.builders);
    }
    return this.batch;
  }
}
