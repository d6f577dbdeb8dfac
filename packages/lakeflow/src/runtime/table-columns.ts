import { LakewrightError, type SourceLocation } from '@lakewright/config';
import { convert, evolveType, newFields } from '../delta/evolution';
import type { TableColumn } from '../delta/schema';
import type { Column } from '../engine';
import { parseColumns } from '../engine/ddl';
import { formatType, quoteName, type SparkField } from '../engine/spark-type';
import type { ColumnSpec, Dataset } from '../sql';
import { displayName } from './update-context';

/** A query whose output was described. */
export interface ShapedQuery {
  readonly query: string;
  readonly columns: readonly SparkField[];
}

/**
 * Leaves out `_metadata` where `*` brought it along (Databricks hides it from `*`), and refuses two columns of one name.
 *
 * @param text the query as written: a bare `_metadata` in it is wanted
 * @throws LakewrightError LAKEFLOW_DUPLICATE_COLUMN
 */
export function shapeQuery(query: string, text: string, described: readonly Column[], dataset: Dataset): ShapedQuery {
  const wanted = /\b_metadata\b(?!\s*[.`])/i.test(text);
  const columns = described
    .filter(({ name }) => wanted || name.toLowerCase() !== '_metadata')
    .flatMap(({ name, type }) => parseColumns(`${quoteName(name)} ${type}`));
  const names = columns.map(({ name }) => name.toLowerCase());
  const twice = columns.find(({ name }, index) => names.indexOf(name.toLowerCase()) < index);
  if (twice) {
    throw new LakewrightError('LAKEFLOW_DUPLICATE_COLUMN', `${displayName(dataset)} would have two columns ${twice.name}`, {
      location: dataset.statement.location,
      hint: 'give one of them another name with AS',
    });
  }
  const untyped = columns.find(({ type }) => type.kind === 'void' || type.kind === 'interval');
  if (untyped) {
    throw new LakewrightError(
      'LAKEFLOW_COLUMNS',
      `${displayName(dataset)} cannot store ${untyped.name}, which is of type ${untyped.type.kind}`,
      {
        location: dataset.statement.location,
        hint: 'CAST it to the type that the column shall have',
      },
    );
  }
  return { query, columns };
}

/**
 * The columns that a table is made with: those it declares (types as declared, or as the query gives them), else those of its
 * queries. A declared list goes by name; when its names are not those of the query it labels the columns by position, as in any view.
 *
 * @throws LakewrightError LAKEFLOW_COLUMNS when declaration and query do not go together
 */
export function tableColumns(dataset: Dataset, queries: readonly ShapedQuery[]): readonly TableColumn[] {
  const columns = declaredColumns(dataset, queries);
  const unknown = dataset.statement.clusterBy.find((name) => !findColumn(columns, name));
  if (unknown === undefined) return columns;
  throw columnsError(dataset, `${displayName(dataset)} is to be clustered by ${unknown}, which is no column of it`);
}

function declaredColumns(dataset: Dataset, queries: readonly ShapedQuery[]): readonly TableColumn[] {
  const produced = unionOf(dataset, queries);
  const declared = dataset.statement.columns;
  if (declared.length === 0) return produced;
  const matches = declared.map((spec) => findColumn(produced, spec.name));
  const byName =
    matches.every((field) => field !== undefined) &&
    produced.every(({ name }) => declared.some((spec) => sameName(spec.name, name)));
  if (byName) return declared.map((spec, index) => declaredColumn(spec, matches[index]));
  const typed = declared.every((spec) => spec.type !== undefined);
  if (typed && produced.every(({ name }) => declared.some((spec) => sameName(spec.name, name))))
    return declared.map((spec) => declaredColumn(spec, undefined));
  if (queries.length === 1 && declared.length === produced.length)
    return declared.map((spec, index) => declaredColumn(spec, produced[index]));
  throw columnsError(
    dataset,
    `${displayName(dataset)} declares (${listNames(declared)}) and its query gives (${listNames(produced)})`,
  );
}

/** The select list that turns a query's columns into the table's: by name, by position where the table labels them. */
export function projectTo(columns: readonly TableColumn[], shaped: ShapedQuery): string {
  const labels = columns.length === shaped.columns.length && !columns.some(({ name }) => findColumn(shaped.columns, name));
  const list = columns.map((column, index) => {
    const source = labels ? shaped.columns[index] : findColumn(shaped.columns, column.name);
    const type = formatType(column.type);
    if (!source) return `CAST(NULL AS ${type}) AS ${quoteName(column.name)}`;
    return `${convert(quoteName(source.name), source.type, column.type)} AS ${quoteName(column.name)}`;
  });
  return `SELECT ${list.join(', ')} FROM (${shaped.query})`;
}

/** DDL of columns, as checkpoints keep it. */
export function columnsDdl(columns: readonly SparkField[]): string {
  return columns.map(({ name, type }) => `${quoteName(name)} ${formatType(type)}`).join(', ');
}

/**
 * @throws LakewrightError LAKEFLOW_SCHEMA_CHANGED when the statement gives other columns than the table has
 */
export function checkUnchanged(dataset: Dataset, stored: string, now: readonly SparkField[]): void {
  const given = columnsDdl(now);
  if (stored === given) return;
  const before = parseColumns(stored);
  const gone = before.filter(({ name }) => !findColumn(now, name)).map(({ name }) => `${name} is gone`);
  const added = now.filter(({ name }) => !findColumn(before, name)).map(({ name, type }) => `${name} ${formatType(type)} is new`);
  const changed = now.flatMap(({ name, type }) => {
    const old = findColumn(before, name);
    return old && formatType(old.type) !== formatType(type)
      ? [`${name} was ${formatType(old.type)} and is ${formatType(type)}`]
      : [];
  });
  const differences = [...gone, ...added, ...changed];
  if (differences.length === 0) return;
  throw new LakewrightError(
    'LAKEFLOW_SCHEMA_CHANGED',
    `${displayName(dataset)} would get other columns: ${differences.join('; ')}`,
    {
      location: dataset.statement.location,
      hint: `run the pipeline with a full refresh of ${displayName(dataset)} (its rows are then read again from the sources), or undo the change`,
    },
  );
}

/** What became of a table's columns. */
export interface Evolution {
  readonly columns: readonly TableColumn[];
  /** `grown`: new columns or fields, which stored rows do not have. `widened`: stored rows must be written with other types. */
  readonly change: 'none' | 'grown' | 'widened';
}

/** The property that lets columns of a table become wider. */
const TYPE_WIDENING = 'delta.enableTypeWidening';

/**
 * The columns of a table whose flows give other ones than it has: new ones come last and are NULL in the rows that are there; a type
 * becomes wider where the table has the property `delta.enableTypeWidening` ("Type widening", docs.databricks.com); values of a
 * narrower type are stored as the column's.
 *
 * @param stored DDL of the table's columns
 * @param keepsMissing whether columns may be missing from what is given: a flow that ran once gives no more
 * @throws LakewrightError LAKEFLOW_SCHEMA_CHANGED for every other change
 */
export function evolve(dataset: Dataset, stored: string, given: readonly TableColumn[], keepsMissing: boolean): Evolution {
  const before = parseColumns(stored);
  const widen = dataset.statement.properties[TYPE_WIDENING]?.toLowerCase() === 'true';
  const columns: TableColumn[] = [];
  for (const field of before) {
    const now = given.find(({ name }) => sameName(name, field.name));
    const type = now ? evolveType(field.type, now.type, { widen, otherwise: 'refuse' }) : keepsMissing ? field.type : undefined;
    if (!type) throw schemaChanged(dataset, before, given, keepsMissing, widen);
    columns.push({ ...now, name: field.name, type });
  }
  columns.push(...newFields(before, given));
  const change = changeOf(before, columns);
  return { columns, change };
}

function changeOf(before: readonly SparkField[], columns: readonly SparkField[]): Evolution['change'] {
  const grown = { widen: false, otherwise: 'refuse' } as const;
  const isWidened = before.some(({ type }, index) => {
    const now = columns[index]!.type;
    const kept = evolveType(type, now, grown);
    return !kept || formatType(kept) !== formatType(now);
  });
  if (isWidened) return 'widened';
  return columnsDdl(before) === columnsDdl(columns) ? 'none' : 'grown';
}

function schemaChanged(
  dataset: Dataset,
  before: readonly SparkField[],
  now: readonly SparkField[],
  keepsMissing: boolean,
  widen: boolean,
): LakewrightError {
  const gone = keepsMissing ? [] : before.filter(({ name }) => !findColumn(now, name)).map(({ name }) => `${name} is gone`);
  const changed = before.flatMap(({ name, type }) => {
    const found = findColumn(now, name);
    if (!found || evolveType(type, found.type, { widen, otherwise: 'refuse' })) return [];
    return [`${name} was ${formatType(type)} and is ${formatType(found.type)}`];
  });
  const wider = before.some(({ name, type }) => {
    const found = findColumn(now, name);
    return !widen && found && evolveType(type, found.type, { widen: true, otherwise: 'refuse' });
  });
  const property =
    wider && changed.length > 0
      ? ` A type may become wider where the table has TBLPROPERTIES ('${TYPE_WIDENING}' = 'true').`
      : '';
  const name = displayName(dataset);
  return new LakewrightError('LAKEFLOW_SCHEMA_CHANGED', `${name} would get other columns: ${[...gone, ...changed].join('; ')}`, {
    location: dataset.statement.location,
    hint: `run the pipeline with a full refresh of ${name} (its rows are then read again from the sources), or undo the change.${property}`,
  });
}

export function findColumn(columns: readonly SparkField[], name: string): SparkField | undefined {
  return columns.find((column) => sameName(column.name, name));
}

function unionOf(dataset: Dataset, queries: readonly ShapedQuery[]): readonly SparkField[] {
  const fields: SparkField[] = [];
  for (const field of queries.flatMap(({ columns }) => columns)) {
    const earlier = findColumn(fields, field.name);
    if (!earlier) fields.push(field);
    else if (formatType(earlier.type) !== formatType(field.type)) {
      const types = `${formatType(earlier.type)} and ${formatType(field.type)}`;
      throw columnsError(dataset, `the flows into ${displayName(dataset)} give ${field.name} different types: ${types}`);
    }
  }
  return fields;
}

function declaredColumn(spec: ColumnSpec, produced: SparkField | undefined): TableColumn {
  const type = spec.type === undefined ? produced!.type : parseColumns(`c ${spec.type}`)[0]!.type;
  return {
    name: spec.name,
    type,
    ...(spec.comment === undefined ? {} : { comment: spec.comment }),
    ...(spec.notNull ? { notNull: true } : {}),
  };
}

function columnsError(dataset: Dataset, message: string): LakewrightError {
  const location: SourceLocation = dataset.statement.columns[0]?.location ?? dataset.statement.location;
  return new LakewrightError('LAKEFLOW_COLUMNS', message, {
    location,
    hint: 'let both name the same columns, with CAST where types differ',
  });
}

function listNames(columns: readonly { readonly name: string }[]): string {
  return columns.map(({ name }) => name).join(', ');
}

function sameName(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}
