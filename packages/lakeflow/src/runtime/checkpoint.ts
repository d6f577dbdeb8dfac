import { LakewrightError } from '@lakewright/config';
import { readIfThere, removeDurably, writeDurably } from '../durable-file';
import type { DatasetFolder } from './pipeline-folder';
import type { WindowState } from './windowed-flow';

/** How far a flow has read one source, and what it keeps of its rows. */
export type Position = ReadUpTo & { readonly window?: WindowState };

type ReadUpTo =
  /** Every commit up to and including `version` of the table with this id. */
  | { readonly kind: 'delta'; readonly tableId: string; readonly version: number }
  /** The first `entries` lines of the source's file list; `schema` is the inferred DDL, kept from the first batch. */
  | { readonly kind: 'files'; readonly entries: number; readonly schema?: string };

/** Positions by source name, by flow name. */
export type Positions = Readonly<Record<string, Readonly<Record<string, Position>>>>;

/** What a dataset has done. Written last in every batch; everything in it is relative to the lake. */
export interface Checkpoint {
  readonly format: 1;
  /** Grows by one with every full refresh. */
  readonly generation: number;
  /** The last batch that was committed. Grows forever, also over full refreshes. */
  readonly batch: number;
  /** Streaming tables: how far each flow has read. */
  readonly positions: Positions;
  /** Materialized views: the version of everything that was read for the current content. */
  readonly inputs?: Readonly<Record<string, string>>;
  /** Fingerprint of the statement that made the current content. */
  readonly definition: string;
  /** AUTO CDC: what the backing table cannot follow when it changes (keys, sequence, tracked columns). */
  readonly shape?: string;
  /** Columns of the table as DDL, so that an update with nothing new need not read the table's log. */
  readonly columns: string;
}

/** A file of a batch. */
export interface SourceFile {
  /** `s3://...` or relative to the lake. */
  readonly path: string;
  readonly size: number;
  /** ISO time of the last change. */
  readonly modified: string;
}

/** A batch that has begun: what the checkpoint will be once it is in, and what else to record. */
export interface Intent {
  readonly format: 1;
  /** The version of the table before the batch; the commit is one after it. -1: there was no table. */
  readonly baseVersion: number;
  readonly next: Checkpoint;
  /** Files read by this batch, by flow and source. */
  readonly files: readonly { readonly flow: string; readonly source: string; readonly files: readonly SourceFile[] }[];
}

/** The state of a dataset before its first batch. */
const NOTHING_YET: Checkpoint = { format: 1, generation: 0, batch: 0, positions: {}, definition: '', columns: '' };

export function readCheckpoint(folder: DatasetFolder): Checkpoint {
  return readState<Checkpoint>(folder.checkpoint) ?? NOTHING_YET;
}

export function writeCheckpoint(folder: DatasetFolder, checkpoint: Checkpoint): void {
  writeDurably(folder.checkpoint, `${JSON.stringify(checkpoint, undefined, 1)}\n`);
}

export function readIntent(folder: DatasetFolder): Intent | undefined {
  return readState<Intent>(folder.intent);
}

export function writeIntent(folder: DatasetFolder, intent: Intent): void {
  writeDurably(folder.intent, `${JSON.stringify(intent)}\n`);
}

export function removeIntent(folder: DatasetFolder): void {
  removeDurably(folder.intent);
}

function parseState(path: string, text: string): { readonly format?: unknown } {
  try {
    return JSON.parse(text) as { format?: unknown };
  } catch (cause) {
    throw new LakewrightError('LAKEFLOW_CHECKPOINT', `${path} is damaged: it is no JSON`, {
      hint: 'remove the file and refresh its table fully: nothing else tells how far its sources were read',
      cause,
    });
  }
}

function readState<T extends { readonly format: 1 }>(path: string): T | undefined {
  const text = readIfThere(path);
  if (text === undefined) return undefined;
  const state = parseState(path, text);
  if (state.format === 1) return state as T;
  throw new LakewrightError(
    'LAKEFLOW_CHECKPOINT',
    `${path} has the format ${String(state.format)}, this version reads format 1`,
    {
      hint: 'use the version of Lakewright that wrote it, or remove the lake and start anew',
    },
  );
}
