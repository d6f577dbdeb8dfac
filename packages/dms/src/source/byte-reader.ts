/** Reads numbers, lengths and texts of MySQL's protocol, one after the other. */
export class ByteReader {
  constructor(
    private readonly source: Buffer,
    private position = 0,
  ) {}

  get ended(): boolean {
    return this.position >= this.source.length;
  }

  /** A byte by its place, without moving. */
  at(place: number): number {
    return this.source[place] ?? 0;
  }

  skip(count: number): void {
    this.position += count;
  }

  /** An unsigned number of up to six bytes, the lowest first. */
  uint(bytes: number): number {
    const value = this.source.readUIntLE(this.position, bytes);
    this.position += bytes;
    return value;
  }

  /** A number in as many bytes as it needs. */
  length(): number {
    const first = this.uint(1);
    if (first < 0xfb) return first;
    if (first === 0xfc) return this.uint(2);
    if (first === 0xfd) return this.uint(3);
    return this.uint(4) + this.uint(4) * 4294967296;
  }

  bytes(count: number): Buffer {
    const bytes = this.source.subarray(this.position, this.position + count);
    this.position += count;
    return bytes;
  }

  text(bytes: number): string {
    return this.bytes(bytes).toString('utf8');
  }
}
