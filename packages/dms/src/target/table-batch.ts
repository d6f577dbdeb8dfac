import { Utf8 } from 'apache-arrow';
import { BytesBuilder, type ColumnBuilder } from '../columns/builder';
import { builderOf } from '../columns/builders';
import type { Column } from '../columns/column';

/** What a row of a file says was done with it. */
export type Operation = 'I' | 'U' | 'D';

/** Columns around those of the source. */
export interface Frame {
  /** Whether `Op` comes first. */
  readonly operation: boolean;
  /** `TimestampColumnName`; none without. */
  readonly timestampColumn?: string;
  /** Column for the place in the order of all changes; none without. */
  readonly sequenceColumn?: string;
  /** `ParquetTimestampInMillisecond`. */
  readonly milliseconds: boolean;
}

/** Changes of a table, as the source counts them: an update that writes two rows is one. */
export interface ChangeCounts {
  inserts: number;
  updates: number;
  deletes: number;
}

const LETTERS = { I: Buffer.from('I'), U: Buffer.from('U'), D: Buffer.from('D') } as const;

/** Rows of one table that go into one file. */
export class TableBatch {
  readonly builders: readonly ColumnBuilder[];
  private readonly operations?: BytesBuilder;
  private readonly sequences?: BytesBuilder;
  private readonly times?: BytesBuilder;
  rows = 0;
  readonly counts: ChangeCounts = { inserts: 0, updates: 0, deletes: 0 };

  constructor(
    readonly columns: readonly Column[],
    private readonly frame: Frame,
  ) {
    this.builders = columns.map((column) => builderOf(column, frame));
    if (frame.operation) this.operations = new BytesBuilder(new Utf8());
    if (frame.sequenceColumn) this.sequences = new BytesBuilder(new Utf8());
    if (frame.timestampColumn) this.times = new BytesBuilder(new Utf8());
  }

  /**
   * Begins a row; its values follow.
   *
   * @param time text of the commit time
   * @param sequence gives the row's place among all changes; none for a row of a full load
   */
  add(operation: Operation, time: Buffer, sequence?: { next(): Buffer }): void {
    this.rows += 1;
    if (this.sequences) {
      const place = sequence?.next();
      if (place) this.sequences.append(place, 0, place.length);
      else this.sequences.appendNull();
    }
    this.operations?.append(LETTERS[operation], 0, 1);
    this.times?.append(time, 0, time.length);
  }

  /** Bytes in memory; about those of a file without compression. */
  get bytes(): number {
    let bytes = (this.operations?.bytes ?? 0) + (this.sequences?.bytes ?? 0) + (this.times?.bytes ?? 0);
    for (const builder of this.builders) bytes += builder.bytes;
    return bytes;
  }

  /** All columns in the order of the file: `Op`, those of the source, the place of the change, the commit time. */
  get named(): readonly (readonly [name: string, builder: ColumnBuilder])[] {
    return [
      ...(this.operations ? [['Op', this.operations] as const] : []),
      ...this.columns.map((column, index) => [column.name, this.builders[index]!] as const),
      ...(this.sequences ? [[this.frame.sequenceColumn!, this.sequences] as const] : []),
      ...(this.times ? [[this.frame.timestampColumn!, this.times] as const] : []),
    ];
  }
}
