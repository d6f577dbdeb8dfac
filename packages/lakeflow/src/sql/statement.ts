import type { SourceLocation } from '@lakewright/config';
import type { MaterializedView, Statement, StreamingTable } from './ast';
import type { Cursor } from './cursor';
import { parseApplyChanges, parseFlow } from './flow-statement';
import { syntaxError, unsupported } from './syntax-error';
import { parseMaterializedView, parseStreamingTable, parseTemporaryView } from './table-statement';

const OPENINGS =
  'CREATE OR REFRESH STREAMING TABLE, CREATE OR REFRESH MATERIALIZED VIEW, CREATE TEMPORARY VIEW, CREATE FLOW or APPLY CHANGES INTO';

/** Statements of other places, and what to do about them. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  SET: "put it into the pipeline's configuration and write ${name}",
  USE: "the default catalog and schema are the pipeline's; name others in full",
  SELECT: 'give the query a name: CREATE OR REFRESH MATERIALIZED VIEW name AS SELECT ...',
  WITH: 'give the query a name: CREATE OR REFRESH MATERIALIZED VIEW name AS WITH ...',
  INSERT: 'write CREATE FLOW name AS INSERT INTO target BY NAME SELECT ...',
  AUTO: 'write CREATE FLOW name AS AUTO CDC INTO target ...',
  MERGE: 'write CREATE FLOW name AS AUTO CDC INTO target ...',
  DROP: 'remove the statement that creates it',
  REFRESH: 'an update refreshes every table of the pipeline',
};
const ELSEWHERE_TOO =
  'ALTER DELETE UPDATE TRUNCATE OPTIMIZE VACUUM ANALYZE DESCRIBE SHOW GRANT REVOKE COPY DECLARE BEGIN CALL EXPLAIN CACHE'.split(
    ' ',
  );

/**
 * Parses one statement; an inline flow gives two.
 *
 * @throws LakewrightError LAKEFLOW_SYNTAX, LAKEFLOW_UNSUPPORTED, LAKEFLOW_ENGINE_WRONG_ANSWER
 */
export function parseStatement(cursor: Cursor): readonly Statement[] {
  const statements = statementsAt(cursor);
  if (!cursor.done) throw cursor.unexpected('the end of the statement (";")');
  return statements;
}

function statementsAt(cursor: Cursor): readonly Statement[] {
  const { keyword, location } = cursor.current;
  if (keyword === 'CREATE') return parseCreate(cursor);
  if (keyword === 'APPLY') return [parseApplyChanges(cursor)];
  const wayOut = Object.hasOwn(ELSEWHERE, keyword) ? ELSEWHERE[keyword] : undefined;
  if (wayOut) throw unsupported(location, `${keyword} is no statement of a pipeline`, wayOut);
  if (ELSEWHERE_TOO.includes(keyword))
    throw unsupported(location, `${keyword} is no statement of a pipeline`, `a pipeline has ${OPENINGS}`);
  throw cursor.unexpected(OPENINGS, cursor.current, ['CREATE', 'APPLY']);
}

function parseCreate(cursor: Cursor): readonly Statement[] {
  const { location } = cursor.expectKeywords('CREATE');
  const replaced = cursor.isKeywords('OR', 'REPLACE') ? cursor.current : undefined;
  if (replaced) throw syntaxError(replaced.location, 'a dataset of a pipeline is not replaced', 'write CREATE OR REFRESH');
  if (cursor.acceptKeywords('OR')) cursor.expectKeywords('REFRESH');
  refuseOlderForms(cursor);
  if (cursor.acceptKeywords('PRIVATE')) return parsePrivate(cursor, location);
  const temporary = cursor.acceptKeywords('TEMPORARY') || cursor.acceptKeywords('TEMP');
  if (temporary && cursor.isKeywords('VIEW')) {
    cursor.next();
    return [parseTemporaryView(cursor, location)];
  }
  if (temporary) {
    if (cursor.current.kind === 'word') {
      throw unsupported(
        cursor.current.location,
        'a pipeline has temporary views, no temporary tables',
        'write CREATE TEMPORARY VIEW, or CREATE PRIVATE STREAMING TABLE or MATERIALIZED VIEW',
      );
    }
    throw cursor.unexpected('VIEW');
  }
  if (cursor.acceptKeywords('STREAMING', 'TABLE')) return parseStreamingTable(cursor, location);
  if (cursor.acceptKeywords('MATERIALIZED', 'VIEW')) return [parseMaterializedView(cursor, location)];
  if (cursor.acceptKeywords('FLOW')) return [parseFlow(cursor, location)];
  if (cursor.isKeywords('STREAMING') || cursor.isKeywords('MATERIALIZED')) {
    const { keyword } = cursor.next();
    const wanted = keyword === 'STREAMING' ? 'TABLE' : 'VIEW';
    throw cursor.unexpected(`${wanted} after ${keyword}`, cursor.current, [wanted]);
  }
  throw refusedCreate(cursor);
}

/** `PRIVATE STREAMING TABLE` and `PRIVATE MATERIALIZED VIEW`. */
function parsePrivate(cursor: Cursor, location: SourceLocation): readonly Statement[] {
  const { location: named } = cursor.current;
  let statements: readonly Statement[];
  if (cursor.acceptKeywords('STREAMING', 'TABLE')) statements = parseStreamingTable(cursor, location);
  else if (cursor.acceptKeywords('MATERIALIZED', 'VIEW')) statements = [parseMaterializedView(cursor, location)];
  else if (cursor.isKeywords('VIEW'))
    throw unsupported(named, 'a private view is a temporary view', 'write CREATE TEMPORARY VIEW');
  else
    throw cursor.unexpected('STREAMING TABLE or MATERIALIZED VIEW after PRIVATE', cursor.current, ['STREAMING', 'MATERIALIZED']);
  return statements.map((statement) => (isTable(statement) ? { ...statement, private: true as const } : statement));
}

function isTable(statement: Statement): statement is StreamingTable | MaterializedView {
  return statement.kind === 'streaming_table' || statement.kind === 'materialized_view';
}

const CREATED = ['STREAMING', 'MATERIALIZED', 'TEMPORARY', 'FLOW'];

function refusedCreate(cursor: Cursor) {
  const { keyword, location } = cursor.current;
  if (keyword === 'TABLE') {
    return unsupported(
      location,
      'a pipeline creates no plain tables',
      'write CREATE OR REFRESH STREAMING TABLE or MATERIALIZED VIEW',
    );
  }
  if (keyword === 'VIEW') {
    return unsupported(
      location,
      'published views are not supported yet',
      'write CREATE TEMPORARY VIEW, or CREATE OR REFRESH MATERIALIZED VIEW',
    );
  }
  if (keyword === 'SINK')
    return unsupported(location, 'sinks are not supported yet', 'write into a streaming table and export from there');
  if (['FUNCTION', 'SCHEMA', 'DATABASE', 'CATALOG', 'VOLUME', 'CONNECTION', 'EXTERNAL'].includes(keyword)) {
    return unsupported(
      location,
      `a pipeline creates no ${keyword.toLowerCase()}`,
      'declare it in the stack that declares the pipeline',
    );
  }
  return cursor.unexpected('STREAMING TABLE, MATERIALIZED VIEW, TEMPORARY VIEW or FLOW after CREATE', cursor.current, CREATED);
}

/** "LIVE schema (legacy)" and "CREATE STREAMING TABLE (pipelines)", docs.databricks.com. */
function refuseOlderForms(cursor: Cursor): void {
  const ahead = ['STREAMING', 'INCREMENTAL', 'TEMPORARY', 'MATERIALIZED'].includes(cursor.current.keyword) ? 1 : 0;
  if (cursor.peek(ahead).keyword !== 'LIVE') return;
  const now = cursor.peek(ahead + 1).keyword === 'VIEW' ? 'CREATE TEMPORARY VIEW' : undefined;
  const table = ahead === 1 ? 'CREATE OR REFRESH STREAMING TABLE' : 'CREATE OR REFRESH MATERIALIZED VIEW';
  throw unsupported(
    cursor.peek(ahead).location,
    'LIVE belongs to older pipelines',
    `write ${now ?? table}, and names without LIVE`,
  );
}
