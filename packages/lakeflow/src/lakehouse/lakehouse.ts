import { createHash } from 'node:crypto';
import { resolve } from 'node:path';
import { LakewrightError, type SourceLocation } from '@lakewright/config';
import { refuseDecimalBounds } from '../delta/decimal-bounds';
import { tableColumns } from '../delta/log';
import { prepareQuery, prepareStatement, type WrittenQuery } from '../dialect';
import { type Column, deltaAddress, EngineError, type QueryResult, type SqlEngine } from '../engine';
import { type LakeTable, listTables, readView, type TableName } from './lake-folder';

export interface LakehouseOptions {
  /** The lake's folder (`localPaths().lake`). */
  readonly root: string;
  readonly engine: SqlEngine;
  /** The tables that the session may hold; any other is not there for it. @default all */
  readonly admits?: (table: TableName) => boolean;
}

/** Where a statement stands that was typed and is in no file. */
const TYPED: SourceLocation = { file: 'query', line: 1, column: 1 };

/** How many statements of a registration run at a time. */
const AT_ONCE = 4;

/**
 * The tables of a lake folder under their three-part names in one session of the engine: `SELECT ... FROM listings_local.gold.listings`.
 *
 * Sail cannot make catalogs after it has started, but its namespaces nest: `CREATE SCHEMA listings_local.gold` makes a name of three
 * parts resolve, columns included (`gold.listings.id`). Names are case-sensitive there; Unity Catalog's are not.
 *
 * Tables are registered by LOCATION and are always current. A view of a `.view.json` file is a catalog view over a temporary view,
 * since Sail keeps no backticks in the text of a catalog view. A temporary view stays at the versions it was made from, so `register` makes
 * it again whenever a table it reads has changed: call it before statements that are not sent through `query`.
 */
export class Lakehouse {
  readonly root: string;
  private readonly engine: SqlEngine;
  private readonly admits: (table: TableName) => boolean;
  private session = '';
  /** What the session holds, by qualified name: a table's location, a view's fingerprint. */
  private readonly registered = new Map<string, { kind: LakeTable['kind']; mark: string }>();
  private readonly schemas = new Set<string>();
  private readonly broken = new Map<string, LakewrightError>();
  private turn: Promise<void> = Promise.resolve();

  constructor(options: LakehouseOptions) {
    this.root = resolve(options.root);
    this.engine = options.engine;
    this.admits = options.admits ?? (() => true);
  }

  /** Every table and view that the folder shows now, of those that are admitted. */
  tables(): readonly LakeTable[] {
    return listTables(this.root).filter((table) => this.admits(table));
  }

  /** Tables that could not be registered the last time, and why; a query that needs none of them is not disturbed. */
  problems(): readonly LakewrightError[] {
    return [...this.broken.values()];
  }

  /**
   * Brings the session up to date with the folder: new tables, changed views, tables that are gone; everything when the engine was started
   * again. Sends nothing when nothing changed.
   *
   * @throws EngineError ENGINE_UNAVAILABLE
   */
  register(): Promise<void> {
    const next = this.turn.then(() => this.update());
    this.turn = next.catch(() => undefined);
    return next;
  }

  /**
   * Runs one statement with every table of the lake in reach, rewritten and refused as the queries of pipelines are (`src/dialect`).
   *
   * @param at where the statement begins in its file; errors then show it
   * @throws EngineError ENGINE_SQL; for a table that is not there, the hint names those that are; LakewrightError LAKEFLOW_SYNTAX,
   *   LAKEFLOW_UNSUPPORTED, LAKEFLOW_ENGINE_WRONG_ANSWER
   */
  query(sql: string, at?: SourceLocation): Promise<QueryResult> {
    return this.run(() => prepareStatement(this.engine, { text: sql, location: at ?? TYPED }), at);
  }

  /**
   * Runs a statement that was taken apart before (`statementAccess`): its head as it is, its query made fit for the engine.
   *
   * @throws as `query`
   */
  statement(
    { head, query }: { readonly head: string; readonly query?: WrittenQuery },
    at?: SourceLocation,
  ): Promise<QueryResult> {
    return this.run(async () => `${head}${query ? await prepareQuery(this.engine, query) : ''}`, at);
  }

  private async run(prepare: () => Promise<string>, at: SourceLocation | undefined): Promise<QueryResult> {
    await this.register();
    try {
      return await this.engine.sql(await prepare());
    } catch (error) {
      throw this.withHint(error, at);
    }
  }

  /** The columns of a table or view. @throws LakewrightError LAKEHOUSE_NO_TABLE */
  async describeTable(name: TableName): Promise<readonly Column[]> {
    const table = this.find(name);
    if (table.kind === 'table') return tableColumns(table.location);
    await this.register();
    this.refuseBroken(name);
    return this.engine.describe(`SELECT * FROM ${qualified(name)}`);
  }

  /** The number of rows of a table or view. @throws LakewrightError LAKEHOUSE_NO_TABLE */
  async countRows(name: TableName): Promise<number> {
    this.find(name);
    await this.register();
    this.refuseBroken(name);
    const { rows } = await this.engine.sql(`SELECT count(*) AS n FROM ${qualified(name)}`);
    return Number(rows[0]?.n);
  }

  private async update(): Promise<void> {
    const session = await this.engine.session();
    if (session !== this.session) {
      this.registered.clear();
      this.schemas.clear();
      this.session = session;
    }
    const tables = this.tables();
    this.broken.clear();
    await this.forgetAbsent(new Set(tables.map((table) => `${table.kind} ${qualified(table)}`)));
    await this.createSchemas(tables);
    for (let start = 0; start < tables.length; start += AT_ONCE) {
      await Promise.all(tables.slice(start, start + AT_ONCE).map((table) => this.registerOne(table)));
    }
  }

  private async forgetAbsent(present: ReadonlySet<string>): Promise<void> {
    for (const [name, { kind }] of [...this.registered]) {
      if (!present.has(`${kind} ${name}`)) await this.forget(name);
    }
  }

  private async forget(name: string): Promise<void> {
    const known = this.registered.get(name);
    if (!known) return;
    await this.engine.execute(`DROP ${known.kind === 'view' ? 'VIEW' : 'TABLE'} IF EXISTS ${name}`);
    this.registered.delete(name);
  }

  private async createSchemas(tables: readonly LakeTable[]): Promise<void> {
    for (const schema of new Set(tables.map((table) => `${quoted(table.catalog)}.${quoted(table.schema)}`))) {
      if (this.schemas.has(schema)) continue;
      await this.engine.execute(`CREATE SCHEMA IF NOT EXISTS ${schema}`);
      this.schemas.add(schema);
    }
  }

  /** One table's trouble is kept for `problems`; an engine that is gone is everybody's. */
  private async registerOne(table: LakeTable): Promise<void> {
    try {
      if (table.kind === 'table') await this.registerTable(table);
      else await this.registerView(table);
    } catch (error) {
      if (!(error instanceof LakewrightError) || error.code === 'ENGINE_UNAVAILABLE') throw error;
      this.broken.set(qualified(table), error);
      await this.forget(qualified(table));
    }
  }

  private async registerTable(table: LakeTable): Promise<void> {
    const name = qualified(table);
    const address = deltaAddress(table.location);
    refuseDecimalBounds(table.location);
    if (this.registered.get(name)?.mark === address) return;
    const create = `CREATE TABLE ${name} USING delta LOCATION '${address}'`;
    try {
      await this.engine.execute(create);
    } catch {
      // A session shared with another process may hold the name already, as a table of another place or as a view.
      await this.engine.execute(`DROP TABLE IF EXISTS ${name}`);
      await this.engine.execute(`DROP VIEW IF EXISTS ${name}`);
      await this.engine.execute(create);
    }
    this.registered.set(name, { kind: 'table', mark: address });
  }

  private async registerView(table: LakeTable): Promise<void> {
    const name = qualified(table);
    const { query, fingerprint } = readView(this.root, table.location);
    if (this.registered.get(name)?.mark === fingerprint) return;
    const inner = `lakewright_view_${createHash('sha256').update(name).digest('hex').slice(0, 16)}`;
    await this.engine.execute(`CREATE OR REPLACE TEMPORARY VIEW ${inner} AS ${query}`);
    await this.engine.execute(`CREATE OR REPLACE VIEW ${name} AS SELECT * FROM ${inner}`);
    this.registered.set(name, { kind: 'view', mark: fingerprint });
  }

  private find(name: TableName): LakeTable {
    const wanted = qualified(name);
    const table = this.tables().find((candidate) => qualified(candidate) === wanted);
    if (table) return table;
    throw new LakewrightError('LAKEHOUSE_NO_TABLE', `there is no table ${wanted} in the lake`, { hint: this.tableHint() });
  }

  private refuseBroken(name: TableName): void {
    const problem = this.broken.get(qualified(name));
    if (problem) throw problem;
  }

  private withHint(error: unknown, at: SourceLocation | undefined): unknown {
    if (!(error instanceof EngineError)) return error;
    const { errorClass, sqlState, statement, cause } = error;
    if (error.hint || !error.message.includes('TABLE_OR_VIEW_NOT_FOUND')) {
      if (!at) return error;
      return new EngineError(error.code, error.message, {
        hint: error.hint,
        location: at,
        errorClass,
        sqlState,
        statement,
        cause,
      });
    }
    const problems = this.problems().map((problem) => `; ${problem.message}`);
    const hint = `${this.tableHint()}${problems.join('')}`;
    return new EngineError(error.code, error.message, { hint, location: at, errorClass, sqlState, statement, cause });
  }

  private tableHint(): string {
    const names = this.tables().map(({ catalog, schema, name }) => `${catalog}.${schema}.${name}`);
    return names.length === 0 ? 'the lake has no tables yet: run a pipeline first' : `tables are ${names.join(', ')}`;
  }
}

/** `` `catalog`.`schema`.`name` `` */
function qualified({ catalog, schema, name }: TableName): string {
  return [catalog, schema, name].map(quoted).join('.');
}

function quoted(name: string): string {
  return `\`${name.replaceAll('`', '``')}\``;
}
