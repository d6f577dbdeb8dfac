import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { SqlEngine } from '../../src/engine';
import { putFiles } from './files';
import { TestLake } from './lake';
import { plainRows } from './plain-rows';

/** A pipeline with every kind of dataset, small enough to be run hundreds of times. */
export const CRASH_SQL = `
CREATE OR REFRESH STREAMING TABLE raw AS
  SELECT *, _metadata.file_name AS file FROM STREAM read_files('\${files}', format => 'json', schema => 'id INT, value INT, seq INT, gone BOOLEAN');

CREATE OR REFRESH STREAMING TABLE checked (CONSTRAINT has_value EXPECT (gone OR value > 0) ON VIOLATION DROP ROW) AS
  SELECT id, value, seq, gone FROM STREAM(raw);
CREATE FLOW again AS INSERT INTO checked BY NAME SELECT -id AS id, value, seq, gone FROM STREAM(raw);

CREATE OR REFRESH STREAMING TABLE versions;
CREATE FLOW f AS AUTO CDC INTO versions FROM STREAM(checked) KEYS (id) APPLY AS DELETE WHEN gone SEQUENCE BY seq
  COLUMNS * EXCEPT (gone, seq) STORED AS SCD TYPE 2;

CREATE OR REFRESH MATERIALIZED VIEW summary AS SELECT count(*) AS versions, count(__END_AT) AS closed FROM versions;
`;

export interface Change {
  readonly id: number;
  readonly value: number;
  readonly seq: number;
  readonly gone: boolean;
}

/** A lake of that pipeline with a folder for its files. */
export class CrashLake extends TestLake {
  readonly files: string;
  private readonly written: { readonly file: string; readonly changes: readonly Change[] }[] = [];

  constructor(engine: SqlEngine, folder: string) {
    const files = join(folder, 'in');
    super(engine, join(folder, 'lake'), CRASH_SQL, { files });
    this.files = files;
    mkdirSync(files, { recursive: true });
  }

  /** Puts the next file: a good change, a bad one, a deletion, and one of a key of its own. */
  put(): void {
    const n = this.written.length;
    const file = `${String(n).padStart(4, '0')}.json`;
    const changes = [
      { id: 1, value: n + 1, seq: 10 * n, gone: false },
      { id: 2, value: n % 3, seq: 10 * n + 1, gone: false },
      { id: 1 + (n % 2), value: 0, seq: 10 * n + 2, gone: n % 4 === 3 },
      { id: 100 + n, value: 1, seq: 1, gone: false },
    ];
    putFiles(this.files, { [file]: changes });
    this.written.push({ file, changes });
  }

  /** What the tables must hold, computed here and not by SQL. */
  expected(): Readonly<Record<string, readonly string[]>> {
    const raw = this.written.flatMap(({ file, changes }) => changes.map((change) => ({ ...change, file })));
    const good = raw.filter(({ gone, value }) => gone || value > 0).map(({ id, value, seq, gone }) => ({ id, value, seq, gone }));
    const checked = [...good, ...good.map((change) => ({ ...change, id: -change.id }))];
    const versions = versionsOf(checked);
    const closed = versions.filter(({ __END_AT }) => __END_AT !== null).length;
    return {
      raw: plainRows(raw),
      checked: plainRows(checked),
      versions: plainRows(versions),
      summary: plainRows([{ versions: versions.length, closed }]),
    };
  }

  async actual(): Promise<Readonly<Record<string, readonly string[]>>> {
    return {
      raw: await this.rows('raw'),
      checked: await this.rows('checked'),
      versions: await this.rows('versions'),
      summary: await this.rows('summary'),
    };
  }
}

/** Replays changes, key by key in the order of their sequence. */
export function versionsOf(changes: readonly Change[]) {
  const versions: { id: number; value: number; __START_AT: number; __END_AT: number | null }[] = [];
  for (const id of new Set(changes.map((change) => change.id))) {
    let open: (typeof versions)[number] | undefined;
    for (const change of changes.filter((each) => each.id === id).sort((a, b) => a.seq - b.seq)) {
      if (open && !change.gone && open.value === change.value) continue;
      if (open) open.__END_AT = change.seq;
      open = change.gone ? undefined : { id, value: change.value, __START_AT: change.seq, __END_AT: null };
      if (open) versions.push(open);
    }
  }
  return versions;
}
