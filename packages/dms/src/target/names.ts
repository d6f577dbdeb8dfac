/**
 * Names of files, as the service gives them.
 *
 * Source: AWS DMS User Guide, "Using Amazon S3 as a target for AWS Database Migration Service": an incremental hexadecimal counter for
 * a full load (`LOAD00000001`, ... `LOAD0000000A`), a time for changes.
 */
export function loadFileName(number: number): string {
  return `LOAD${number.toString(16).toUpperCase().padStart(8, '0')}.parquet`;
}

/** The name of a file of changes: `YYYYMMDD-HHMMSSmmm.parquet` in UTC, so that names sort as times do. */
export function changeFileName(milliseconds: number): string {
  const digits = new Date(milliseconds).toISOString().replaceAll(/\D/g, '');
  return `${digits.slice(0, 8)}-${digits.slice(8, 17)}.parquet`;
}

/**
 * The time of the next file of changes: now, but always behind the last one, also when two fall into one millisecond and when the
 * clock was set back. Readers take the order of names for the order of changes.
 */
export function nextFileTime(now: number, last: number): number {
  return Math.max(now, last + 1);
}

/** The folder of a table: `[BucketFolder/]schema/table/`. */
export function tableFolder(bucketFolder: string | undefined, schema: string, table: string): string {
  return `${bucketFolder ? `${bucketFolder.replaceAll(/^\/+|\/+$/g, '')}/` : ''}${schema}/${table}/`;
}
