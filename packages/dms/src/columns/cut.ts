import { LakewrightError } from '@lakewright/config';
import type { Column } from './column';

/** What becomes of a large object that is larger than `LobMaxSize`. */
export interface LargeObjects {
  /** The most bytes of one. */
  readonly largestObject: number;
  /** `DataTruncationErrorPolicy` STOP_TASK: none is ever cut. */
  readonly refuseCut: boolean;
}

/**
 * Where a large object ends that is written: a character of text stays whole.
 *
 * Source: AWS DMS User Guide, "Setting LOB support for source databases in an AWS DMS task" (limited LOB mode cuts) and "Error handling
 * task settings" (DataTruncationErrorPolicy).
 *
 * @throws LakewrightError DMS_LOB_TOO_LARGE
 */
export function cutLarge(source: Buffer, start: number, end: number, column: Column, options: LargeObjects): number {
  const { largestObject, refuseCut } = options;
  if (end - start <= largestObject) return end;
  if (refuseCut)
    throw new LakewrightError(
      'DMS_LOB_TOO_LARGE',
      `a value of ${column.name} has ${end - start} bytes, more than LobMaxSize (${largestObject / 1024} KB)`,
      {
        hint: 'raise LobMaxSize in the task settings, or let it be cut: DataTruncationErrorPolicy IGNORE_RECORD or LOG_ERROR; then resume the task',
      },
    );
  let cut = start + largestObject;
  if (column.type !== 'BLOB') while (cut > start && (source[cut]! & 0xc0) === 0x80) cut -= 1;
  return cut;
}
