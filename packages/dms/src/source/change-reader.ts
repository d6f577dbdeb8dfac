import { LakewrightError } from '@lakewright/config';
import { type BinlogEvent, EVENT, type Position } from './event';
import { readStatement, type Statement } from './statement';
import { readTableMap, type TableMap } from './table-map';

/** Rows of one event: images one after the other, for an update each time the one before and the one after. */
export interface RowsEvent {
  readonly kind: 'insert' | 'update' | 'delete';
  readonly map: TableMap;
  readonly source: Buffer;
  readonly start: number;
  readonly end: number;
}

/** Who takes the changes, in the order of their commits. */
export interface ChangeSink {
  /** @param committed seconds since 1970 of the commit of the transaction that follows */
  begin(committed: number): void;
  rows(rows: RowsEvent): void;
  /** @param position behind the transaction: where reading may go on after a stop */
  commit(position: Position): void;
  /** A statement that is not a row change; it is its own transaction. */
  statement(statement: Statement, position: Position): void;
  /** Nothing happened, as of a time. */
  idle(position: Position): void;
}

const KINDS: Readonly<Record<number, RowsEvent['kind']>> = {
  [EVENT.writeRowsV1]: 'insert',
  [EVENT.writeRows]: 'insert',
  [EVENT.updateRowsV1]: 'update',
  [EVENT.updateRows]: 'update',
  [EVENT.deleteRowsV1]: 'delete',
  [EVENT.deleteRows]: 'delete',
};

const UNSUPPORTED: Readonly<Record<number, string>> = {
  [EVENT.xaPrepare]: 'an XA transaction',
  [EVENT.partialUpdateRows]: 'an update of parts of JSON (binlog_row_value_options)',
  [EVENT.transactionPayload]: 'a compressed transaction (binlog_transaction_compression)',
};

/** CRC32 at the end of each event. */
const CHECKSUM_BYTES = 4;

/** Turns the events of a binary log into changes. */
export class ChangeReader {
  private readonly tables = new Map<number, { readonly body: Buffer; readonly map: TableMap }>();
  private file: string;
  private offset: number;
  private inTransaction = false;
  private checksum = 0;
  private rowsSeen = false;

  constructor(
    from: Position,
    private readonly sink: ChangeSink,
  ) {
    this.file = from.file;
    this.offset = from.offset;
  }

  /** Whether nothing of an unfinished transaction has been handed over. */
  get atBoundary(): boolean {
    return !this.inTransaction;
  }

  /** @throws LakewrightError DMS_BINLOG_EVENT, DMS_BINLOG_METADATA, DMS_BINLOG_IMAGE, DMS_BINLOG_ROLLBACK */
  read(received: BinlogEvent): void {
    if (received.type === EVENT.formatDescription) {
      // Its last bytes are the kind of checksum of all that follows, and its own.
      this.checksum = received.source[received.end - 5] === 1 ? CHECKSUM_BYTES : 0;
      return;
    }
    this.change({ ...received, end: received.end - this.checksum });
  }

  private change(event: BinlogEvent): void {
    if (event.next !== 0 && event.type !== EVENT.rotate) this.offset = event.next;
    const kind = KINDS[event.type];
    if (kind) this.rows(kind, event);
    else if (event.type === EVENT.tableMap) this.tableMap(event);
    else if (event.type === EVENT.xid) this.commit();
    else if (event.type === EVENT.query) this.query(event);
    else if (event.type === EVENT.mariadbGtid) this.group(event);
    else if (event.type === EVENT.gtid || event.type === EVENT.anonymousGtid) this.committed = event.timestamp;
    else if (event.type === EVENT.rotate) this.rotate(event);
    else if (event.type === EVENT.heartbeat) this.idle();
    else this.refuse(event.type);
  }

  /** Flag 1: a statement of its own, with no commit to follow. */
  private group({ source, start, timestamp }: BinlogEvent): void {
    if ((source[start + 12]! & 1) === 0) this.begin(timestamp);
  }

  private idle(): void {
    if (this.atBoundary) this.sink.idle({ file: this.file, offset: this.offset });
  }

  /** What is thrown for an event that is not as it should be: no use to read it again. */
  undecodable(cause: unknown): LakewrightError {
    return new LakewrightError(
      'DMS_BINLOG_DECODE',
      `an event of the binary log cannot be read before ${this.file}:${this.offset}: ${(cause as Error).message}`,
      {
        hint: 'this is a defect of Lakewright: report it with the definition of the table',
        cause,
      },
    );
  }

  private refuse(type: number): void {
    const compressed = type >= EVENT.compressedQuery && type <= EVENT.compressedDeleteRows;
    const what = compressed ? 'a compressed event (log_bin_compress)' : UNSUPPORTED[type];
    if (what)
      throw new LakewrightError(
        'DMS_BINLOG_EVENT',
        `the binary log has ${what} at ${this.file}:${this.offset}, which is not supported`,
        {
          hint: 'turn it off at the source, then start the task with reload-target',
        },
      );
  }

  /** MySQL says the time of a commit in its own event before the transaction. */
  private committed?: number;

  private begin(committed: number): void {
    this.inTransaction = true;
    this.rowsSeen = false;
    this.sink.begin(committed);
  }

  private commit(): void {
    this.inTransaction = false;
    this.sink.commit({ file: this.file, offset: this.offset });
  }

  private rotate({ source, start, end }: BinlogEvent): void {
    const name = source.toString('latin1', start + 8, end);
    // The one that begins the stream comes before it is known whether there are checksums.
    if (!(name.startsWith(this.file) && name.length === this.file.length + CHECKSUM_BYTES)) this.file = name;
    this.offset = Number(source.readBigUInt64LE(start));
  }

  private tableMap({ source, start, end }: BinlogEvent): void {
    const id = source.readUIntLE(start, 6);
    const body = source.subarray(start, end);
    // Each statement brings the map of its table again; most are the one before.
    if (this.tables.get(id)?.body.equals(body)) return;
    const copy = Buffer.from(body);
    const map = readTableMap(copy);
    if (!map)
      throw new LakewrightError('DMS_BINLOG_METADATA', `the binary log has no names of columns at ${this.file}:${this.offset}`, {
        hint: 'set binlog_row_metadata to FULL at the source, then start the task with reload-target',
      });
    this.tables.set(id, { body: copy, map });
  }

  private rows(kind: RowsEvent['kind'], { type, source, start, end }: BinlogEvent): void {
    const found = this.tables.get(source.readUIntLE(start, 6));
    // 0xffffff ends a statement and has no rows.
    if (!found) return;
    this.rowsSeen = true;
    const { map } = found;
    const extra = type >= EVENT.writeRows ? source.readUInt16LE(start + 8) : 0;
    let at = start + 8 + extra;
    at += source[at]! < 0xfb ? 1 : 3;
    const bitmap = (map.columns.length + 7) >> 3;
    for (let image = 0; image < (kind === 'update' ? 2 : 1); image += 1) {
      for (let index = 0; index < map.columns.length; index += 1)
        if (!(source[at + (index >> 3)]! & (1 << (index & 7)))) throw this.partialImage(map);
      at += bitmap;
    }
    this.sink.rows({ kind, map, source, start: at, end });
  }

  private partialImage({ schema, table }: TableMap): LakewrightError {
    return new LakewrightError('DMS_BINLOG_IMAGE', `a row of ${schema}.${table} was logged without all of its columns`, {
      hint: 'set binlog_row_image to FULL at the source, then start the task with reload-target',
    });
  }

  private query({ source, start, end, timestamp }: BinlogEvent): void {
    const schemaLength = source[start + 8]!;
    const body = start + 13 + source.readUInt16LE(start + 11);
    const sql = source.toString('utf8', body + schemaLength + 1, end);
    if (/^XA\s/i.test(sql)) this.refuse(EVENT.xaPrepare);
    if (sql === 'BEGIN') this.begin(this.committed ?? timestamp);
    else if (sql === 'COMMIT') this.commit();
    else if (/^ROLLBACK\b/i.test(sql)) this.rollback(sql);
    else if (!this.inTransaction) {
      const statement = readStatement(sql, source.toString('utf8', body, body + schemaLength));
      this.sink.statement(statement, { file: this.file, offset: this.offset });
    }
  }

  /** Only a transaction with tables that know no transactions is in the log when it is rolled back. */
  private rollback(sql: string): void {
    if (this.rowsSeen)
      throw new LakewrightError(
        'DMS_BINLOG_ROLLBACK',
        `a transaction with rows was rolled back in the log at ${this.file}:${this.offset} (${sql})`,
        {
          hint: 'tables without transactions (MyISAM, Aria) cannot be changed together with others; convert them to InnoDB and reload',
        },
      );
    if (!/^ROLLBACK\s+TO\b/i.test(sql)) this.commit();
  }
}
