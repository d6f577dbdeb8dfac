/**
 * What AUTO CDC gives, as plain folds over all events at once; written from "AUTO CDC INTO (pipelines)" and "How AUTO CDC works"
 * (docs.databricks.com) and the rows of Apache Spark 4.3.0 (fixtures/autocdc.json), sharing nothing with the runtime.
 */

export type Value = null | string | number | boolean | readonly Value[] | { readonly [field: string]: Value };
export type Row = Readonly<Record<string, Value>>;

export interface ModelEvent {
  readonly kind: 'upsert' | 'delete' | 'truncate';
  readonly key: string;
  readonly sequence: number;
  /** Columns of the target, keys included. */
  readonly row: Row;
  /** Columns in which a null means: as it was. */
  readonly ignored: readonly string[];
}

export interface ModelTarget {
  readonly scdType: 1 | 2;
  /** Columns whose change opens a version. */
  readonly tracked: readonly string[];
}

/** The rows of a target after events, in whatever order and batches they came; no two of one key share a sequence. */
export function foldEvents({ scdType, tracked }: ModelTarget, events: readonly ModelEvent[]): readonly Row[] {
  const emptied = Math.max(...events.filter(({ kind }) => kind === 'truncate').map(({ sequence }) => sequence), -Infinity);
  const keys = new Map<string, ModelEvent[]>();
  for (const event of events) {
    if (event.kind === 'truncate' || event.sequence < emptied) continue;
    keys.set(event.key, [...(keys.get(event.key) ?? []), event]);
  }
  return [...keys.values()].flatMap((mine) => (scdType === 1 ? current(mine) : history(mine, tracked)));
}

function inOrder(events: readonly ModelEvent[]): readonly ModelEvent[] {
  return [...events].sort((a, b) => a.sequence - b.sequence);
}

function current(events: readonly ModelEvent[]): readonly Row[] {
  let row: Row | undefined;
  for (const event of inOrder(events)) row = event.kind === 'delete' ? undefined : update(row, event);
  return row ? [row] : [];
}

function history(events: readonly ModelEvent[], tracked: readonly string[]): readonly Row[] {
  const versions: { row: Row; from: number; to: number | null }[] = [];
  let open = false;
  for (const event of inOrder(events)) {
    const last = versions.at(-1);
    const row: Row | undefined = event.kind === 'delete' ? undefined : update(open ? last?.row : undefined, event);
    if (open && last && row && tracked.every((column) => JSON.stringify(last.row[column]) === JSON.stringify(row[column]))) {
      last.row = row;
      continue;
    }
    if (open && last) last.to = event.sequence;
    open = row !== undefined;
    if (row) versions.push({ row, from: event.sequence, to: null });
  }
  return versions.map(({ row, from, to }) => ({ ...row, __START_AT: from, __END_AT: to }));
}

function update(old: Row | undefined, { row, ignored }: ModelEvent): Row {
  const value = (column: string, given: Value) => (ignored.includes(column) ? keepNulls(old?.[column] ?? null, given) : given);
  return Object.fromEntries(Object.entries(row).map(([column, given]) => [column, value(column, given)]));
}

/** "This also applies to nested columns with null values": fields of structs; an array is one value. */
function keepNulls(old: Value, given: Value): Value {
  if (given === null) return old;
  if (!isStruct(given) || !isStruct(old)) return given;
  return Object.fromEntries(Object.entries(given).map(([field, value]) => [field, keepNulls(old[field] ?? null, value)]));
}

function isStruct(value: Value): value is { readonly [field: string]: Value } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
