import type { SourceLocation } from '@lakewright/config';
import type { SqlSource } from './ast';

/** A stretch of the expanded text that stands for `${name}` in the file. */
export interface Substitution {
  /** Where `${name}` begins and ends in the file. */
  readonly rawStart: number;
  readonly rawEnd: number;
  readonly value: string;
}

interface Placed extends Substitution {
  readonly start: number;
  readonly end: number;
}

/**
 * The text that is parsed (parameters put in) together with the file it came from, so that a position in the one can be
 * shown as a line and column of the other.
 */
export class SourceText {
  readonly path: string;
  readonly raw: string;
  readonly text: string;
  private readonly placed: readonly Placed[];
  private readonly lineStarts: readonly number[];

  /** `substitutions` in the order of the file and not overlapping. */
  constructor(source: SqlSource, substitutions: readonly Substitution[] = []) {
    this.path = source.path;
    this.raw = source.text;
    const pieces: string[] = [];
    const placed: Placed[] = [];
    let rawAt = 0;
    let at = 0;
    for (const substitution of substitutions) {
      pieces.push(this.raw.slice(rawAt, substitution.rawStart), substitution.value);
      const start = at + substitution.rawStart - rawAt;
      at = start + substitution.value.length;
      rawAt = substitution.rawEnd;
      placed.push({ ...substitution, start, end: at });
    }
    this.text = pieces.join('') + this.raw.slice(rawAt);
    this.placed = placed;
    this.lineStarts = [0, ...[...this.raw.matchAll(/\n/g)].map((found) => found.index + 1)];
  }

  /** The line and column in the file, both from 1, of an offset in the parsed text. */
  locate(offset: number): SourceLocation {
    const raw = this.rawOffset(offset);
    let low = 0;
    let high = this.lineStarts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.lineStarts[middle]! <= raw) low = middle;
      else high = middle - 1;
    }
    return { file: this.path, line: low + 1, column: raw - this.lineStarts[low]! + 1 };
  }

  /** The offset in the file; anything inside a parameter's value is where `${name}` begins. */
  private rawOffset(offset: number): number {
    const before = this.placed.findLast((piece) => piece.start <= offset);
    if (!before) return offset;
    return offset < before.end ? before.rawStart : before.rawEnd + offset - before.end;
  }
}
