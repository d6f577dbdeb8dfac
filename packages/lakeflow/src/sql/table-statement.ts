import type { SourceLocation } from '@lakewright/config';
import type { AppendFlow, AutoCdcFlow, MaterializedView, QualifiedName, Statement, StreamingTable, TemporaryView } from './ast';
import { parseAutoCdc } from './auto-cdc';
import { parseColumnList } from './column-list';
import type { Cursor } from './cursor';
import { refuseReplace } from './flow-statement';
import { parseQualifiedName } from './names';
import { parseQuery } from './query';
import { syntaxError, unsupported } from './syntax-error';
import { parseTableClauses } from './table-clauses';

/** "CREATE STREAMING TABLE (pipelines)", docs.databricks.com; the cursor stands after TABLE. */
export function parseStreamingTable(cursor: Cursor, location: SourceLocation): readonly Statement[] {
  const head = parseHead(cursor, 'the name of the streaming table');
  const table: StreamingTable = { kind: 'streaming_table', ...head, location };
  if (cursor.done) return [table];
  if (cursor.acceptKeywords('AS')) return [{ ...table, query: parseQuery(cursor) }];
  cursor.expectKeywords('FLOW');
  return [table, parseInlineFlow(cursor, table.name)];
}

/** `FLOW AUTO CDC FROM ...` or `FLOW INSERT BY NAME query`: a flow of the table's name. */
function parseInlineFlow(cursor: Cursor, target: QualifiedName): AutoCdcFlow | AppendFlow {
  const { location } = cursor.peek(-1);
  if (cursor.acceptKeywords('AUTO', 'CDC')) {
    if (cursor.isKeywords('INTO'))
      throw syntaxError(cursor.current.location, 'the flow of a table has no INTO', 'write FLOW AUTO CDC FROM ...');
    return { kind: 'auto_cdc_flow', name: target, target, cdc: parseAutoCdc(cursor, location), location };
  }
  refuseReplace(cursor);
  cursor.expectKeywords('INSERT');
  const once = cursor.acceptKeywords('ONCE');
  cursor.expectKeywords('BY', 'NAME');
  return { kind: 'append_flow', name: target, target, query: parseQuery(cursor), ...(once && { once: true as const }), location };
}

/** "CREATE MATERIALIZED VIEW (pipelines)", docs.databricks.com; the cursor stands after VIEW. */
export function parseMaterializedView(cursor: Cursor, location: SourceLocation): MaterializedView {
  const head = parseHead(cursor, 'the name of the materialized view');
  cursor.expectKeywords('AS');
  return { kind: 'materialized_view', ...head, query: parseQuery(cursor), location };
}

/** "CREATE TEMPORARY VIEW (pipelines)", docs.databricks.com; the cursor stands after VIEW. */
export function parseTemporaryView(cursor: Cursor, location: SourceLocation): TemporaryView {
  const head = parseHead(cursor, 'the name of the temporary view');
  const { parts, location: named } = head.name;
  if (parts.length > 1)
    throw syntaxError(named, `a temporary view lives in no schema: ${parts.join('.')}`, `call it ${parts.at(-1)}`);
  cursor.expectKeywords('AS');
  const query = parseQuery(cursor);
  if (query.windowed) {
    const message = 'an aggregate over a stream in a temporary view is not supported: a view keeps no state';
    throw unsupported(query.location, message, 'write the query into the streaming table that it is for');
  }
  return { kind: 'temporary_view', ...head, query, location };
}

function parseHead(cursor: Cursor, wanted: string) {
  cursor.acceptKeywords('IF', 'NOT', 'EXISTS');
  const name = parseQualifiedName(cursor, wanted);
  const { columns, expectations } = cursor.isSymbol('(') ? parseColumnList(cursor) : { columns: [], expectations: [] };
  return { name, columns, expectations, ...parseTableClauses(cursor) };
}
