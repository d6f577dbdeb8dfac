/** A file of a source. */
export interface FoundFile {
  /** Absolute path, or `s3://bucket/key`. */
  readonly path: string;
  /** `/Volumes/...`, where the file lies in a volume: what it is known by. */
  readonly volumePath?: string;
  /** In bytes. */
  readonly size: number;
  readonly modified: Date;
}

/** Where the files of a source are: a folder of this machine or a bucket. */
export interface FileStore {
  /** Every file that a path or pattern means, hidden ones left out, sorted by path (by code units: the same everywhere). */
  list(path: string): Promise<readonly FoundFile[]>;
  /** The whole content. */
  read(file: FoundFile): Promise<Uint8Array>;
  /** The content in pieces. */
  chunks(file: FoundFile): AsyncIterable<Uint8Array>;
}

/** Orders by code units, as `<` on strings does. */
export function byPath(a: FoundFile, b: FoundFile): number {
  if (a.path === b.path) return 0;
  return a.path < b.path ? -1 : 1;
}
