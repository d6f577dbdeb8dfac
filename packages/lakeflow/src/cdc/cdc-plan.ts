import { LakewrightError, type SourceLocation } from '@lakewright/config';
import { parseColumns } from '../engine/ddl';
import { formatType, quoteName, type SparkField, type SparkType } from '../engine/spark-type';
import type { Column } from '../engine/sql-engine';
import type { AutoCdc, ColumnSpec } from '../sql/ast';
import { type TargetColumn, targetColumns } from './declared-columns';
import { HIDDEN, isReserved } from './hidden-columns';
import { authoredType, type PartialColumn, takeApart } from './partial-updates';
import { isOrderable, SequenceOrder } from './sequence';

/** An AUTO CDC flow resolved against the columns of its source: all that the generated statements depend on. */
export interface CdcPlan {
  readonly scdType: 1 | 2;
  readonly keys: readonly string[];
  /** Columns of the target, as it declares them or in the order of the source. */
  readonly columns: readonly TargetColumn[];
  /** Columns whose change opens a version (SCD 2); never a key. */
  readonly tracked: readonly string[];
  readonly sequence: SequenceOrder;
  /** Expressions over the source's columns, as written. */
  readonly sequenceSql: string;
  /** SEQUENCE BY as written. */
  readonly sequenceText: string;
  readonly deleteSql: string | undefined;
  readonly truncateSql: string | undefined;
  /** Columns whose nulls this flow ignores. */
  readonly ignored: readonly string[];
  /** Columns whose nulls any flow into the target ignores. */
  readonly partial: readonly PartialColumn[];
  /** Whether any flow into the target truncates it. */
  readonly truncates: boolean;
}

/** What AUTO CDC says, in the words of an error. */
interface Site {
  readonly cdc: AutoCdc;
  readonly location: SourceLocation;
  readonly fields: readonly SparkField[];
}

/**
 * Resolves the columns that an AUTO CDC flow names. Names are compared without case, as Spark compares them.
 *
 * Source: "AUTO CDC INTO (pipelines)" in the SQL reference of docs.databricks.com; what is refused follows Apache Spark 4.3.0
 * (test/fixtures/autocdc.json, `errors`).
 *
 * @param source its columns, and the type of the SEQUENCE BY expression over them, as the engine describes it; `sharedSequence` is the
 *   type that the flows into one target agree on
 * @param declared columns that the target declares
 * @throws LakewrightError LAKEFLOW_CDC_COLUMN for a name that the source (or the selected columns) does not have or a key or tracked column
 *   that cannot be compared,
 *   LAKEFLOW_CDC_SEQUENCE for a sequence without an order, LAKEFLOW_CDC_RESERVED for a column name that AUTO CDC needs itself,
 *   LAKEFLOW_COLUMNS when the declared columns are others
 */
export function planCdc(
  cdc: AutoCdc,
  location: SourceLocation,
  source: { readonly columns: readonly Column[]; readonly sequenceType: string; readonly sharedSequence?: string },
  declared: readonly ColumnSpec[] = [],
): CdcPlan {
  const site: Site = {
    cdc,
    location,
    fields: source.columns.map((column) => ({ name: column.name, type: parseType(column.type) })),
  };
  validateReserved(site);
  const { sharedSequence = source.sequenceType } = source;
  const sequence = parseType(sharedSequence);
  const columns = targetColumns(selectColumns(site), declared, { scdType: cdc.scdType, sequence });
  const keys = cdc.keys.map((key) => findColumn(site, columns, key, 'KEYS').name);
  validateSequence(site, sequence);
  const ignored = ignoredColumns(site, columns, keys);
  const tracked = trackedColumns(site, columns, keys);
  validateComparable(site, columns, keys, 'the key');
  if (cdc.scdType === 2) validateComparable(site, columns, tracked, 'the tracked column');
  return {
    scdType: cdc.scdType,
    keys,
    columns,
    tracked,
    sequence: new SequenceOrder(sequence),
    sequenceText: cdc.sequenceBy.text,
    sequenceSql:
      sharedSequence === source.sequenceType ? cdc.sequenceBy.text : `CAST((${cdc.sequenceBy.text}) AS ${sharedSequence})`,
    deleteSql: cdc.applyAsDeleteWhen?.text,
    truncateSql: cdc.applyAsTruncateWhen?.text,
    ignored,
    partial: takeApart(columns.filter(({ name }) => ignored.includes(name))),
    truncates: cdc.applyAsTruncateWhen !== undefined,
  };
}

/**
 * Flows into one target share its backing table: what one of them needs there, all of them fill.
 *
 * @param done flows that ran once and are not read any more; what they wrote needs it too
 */
export function shareTarget(plans: readonly CdcPlan[], done: readonly AutoCdc[] = []): readonly CdcPlan[] {
  const { columns: known, keys } = plans[0]!;
  const ignored = new Set([...plans.flatMap((plan) => plan.ignored), ...done.flatMap((cdc) => ignoredBefore(cdc, known, keys))]);
  const truncates = plans.some((plan) => plan.truncates) || done.some((cdc) => cdc.applyAsTruncateWhen !== undefined);
  return plans.map((plan) => {
    const columns = inOrderOf(plans[0]!.columns, plan.columns);
    const tracked = columns.map(({ name }) => name).filter((name) => plan.tracked.includes(name));
    return { ...plan, columns, tracked, partial: takeApart(columns.filter(({ name }) => ignored.has(name))), truncates };
  });
}

function ignoredBefore(cdc: AutoCdc, columns: readonly SparkField[], keys: readonly string[]): readonly string[] {
  const { ignoreNullUpdates: chosen } = cdc;
  if (!chosen) return [];
  const named = chosen.kind === 'all' ? [] : chosen.names.map((name) => name.toLowerCase());
  const names = columns.map(({ name }) => name).filter((name) => !keys.includes(name));
  return names.filter((name) => chosen.kind === 'all' || named.includes(name.toLowerCase()) === (chosen.kind === 'list'));
}

/** Columns in the order of others of the same names; as they are when the names are others. */
function inOrderOf(first: readonly TargetColumn[], columns: readonly TargetColumn[]): readonly TargetColumn[] {
  const ordered = first.flatMap(({ name }) => columns.filter((column) => column.name === name));
  return ordered.length === columns.length ? ordered : columns;
}

/** Types of the hidden columns that a backing table may have. */
export function hiddenTypes(plan: CdcPlan): Readonly<Record<string, SparkType>> {
  const boolean: SparkType = { kind: 'boolean' };
  return {
    [HIDDEN.sequence]: plan.sequence.type,
    [HIDDEN.deleted]: boolean,
    [HIDDEN.start]: plan.sequence.type,
    [HIDDEN.end]: plan.sequence.type,
    [HIDDEN.visible]: boolean,
    [HIDDEN.truncated]: boolean,
    [HIDDEN.authored]: authoredType(plan.partial),
    [HIDDEN.shown]: { kind: 'struct', fields: plan.partial.map(({ name, type }) => ({ name, type })) },
  };
}

/** A type as the engine writes it. */
export function parseType(ddl: string): SparkType {
  const type = parseColumns(`c ${ddl}`)[0]?.type;
  if (!type)
    throw new LakewrightError('LAKEFLOW_CDC_COLUMN', `cannot read the type ${ddl}`, { hint: 'cast the column to a plain type' });
  return type;
}

function selectColumns(site: Site): readonly SparkField[] {
  const { columns } = site.cdc;
  if (columns.kind === 'all') return site.fields;
  const named = columns.names.map((name) => findColumn(site, site.fields, name, 'COLUMNS').name);
  const chosen = site.fields.filter((field) => named.includes(field.name) === (columns.kind === 'list'));
  return chosen;
}

function trackedColumns(site: Site, columns: readonly SparkField[], keys: readonly string[]): readonly string[] {
  const { trackHistory } = site.cdc;
  const names = columns.map((column) => column.name).filter((name) => !keys.includes(name));
  if (trackHistory.kind === 'all') return names;
  const named = trackHistory.names.map((name) => findColumn(site, columns, name, 'TRACK HISTORY ON').name);
  return names.filter((name) => named.includes(name) === (trackHistory.kind === 'list'));
}

function ignoredColumns(site: Site, columns: readonly SparkField[], keys: readonly string[]): readonly string[] {
  const { ignoreNullUpdates: chosen } = site.cdc;
  if (!chosen) return [];
  const names = columns.map((column) => column.name).filter((name) => !keys.includes(name));
  if (chosen.kind === 'all') return names;
  const named = chosen.names.map((name) => findColumn(site, columns, name, 'IGNORE NULL UPDATES').name);
  const key = chosen.kind === 'list' ? named.find((name) => keys.includes(name)) : undefined;
  if (key === undefined) return names.filter((name) => named.includes(name) === (chosen.kind === 'list'));
  throw new LakewrightError('LAKEFLOW_CDC_COLUMN', `IGNORE NULL UPDATES names ${key}, which is a key`, {
    location: site.location,
    hint: 'a key is never null: leave it out',
  });
}

function findColumn(site: Site, among: readonly SparkField[], name: string, clause: string): SparkField {
  const found = among.find((field) => field.name.toLowerCase() === name.toLowerCase());
  if (found) return found;
  throw new LakewrightError('LAKEFLOW_CDC_COLUMN', `${clause} names ${name}, which is not a column of the target`, {
    location: site.location,
    hint: `the columns are ${among.map((field) => quoteName(field.name)).join(', ')}`,
  });
}

function validateReserved(site: Site): void {
  const taken = site.fields.find((field) => isReserved(field.name));
  if (!taken) return;
  throw new LakewrightError('LAKEFLOW_CDC_RESERVED', `the source has a column ${taken.name}, a name that AUTO CDC uses itself`, {
    location: site.location,
    hint: 'give the column another name in a view between the source and AUTO CDC',
  });
}

/** Spark compares no maps (DATATYPE_MISMATCH.INVALID_ORDERING_TYPE); Sail does by the order of their entries, which means nothing. */
function validateComparable(site: Site, columns: readonly SparkField[], names: readonly string[], what: string): void {
  const column = columns.find(({ name, type }) => names.includes(name) && !isOrderable(type));
  if (!column) return;
  const wayOut =
    what === 'the key'
      ? 'use a column that can be compared'
      : `write TRACK HISTORY ON * EXCEPT (${quoteName(column.name)}), or make it an array with array_sort(map_entries(...)) in a view`;
  throw new LakewrightError(
    'LAKEFLOW_CDC_COLUMN',
    `${what} ${column.name} is a ${formatType(column.type)}, which cannot be compared`,
    { location: site.location, hint: wayOut },
  );
}

function validateSequence(site: Site, type: SparkType): void {
  if (isOrderable(type)) return;
  throw new LakewrightError(
    'LAKEFLOW_CDC_SEQUENCE',
    `SEQUENCE BY ${site.cdc.sequenceBy.text} is a ${type.kind}, which has no order`,
    {
      location: site.cdc.sequenceBy.location,
      hint: 'use a number, string, date or timestamp, or a struct of those',
    },
  );
}
