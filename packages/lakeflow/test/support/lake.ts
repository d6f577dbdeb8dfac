import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { runUpdate, type UpdateOptions, type UpdateResult } from '../../src';
import { dropDecimalBounds } from '../../src/delta/decimal-bounds';
import { deltaAddress, type SqlEngine } from '../../src/engine';
import { readView } from '../../src/lakehouse/lake-folder';
import { plainRows } from './plain-rows';

/** A lake with one pipeline `p` over the catalog `c` and the schema `s`. */
export class TestLake {
  constructor(
    readonly engine: SqlEngine,
    readonly folder: string,
    public sql: string,
    readonly configuration: Readonly<Record<string, string>> = {},
  ) {}

  update(options: Partial<UpdateOptions> = {}): Promise<UpdateResult> {
    const { engine, folder: lake, sql: text, configuration } = this;
    const pipeline = { name: 'p', catalog: 'c', schema: 's', sources: [{ path: 'pipeline.sql', text }], configuration };
    return runUpdate({ engine, lake, pipeline, ...options });
  }

  /** Appends rows to a table that no pipeline owns; makes it when it is not there. */
  async append(table: string, schema: string, rows: readonly Record<string, unknown>[]): Promise<void> {
    await this.engine.createLocalView('test_rows', { schema, rows });
    await this.engine.appendDelta('SELECT * FROM test_rows', this.location(table), 'test');
    dropDecimalBounds(this.location(table));
  }

  /** All rows of a table, of a target of AUTO CDC too; only some columns when they are named. */
  async rows(table: string, columns = '*'): Promise<readonly string[]> {
    return plainRows((await this.engine.sql(`SELECT ${columns} FROM ${this.relation(table)}`)).rows);
  }

  relation(table: string): string {
    const view = `${this.location(table)}.view.json`;
    return existsSync(view) ? `(${readView(this.folder, view).query})` : `delta.\`${deltaAddress(this.location(table))}\``;
  }

  location(table: string): string {
    return join(this.folder, 'c', ...(table.includes('.') ? table.split('.') : ['s', table]));
  }
}
