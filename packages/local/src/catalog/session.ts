import { createHash, randomUUID } from 'node:crypto';
import { type Action, ADMIN, type AuditEvent, authorize, DeniedError, denied, type Identity, ref } from '@lakewright/catalog';
import { LakewrightError, type SourceLocation } from '@lakewright/config';
import {
  catalogStatement,
  type NamedTable,
  type StatementAccess,
  statementAccess,
  type WrittenQuery,
} from '@lakewright/lakeflow/dialect';
import type { QueryResult, SqlEngine } from '@lakewright/lakeflow/engine';
import { Lakehouse } from '@lakewright/lakeflow/lakehouse';
import { quoteName, type ReadReplacement } from '@lakewright/lakeflow/sql';
import type { LocalContext } from '../context';
import { withLake } from '../lake/with-lake';
import { answer } from './answers';
import { auditLog, type Governance, lineageLog, readGovernance } from './deployed';
import { systemTable } from './system-tables';

/**
 * Statements of one principal in one session of the engine. What a statement reads and writes is told from its tree and checked before the
 * engine sees it; and the session holds only tables that were allowed, so that a name which the tree did not show is not there.
 */
export class SqlSession {
  private readonly lake: Lakehouse;
  private readonly admitted = new Set<string>();
  private readonly temporary = new Set<string>();

  constructor(
    private readonly context: LocalContext,
    private readonly engine: SqlEngine,
    private readonly who: Identity,
    private known?: Governance,
  ) {
    const admits = who.admin ? undefined : { admits: (table: Table) => this.admitted.has(fullName(table)) };
    this.lake = new Lakehouse({ root: context.paths.lake, engine, ...admits });
  }

  /** @param principal as Unity Catalog names it, or the plain name of a service principal. @default the metastore's admin */
  static open(context: LocalContext, engine: SqlEngine, principal?: string): SqlSession {
    if (principal === undefined) return new SqlSession(context, engine, ADMIN);
    const governance = readGovernance(context);
    return new SqlSession(context, engine, governance.directory.identity(principal), governance);
  }

  /** Read once, and for the admin only when a statement is about it. */
  private get governance(): Governance {
    this.known ??= readGovernance(this.context);
    return this.known;
  }

  /**
   * @param at where the statement begins in its file; errors then show it
   * @throws DeniedError; LakewrightError LAKEFLOW_UNSUPPORTED for what cannot be checked, CATALOG_*; what the engine throws
   */
  async run(sql: string, at?: SourceLocation): Promise<QueryResult> {
    const text = { text: sql, location: at ?? { file: 'query', line: 1, column: 1 } };
    try {
      const result = await this.perform(text, at);
      this.log(sql, 200);
      return result;
    } catch (error) {
      this.log(sql, error instanceof DeniedError ? 403 : 400, (error as Error).message);
      throw error;
    }
  }

  private async perform(text: WrittenQuery, at: SourceLocation | undefined): Promise<QueryResult> {
    const about = catalogStatement(text);
    if (about) return answer(about, this.governance, this.who);
    const access = this.accessOf(text);
    if (!access) return this.lake.query(text.text, at);
    this.check(access);
    if (access.kind === 'describe' && !this.who.admin) return this.describe(access.reads[0]!);
    const result = await this.execute(access, text, at);
    if (access.creates !== undefined) this.temporary.add(access.creates);
    if (access.into) this.recordLineage(access.into, access.reads);
    return result;
  }

  /** The admin may do what cannot be told, too. */
  private accessOf(text: WrittenQuery): StatementAccess | undefined {
    try {
      return statementAccess(text);
    } catch (error) {
      if (this.who.admin && error instanceof LakewrightError) return undefined;
      throw error;
    }
  }

  /** Lets the statement's tables into the session, or throws. */
  private check({ kind, reads, into }: StatementAccess): void {
    if (this.who.admin) return;
    if (kind === 'describe') {
      this.checkSight(reads[0]!);
      return;
    }
    const tables = reads.filter((table) => !this.isTemporary(table));
    const { metastore, directory } = this.governance;
    const actions = [...tables.flatMap((table) => this.reading(table)), ...(into ? this.writing(into) : [])];
    authorize(metastore, directory, this.who, actions);
    for (const table of [...tables, ...(into ? [into] : [])]) {
      if (systemTable(table.parts)) continue;
      this.requireTable(table);
      this.admitted.add(this.nameOf(table));
    }
  }

  private checkSight(table: NamedTable): void {
    const { metastore } = this.governance;
    const on = ref('table', this.nameOf(table));
    if (metastore.sees(this.who, on)) this.requireTable(table);
    else throw denied(metastore, this.who, [{ privilege: 'BROWSE', on: ref('catalog', on.name.split('.')[0]!) }]);
  }

  private reading(table: NamedTable): readonly Action[] {
    const system = systemTable(table.parts);
    if (!system || system.adminOnly) return [{ do: 'read', table: this.nameOf(table) }];
    return system.of === undefined ? [] : [{ do: 'use catalog', catalog: system.of }];
  }

  private writing(table: NamedTable): readonly Action[] {
    return [{ do: 'modify', table: this.nameOf(table) }];
  }

  private requireTable(table: NamedTable): void {
    const name = this.nameOf(table);
    const { metastore } = this.governance;
    if (metastore.get(ref('table', name))) return;
    const seen = metastore.all('table').filter((each) => metastore.sees(this.who, each));
    throw new LakewrightError(
      'CATALOG_NO_TABLE',
      `[TABLE_OR_VIEW_NOT_FOUND] The table or view ${name} cannot be found. SQLSTATE: 42P01`,
      {
        location: table.location,
        hint:
          seen.length > 0
            ? `tables that you see are ${seen.map((each) => each.name).join(', ')}`
            : 'there is no table that you see',
      },
    );
  }

  private nameOf({ parts, location }: NamedTable): string {
    if (parts.length === 3) return parts.join('.').toLowerCase();
    throw new LakewrightError('CATALOG_TABLE_NAME', `${parts.join('.')} does not say which catalog and schema it is of`, {
      location,
      hint: 'there is no current catalog or schema here: write catalog.schema.table',
    });
  }

  private isTemporary({ parts }: NamedTable): boolean {
    return parts.length === 1 && this.temporary.has(parts[0]!.toLowerCase());
  }

  /** In a session of its own: who may see a table may not thereby read it. */
  private async describe(table: NamedTable): Promise<QueryResult> {
    const name = this.nameOf(table);
    const columns = await withLake(this.context, async (lake) => {
      const found = lake.tables().find((each) => fullName(each) === name);
      return found ? lake.describeTable(found) : [];
    });
    return {
      columns: ['col_name', 'data_type', 'comment'].map((each) => ({ name: each, type: 'string' })),
      rows: columns.map((column) => ({ col_name: column.name, data_type: column.type, comment: null })),
    };
  }

  private async execute(access: StatementAccess, text: WrittenQuery, at: SourceLocation | undefined): Promise<QueryResult> {
    const replacements = [...(await this.systemViews(access.reads)), ...this.foldedNames(access.reads)];
    if (this.who.admin && replacements.length === 0) return this.lake.query(text.text, at);
    return this.lake.statement({ head: access.head, query: access.query && { ...access.query, replacements } }, at);
  }

  /** Makes the system tables that a query names, and says what stands for each. */
  private async systemViews(reads: readonly NamedTable[]): Promise<ReadReplacement[]> {
    const replacements: ReadReplacement[] = [];
    for (const { parts, range } of reads) {
      const system = range && systemTable(parts);
      if (!system) continue;
      const view = `lakewright_system_${createHash('sha256').update(parts.join('.').toLowerCase()).digest('hex').slice(0, 16)}`;
      await this.engine.createLocalView(view, await system.rows(this.context, this.governance, this.who));
      replacements.push({ range, sql: view, name: parts.at(-1)! });
    }
    return replacements;
  }

  /** Unity Catalog folds the case of names, and the engine does not: tables written in another case by the name that they have. */
  private foldedNames(reads: readonly NamedTable[]): readonly ReadReplacement[] {
    const names = reads.filter(({ parts }) => parts.length === 3);
    if (names.length === 0) return [];
    const tables = this.lake.tables();
    return names.flatMap(({ parts, range }) => {
      const full = parts.join('.');
      const found = tables.filter((table) => fullName(table) === full.toLowerCase());
      if (!range || found.length !== 1 || written(found[0]!) === full) return [];
      const { catalog, schema, name } = found[0]!;
      return [{ range, sql: quoteName([catalog, schema, name]), name: parts[2]! }];
    });
  }

  private recordLineage(into: NamedTable, reads: readonly NamedTable[]): void {
    const time = new Date().toISOString();
    const { metastore } = this.governance;
    const end = ({ parts }: NamedTable) => {
      const name = parts.join('.').toLowerCase();
      return { table: name, type: metastore.get(ref('table', name))?.type ?? ('MANAGED' as const) };
    };
    const sources = reads.filter(({ parts }) => parts.length === 3 && !systemTable(parts));
    lineageLog(this.context.paths).append(
      ...sources.map((source) => ({ id: randomUUID(), time, principal: this.who.name, source: end(source), target: end(into) })),
    );
  }

  private log(sql: string, status: AuditEvent['status'], error?: string): void {
    auditLog(this.context.paths).append({
      id: randomUUID(),
      time: new Date().toISOString(),
      principal: this.who.name,
      service: 'databrickssql',
      action: 'commandSubmit',
      params: { commandText: sql },
      status,
      ...(error === undefined ? {} : { error }),
    });
  }
}

interface Table {
  readonly catalog: string;
  readonly schema: string;
  readonly name: string;
}

function written({ catalog, schema, name }: Table): string {
  return `${catalog}.${schema}.${name}`;
}

function fullName(table: Table): string {
  return written(table).toLowerCase();
}
