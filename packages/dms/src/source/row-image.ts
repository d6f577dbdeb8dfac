import type { ColumnBuilder } from '../columns/builder';
import { type Decode, type DecodeOptions, decoderOf, skipperOf } from './decode';
import type { SourceColumns } from './table-columns';
import type { TableMap } from './table-map';

/** Reads row images of one table; appends them to the builders of one batch. */
export class RowImage {
  private readonly nullBytes: number;
  private readonly skips: readonly Decode[];
  private readonly lastKey: number;
  private readonly inKey: readonly boolean[];
  private decodes: readonly Decode[] = [];
  private builders: readonly (ColumnBuilder | undefined)[] = [];

  constructor(
    private readonly map: TableMap,
    private readonly columns: SourceColumns,
    private readonly options: DecodeOptions,
  ) {
    this.nullBytes = (map.columns.length + 7) >> 3;
    this.skips = map.columns.map(skipperOf);
    this.lastKey = Math.max(-1, ...map.key);
    this.inKey = map.columns.map((_, index) => map.key.includes(index));
  }

  /** The builders of a batch, one a column that is kept. */
  appendTo(builders: readonly ColumnBuilder[]): void {
    let next = 0;
    this.builders = this.columns.kept.map((kept) => (kept ? builders[next++] : undefined));
    this.decodes = this.map.columns.map((wire, index) => {
      const builder = this.builders[index];
      return builder ? decoderOf(wire, this.columns.kept[index]!, builder, this.options) : this.skips[index]!;
    });
  }

  /** Appends the image at a place; the place behind it. */
  append(source: Buffer, at: number): number {
    const decodes = this.decodes;
    const builders = this.builders;
    let from = at + this.nullBytes;
    for (let index = 0; index < decodes.length; index += 1) {
      if (source[at + (index >> 3)]! & (1 << (index & 7))) builders[index]?.appendNull();
      else from = decodes[index]!(source, from);
    }
    return from;
  }

  /** The place behind the image at a place. */
  skip(source: Buffer, at: number): number {
    let from = at + this.nullBytes;
    for (let index = 0; index < this.skips.length; index += 1)
      if (!(source[at + (index >> 3)]! & (1 << (index & 7)))) from = this.skips[index]!(source, from);
    return from;
  }

  /** Whether two images have different primary keys, byte by byte. Columns of a key are never NULL. */
  keyDiffers(source: Buffer, before: number, after: number): boolean {
    let [left, right] = [before + this.nullBytes, after + this.nullBytes];
    for (let index = 0; index <= this.lastKey; index += 1) {
      const bit = 1 << (index & 7);
      const leftEnd = source[before + (index >> 3)]! & bit ? left : this.skips[index]!(source, left);
      const rightEnd = source[after + (index >> 3)]! & bit ? right : this.skips[index]!(source, right);
      if (this.inKey[index] && !sameBytes(source, left, leftEnd, right, rightEnd)) return true;
      [left, right] = [leftEnd, rightEnd];
    }
    return false;
  }
}

/** Keys are short: a comparison by hand costs less than a call into native code. */
function sameBytes(source: Buffer, left: number, leftEnd: number, right: number, rightEnd: number): boolean {
  if (leftEnd - left !== rightEnd - right) return false;
  for (let index = 0; index < leftEnd - left; index += 1) if (source[left + index] !== source[right + index]) return false;
  return true;
}
