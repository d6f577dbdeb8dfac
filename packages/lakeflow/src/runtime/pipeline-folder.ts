import { createHash } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import { join, relative, resolve, sep } from 'node:path';
import type { TableName } from '../sql';

const HIDDEN = '.pipelines';

/**
 * Where a pipeline keeps things below the lake. Tables are public, the rest is hidden:
 *
 *     <lake>/<catalog>/<schema>/<table>/                         a Delta table
 *     <lake>/<catalog>/<schema>/<table>.view.json                a target of AUTO CDC: {"query": "SELECT ..."}
 *     <lake>/.pipelines/<catalog>/<pipeline>/events.jsonl        event log
 *                                           /lock                held while an update runs
 *                                           /refresh.json        full refreshes that are due
 *                                           /<schema>.<table>/   one dataset: checkpoint.json, intent.json, files-*.jsonl,
 *                                                                staging/, for AUTO CDC backing-<generation>/, of a private
 *                                                                dataset the Delta table itself: table/
 */
export class PipelineFolder {
  readonly lake: string;
  readonly root: string;

  constructor(
    lake: string,
    readonly catalog: string,
    readonly pipeline: string,
  ) {
    this.lake = resolve(lake);
    this.root = join(this.lake, HIDDEN, segment(catalog), segment(pipeline));
  }

  /** The folders of all pipelines that have been updated in a lake. */
  static ofLake(lake: string): PipelineFolder[] {
    const root = join(resolve(lake), HIDDEN);
    return foldersIn(root).flatMap((catalog) =>
      foldersIn(join(root, catalog)).map(
        (name) => new PipelineFolder(lake, decodeURIComponent(catalog), decodeURIComponent(name)),
      ),
    );
  }

  get events(): string {
    return join(this.root, 'events.jsonl');
  }

  get lock(): string {
    return join(this.root, 'lock');
  }

  get refresh(): string {
    return join(this.root, 'refresh.json');
  }

  dataset(table: TableName): DatasetFolder {
    const root = join(this.root, `${segment(table.schema)}.${segment(table.name)}`);
    return new DatasetFolder(root, table.private ? join(root, 'table') : tableLocation(this.lake, table));
  }

  /** The Delta folder of a table that the pipeline reads: its own or anybody's. */
  locationOf(table: TableName): string {
    return this.dataset(table).location;
  }
}

/** The hidden folder of one dataset, and its public location. */
export class DatasetFolder {
  constructor(
    readonly root: string,
    /** The Delta folder of the table; of a private one below the root, where no catalog looks. */
    readonly location: string,
  ) {}

  get checkpoint(): string {
    return join(this.root, 'checkpoint.json');
  }

  get intent(): string {
    return join(this.root, 'intent.json');
  }

  get staging(): string {
    return join(this.root, 'staging');
  }

  /** What holds the rows behind a target of AUTO CDC; a full refresh makes the next generation. */
  backing(generation: number): string {
    return join(this.root, `backing-${generation}`);
  }

  /** Rows of windows that are still open: a folder each batch. */
  get state(): string {
    return join(this.root, 'state');
  }

  /** The definition of the view that is a target of AUTO CDC. */
  get view(): string {
    return `${this.location}.view.json`;
  }

  /** The list of files that a source has read. */
  fileList(flow: string, source: string): string {
    return join(this.root, `files-${createHash('sha256').update(`${flow}\n${source}`).digest('hex').slice(0, 16)}.jsonl`);
  }
}

/** `<lake>/<catalog>/<schema>/<table>`. */
function tableLocation(lake: string, table: TableName): string {
  return join(resolve(lake), segment(table.catalog), segment(table.schema), segment(table.name));
}

/** A path below or beside the lake, as checkpoints record it: relative, with forward slashes, so that a clone can be moved. */
export function relativeToLake(lake: string, path: string): string {
  return relative(resolve(lake), path).split(sep).join('/');
}

/** One folder name: what cannot stand in one is percent-encoded, and a leading dot too, since those are hidden. */
function segment(name: string): string {
  return name.replace(/[%/\\\0]|^\./g, (character) => `%${character.charCodeAt(0).toString(16).padStart(2, '0').toUpperCase()}`);
}

function foldersIn(parent: string): string[] {
  if (!existsSync(parent)) return [];
  return readdirSync(parent, { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? [entry.name] : []));
}
