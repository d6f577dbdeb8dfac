/** Types of events of the binary log that matter here. Source: MariaDB Knowledge Base, "2-Binlog Event Header"; MySQL, "Log_event_type". */
export const EVENT = {
  query: 2,
  stop: 3,
  rotate: 4,
  formatDescription: 15,
  xid: 16,
  tableMap: 19,
  writeRowsV1: 23,
  updateRowsV1: 24,
  deleteRowsV1: 25,
  heartbeat: 27,
  writeRows: 30,
  updateRows: 31,
  deleteRows: 32,
  gtid: 33,
  anonymousGtid: 34,
  xaPrepare: 38,
  partialUpdateRows: 39,
  transactionPayload: 40,
  mariadbGtid: 162,
  compressedQuery: 165,
  compressedWriteRowsV1: 166,
  compressedDeleteRows: 171,
} as const;

/** Bytes of the header of an event. */
export const HEADER = 19;

/** An event as the server sends it, without the protocol's leading byte; valid only until the next one is read. */
export interface BinlogEvent {
  readonly type: number;
  /** Seconds since 1970. */
  readonly timestamp: number;
  /** Where the next event begins in the file; 0 where the server does not say. */
  readonly next: number;
  readonly source: Buffer;
  /** Where the body begins in `source`. */
  readonly start: number;
  readonly end: number;
}

/** A place in the binary log. */
export interface Position {
  readonly file: string;
  readonly offset: number;
}

/** Whether one place is behind another. Files are numbered upwards; their numbers may have different lengths. */
export function isBehind(one: Position, other: Position): boolean {
  const [a, b] = [fileNumber(one.file), fileNumber(other.file)];
  return a === b ? one.offset > other.offset : a > b;
}

function fileNumber(file: string): number {
  return Number(file.slice(file.lastIndexOf('.') + 1));
}

/** `mysql-bin-changelog.000024:373`, the native start point of DMS for MySQL ("Creating tasks for ongoing replication using AWS DMS"). */
export function positionText({ file, offset }: Position): string {
  return `${file}:${offset}`;
}
