import { once } from 'node:events';
import { createWriteStream, mkdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { deltaAddress, type SqlEngine } from '../engine';
import { quoteString } from '../sql';
import { csvToJson } from './csv';
import type { FileStore, FoundFile } from './file-store';
import type { ReadOptions } from './read-options';
import { lineStream, linesOf, textOf, textPieces } from './records';
import { isS3 } from './s3-files';

/** Files above this size are read by the engine itself, from the disk; smaller ones are read here, many at a time. */
const BIG = 8 * 1024 * 1024;
/** Bytes held here at most before they are sent to the engine. */
const PORTION = 32 * 1024 * 1024;
const READERS = 16;
/** What a row takes beside its texts: offsets, size, time. */
const METADATA_BYTES = 32;

const RAW_SCHEMA = 'value STRING, __path STRING, __name STRING, __size BIGINT, __modified TIMESTAMP';

/** What records come through on their way to the engine. */
export interface RecordContext {
  readonly engine: SqlEngine;
  readonly store: FileStore;
  readonly options: ReadOptions;
  /** Begins the names of the temporary views. */
  readonly viewPrefix: string;
  /** A folder for this batch alone. */
  readonly staging: string;
}

type RawRow = { readonly value: string } & RawMetadata;
interface RawMetadata {
  readonly __path: string;
  readonly __name: string;
  readonly __size: bigint;
  readonly __modified: string;
}

/**
 * Brings the records of text files (JSON, CSV, text) before the engine.
 *
 * @param columns names of CSV columns where files have no header
 * @returns SQL for FROM: one row a record, `value` with its text (CSV as a JSON object) and the raw metadata of its file
 */
export async function rawRecords(
  context: RecordContext,
  files: readonly FoundFile[],
  columns: readonly string[],
): Promise<string> {
  const isBig = (file: FoundFile) => file.size > BIG && !context.options.wholeText;
  const big = files.filter(isBig);
  const small = files.filter((file) => !isBig(file));
  const parts = await bigFiles(context, big, columns);
  if (small.length > 0 || big.length === 0) parts.push(await smallFiles(context, small, columns));
  return parts.length === 1 ? parts[0]! : `(${parts.map((part) => `SELECT * FROM ${part}`).join(' UNION ALL ')})`;
}

/** What a schema is inferred from. */
export interface RecordSample {
  readonly texts: readonly string[];
  /** Whether these are all records. */
  readonly isComplete: boolean;
}

/** The first records of the first files, as texts; of a large file its beginning. */
export async function sampleRecords(store: FileStore, options: ReadOptions, files: readonly FoundFile[]): Promise<RecordSample> {
  const texts: string[] = [];
  let isComplete = files.length <= SAMPLE_FILES;
  for (const group of readTogether(files.slice(0, SAMPLE_FILES))) {
    if (texts.length >= SAMPLE_RECORDS) return { texts, isComplete: false };
    const beginnings = await Promise.all(group.map((file) => beginningOf(store, file)));
    for (const beginning of beginnings) for (const text of recordsOf(beginning, options, [])) texts.push(text);
    isComplete &&= group.every((file) => file.size <= BIG);
  }
  return { texts, isComplete };
}

const SAMPLE_FILES = 1000;
const SAMPLE_RECORDS = 10_000;

/** The text of a file; of a large one whole lines of its first megabytes. */
async function beginningOf(store: FileStore, file: FoundFile): Promise<string> {
  if (file.size <= BIG) return textOf(await store.read(file));
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of store.chunks(file)) {
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes > BIG) break;
  }
  const text = textOf(Buffer.concat(chunks));
  return text.slice(0, Math.max(text.lastIndexOf('\n'), 0));
}

/** `_metadata.file_path`: a URL, encoded, as Spark gives it; of a volume's file `dbfs:/Volumes/...`, as Databricks does. */
export function pathOf(file: FoundFile): string {
  const encode = (path: string) => path.split('/').map(encodeURIComponent).join('/');
  if (file.volumePath !== undefined) return `dbfs:${encode(file.volumePath)}`;
  return isS3(file.path) ? `s3://${encode(file.path.slice('s3://'.length))}` : `file://${encode(file.path)}`;
}

async function smallFiles(context: RecordContext, files: readonly FoundFile[], columns: readonly string[]): Promise<string> {
  const portions = new Portions(context);
  for (const group of readTogether(files)) {
    const texts = await Promise.all(group.map(async (file) => textOf(await context.store.read(file))));
    for (const [index, text] of texts.entries()) {
      const metadata = metadataOf(group[index]!);
      const bytes = METADATA_BYTES + Buffer.byteLength(metadata.__path) + Buffer.byteLength(metadata.__name);
      for (const value of recordsOf(text, context.options, columns)) {
        const row = { value, ...metadata };
        if (!portions.add(row, bytes + Buffer.byteLength(value))) await portions.land(row, bytes + Buffer.byteLength(value));
      }
    }
  }
  return portions.relation();
}

/** Groups of files that are read side by side: so many, and so many bytes, but always one. */
function* readTogether(files: readonly FoundFile[]): Iterable<readonly FoundFile[]> {
  let group: FoundFile[] = [];
  let bytes = 0;
  for (const file of files) {
    if (group.length === READERS || (group.length > 0 && bytes + file.size > PORTION)) {
      yield group;
      group = [];
      bytes = 0;
    }
    group.push(file);
    bytes += file.size;
  }
  if (group.length > 0) yield group;
}

/** Rows on their way to the engine, sent by bytes: a message holds 128 MiB, and each row carries the path of its file. */
class Portions {
  private rows: RawRow[] = [];
  private bytes = 0;
  private landed = false;

  constructor(private readonly context: RecordContext) {}

  private get landing(): string {
    return join(this.context.staging, 'landing');
  }

  /** Holds a row; false when the portion is full and has to be landed first. */
  add(row: RawRow, bytes: number): boolean {
    if (this.rows.length > 0 && this.bytes + bytes > PORTION) return false;
    this.rows.push(row);
    this.bytes += bytes;
    return true;
  }

  /** Sends what is held, then begins the next portion with a row. */
  async land(next: RawRow, bytes: number): Promise<void> {
    await this.flush();
    this.add(next, bytes);
  }

  /** SQL for FROM with all rows; little enough stays a view of the engine. */
  async relation(): Promise<string> {
    if (!this.landed) return localView(this.context, this.rows);
    await this.flush();
    return `delta.\`${deltaAddress(this.landing)}\``;
  }

  private async flush(): Promise<void> {
    const view = await localView(this.context, this.rows);
    await this.context.engine.appendDelta(`SELECT * FROM ${view}`, this.landing, 'landing');
    this.rows = [];
    this.bytes = 0;
    this.landed = true;
  }
}

async function localView(context: RecordContext, rows: readonly RawRow[]): Promise<string> {
  const name = `${context.viewPrefix}_rows`;
  await context.engine.createLocalView(name, { schema: RAW_SCHEMA, rows: rows.map((row) => ({ ...row })) });
  return name;
}

function recordsOf(text: string, options: ReadOptions, columns: readonly string[]): Iterable<string> {
  if (options.format === 'csv') return csvToJson(text, options.csv, columns);
  return options.wholeText ? [text] : linesOf(text);
}

function metadataOf(file: FoundFile): RawMetadata {
  const name = basename(file.path);
  return { __path: pathOf(file), __name: name, __size: BigInt(file.size), __modified: file.modified.toISOString() };
}

async function bigFiles(context: RecordContext, files: readonly FoundFile[], columns: readonly string[]): Promise<string[]> {
  const parts: string[] = [];
  for (const [index, file] of files.entries()) {
    const clean =
      !isS3(file.path) &&
      !/[\r\n]/.test(file.path) &&
      context.options.format !== 'csv' &&
      (await isPlainUtf8(context.store, file));
    const path = clean ? file.path : await rewrite(context, file, index, columns);
    const view = `${context.viewPrefix}_file${index}`;
    await context.engine.createFileView(view, { format: 'text', paths: [path] });
    const metadata =
      `${quoteString(pathOf(file))} AS __path, ${quoteString(basename(file.path))} AS __name, ` +
      `CAST(${file.size} AS BIGINT) AS __size, TIMESTAMP '${file.modified.toISOString()}' AS __modified`;
    parts.push(`(SELECT value, ${metadata} FROM ${view})`);
  }
  return parts;
}

/** Whether the engine's text reader takes the file: it stops at bytes that are no UTF-8 and keeps a byte order mark. */
async function isPlainUtf8(store: FileStore, file: FoundFile): Promise<boolean> {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  let first = true;
  try {
    for await (const chunk of store.chunks(file)) {
      const text = decoder.decode(chunk, { stream: true });
      if (first && text.startsWith('\uFEFF')) return false;
      first = false;
    }
    decoder.decode();
    return true;
  } catch (error) {
    if (error instanceof TypeError) return false;
    throw error;
  }
}

/** A copy in the staging folder, one record a line. */
async function rewrite(context: RecordContext, file: FoundFile, index: number, columns: readonly string[]): Promise<string> {
  mkdirSync(context.staging, { recursive: true });
  const path = join(context.staging, `records-${index}.txt`);
  const output = createWriteStream(path);
  const write = async (lines: Iterable<string> | AsyncIterable<string>) => {
    for await (const line of lines) {
      if (!output.write(`${line.replace(/[\r\n]+/g, ' ')}\n`)) await once(output, 'drain');
    }
  };
  if (context.options.format === 'csv')
    await write(csvToJson(textOf(await context.store.read(file)), context.options.csv, columns));
  else await write(lineStream(textPieces(context.store.chunks(file))));
  output.end();
  await once(output, 'close');
  return path;
}
