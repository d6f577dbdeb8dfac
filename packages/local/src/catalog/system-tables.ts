import {
  auditRelation,
  type Identity,
  INFORMATION_SCHEMA,
  lineageRelation,
  type Securable,
  type SystemRelation,
  type TableColumn,
} from '@lakewright/catalog';
import type { Lakehouse } from '@lakewright/lakeflow/lakehouse';
import type { LocalContext } from '../context';
import { withLake } from '../lake/with-lake';
import { auditLog, type Governance, lineageLog } from './deployed';

const OF_SYSTEM: Readonly<Record<string, (context: LocalContext) => SystemRelation>> = {
  audit: ({ paths }) => auditRelation(auditLog(paths).read()),
  table_lineage: ({ paths }) => lineageRelation(lineageLog(paths).read()),
};

/** A table that is made when a statement names it. */
export interface SystemTable {
  /** The catalog whose `information_schema` it is of, which one must be allowed to use. */
  readonly of?: string;
  /** Whether only the metastore's admin may read it. */
  readonly adminOnly: boolean;
  rows(context: LocalContext, governance: Governance, who: Identity): Promise<SystemRelation>;
}

/** The system table of a name: `system.access.audit`, `<catalog>.information_schema.tables`; undefined for any other name. */
export function systemTable(parts: readonly string[]): SystemTable | undefined {
  const [catalog, schema, name] = parts.map((part) => part.toLowerCase());
  if (parts.length !== 3 || name === undefined) return undefined;
  if (schema === 'information_schema' && Object.hasOwn(INFORMATION_SCHEMA, name)) {
    const of = catalog === 'system' ? undefined : catalog;
    return {
      of,
      adminOnly: false,
      rows: async (context, { metastore }, who) => {
        const seen = metastore.all('table').filter((table) => metastore.sees(who, table));
        // In a session of its own: that of whoever asks must not hold what he may not read.
        const columns = name === 'columns' ? await withLake(context, (lake) => columnsOf(lake, seen)) : new Map();
        const described = { metastore, who, catalog: of, columnsOf: (table: Securable) => columns.get(table.name) ?? [] };
        return INFORMATION_SCHEMA[name]!(described);
      },
    };
  }
  const made = catalog === 'system' && schema === 'access' && Object.hasOwn(OF_SYSTEM, name) ? OF_SYSTEM[name] : undefined;
  return made && { adminOnly: true, rows: async (context) => made(context) };
}

/** The columns of every table; of one that is damaged none. */
async function columnsOf(lake: Lakehouse, tables: readonly Securable[]): Promise<ReadonlyMap<string, readonly TableColumn[]>> {
  const known = new Set(tables.map(({ name }) => name));
  const found = new Map<string, readonly TableColumn[]>();
  for (const table of lake.tables()) {
    const name = `${table.catalog}.${table.schema}.${table.name}`.toLowerCase();
    if (!known.has(name)) continue;
    const columns = await lake.describeTable(table).catch(() => []);
    found.set(
      name,
      columns.map((column) => ({ ...column, nullable: true })),
    );
  }
  return found;
}
