import { type Data, type DataType, makeData } from 'apache-arrow';

/**
 * Values of one column, in the layout of Arrow from the first byte on: no object a value, nothing to copy when a file is written.
 * Every builder grows by doubling.
 */
export abstract class ColumnBuilder {
  /** How many values there are, NULL among them. */
  length = 0;
  private nulls = 0;
  private validity = new Uint8Array(128);

  constructor(readonly dataType: DataType) {}

  /** Bytes in use, without the validity bitmap. */
  abstract get bytes(): number;

  /** The place of one more value that is not NULL. */
  protected claim(): number {
    const index = this.length;
    this.length = index + 1;
    if (index >> 3 >= this.validity.length) this.validity = grown(this.validity, (index >> 3) + 1);
    this.validity[index >> 3]! |= 1 << (index & 7);
    return index;
  }

  appendNull(): void {
    const index = this.length;
    this.length = index + 1;
    this.nulls += 1;
    if (index >> 3 >= this.validity.length) this.validity = grown(this.validity, (index >> 3) + 1);
    this.leaveEmpty(index);
  }

  /** Makes room for a NULL. */
  protected abstract leaveEmpty(index: number): void;

  protected abstract buffers(): { readonly data: ArrayBufferView; readonly valueOffsets?: Int32Array };

  /** The column as Arrow has it. The builder is not used any more afterwards. */
  finish(): Data {
    const properties = {
      type: this.dataType,
      length: this.length,
      nullCount: this.nulls,
      nullBitmap: this.nulls > 0 ? this.validity.subarray(0, (this.length + 7) >> 3) : undefined,
      ...this.buffers(),
    };
    return makeData(properties as unknown as Parameters<typeof makeData>[0]) as Data;
  }
}

type Numbers = Int8Array | Int16Array | Int32Array | Uint8Array | Uint16Array | Uint32Array | Float64Array;

/** Numbers of up to 32 bits, days, and doubles. */
export class NumberBuilder extends ColumnBuilder {
  constructor(
    dataType: DataType,
    private values: Numbers,
  ) {
    super(dataType);
  }

  get bytes(): number {
    return this.length * this.values.BYTES_PER_ELEMENT;
  }

  append(value: number): void {
    const index = this.claim();
    if (index >= this.values.length) this.values = grown(this.values, index + 1);
    this.values[index] = value;
  }

  protected leaveEmpty(index: number): void {
    if (index >= this.values.length) this.values = grown(this.values, index + 1);
  }

  protected buffers() {
    return { data: this.values.subarray(0, this.length) };
  }
}

const TWO_32 = 4294967296;

/** Integers of 64 bits (signed, unsigned, microseconds) and of 128 bits (decimals), as words of 32 bits, the lowest first. */
export class WordsBuilder extends ColumnBuilder {
  private values = new Int32Array(1024);

  constructor(
    dataType: DataType,
    private readonly words: 2 | 4,
  ) {
    super(dataType);
  }

  get bytes(): number {
    return this.length * this.words * 4;
  }

  /** Appends 64 bits. */
  appendWords(low: number, high: number): void {
    const at = this.place();
    this.values[at] = low;
    this.values[at + 1] = high;
    if (this.words === 4) {
      this.values[at + 2] = high >> 31;
      this.values[at + 3] = high >> 31;
    }
  }

  /** Appends an integer that a double holds exactly. */
  appendNumber(value: number): void {
    this.appendWords(value | 0, Math.floor(value / TWO_32));
  }

  appendBig(value: bigint): void {
    const at = this.place();
    for (let word = 0, rest = value; word < this.words; word += 1, rest >>= 32n)
      this.values[at + word] = Number(rest & 0xffffffffn);
  }

  private place(): number {
    const at = this.claim() * this.words;
    if (at >= this.values.length) this.values = grown(this.values, at + this.words);
    return at;
  }

  protected leaveEmpty(index: number): void {
    if ((index + 1) * this.words > this.values.length) this.values = grown(this.values, (index + 1) * this.words);
  }

  protected buffers() {
    return { data: this.values.subarray(0, this.length * this.words) };
  }
}

/** Text in UTF-8, and bytes. */
export class BytesBuilder extends ColumnBuilder {
  private values = Buffer.allocUnsafe(4096);
  private offsets = new Int32Array(1024);
  private end = 0;

  get bytes(): number {
    return this.end + this.length * 4;
  }

  append(source: Buffer, start: number, end: number): void {
    const to = this.reserve(end - start);
    // A copy by hand costs less than a call into native code for the short values that most are.
    if (end - start < 32) for (let from = start, at = to; from < end; from += 1, at += 1) this.values[at] = source[from]!;
    else source.copy(this.values, to, start, end);
    this.close();
  }

  appendText(text: string): void {
    const length = Buffer.byteLength(text);
    const to = this.reserve(length);
    this.values.write(text, to, length, 'utf8');
    this.close();
  }

  /** Appends bytes and as many zero bytes as are missing to a length. */
  appendPadded(source: Buffer, start: number, end: number, length: number): void {
    const to = this.reserve(length);
    source.copy(this.values, to, start, end);
    this.values.fill(0, to + end - start, to + length);
    this.close();
  }

  private reserve(length: number): number {
    const to = this.end;
    this.end = to + length;
    if (this.end > this.values.length) {
      const larger = Buffer.allocUnsafe(Math.max(this.values.length * 2, this.end));
      this.values.copy(larger, 0, 0, to);
      this.values = larger;
    }
    return to;
  }

  private close(): void {
    this.mark(this.claim());
  }

  private mark(index: number): void {
    if (index + 1 >= this.offsets.length) this.offsets = grown(this.offsets, index + 2);
    this.offsets[index + 1] = this.end;
  }

  protected leaveEmpty(index: number): void {
    this.mark(index);
  }

  protected buffers() {
    return { data: this.values.subarray(0, this.end), valueOffsets: this.offsets.subarray(0, this.length + 1) };
  }
}

/** Truth values, eight a byte. */
export class BooleanBuilder extends ColumnBuilder {
  private values = new Uint8Array(128);

  get bytes(): number {
    return (this.length + 7) >> 3;
  }

  append(value: boolean): void {
    const index = this.claim();
    this.leaveEmpty(index);
    if (value) this.values[index >> 3]! |= 1 << (index & 7);
  }

  protected leaveEmpty(index: number): void {
    if (index >> 3 >= this.values.length) this.values = grown(this.values, (index >> 3) + 1);
  }

  protected buffers() {
    return { data: this.values.subarray(0, (this.length + 7) >> 3) };
  }
}

function grown<T extends Numbers>(values: T, atLeast: number): T {
  const larger = new (values.constructor as new (length: number) => T)(Math.max(values.length * 2, atLeast));
  larger.set(values);
  return larger;
}
