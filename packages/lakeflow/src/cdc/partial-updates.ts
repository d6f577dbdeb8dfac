import { quoteName, type SparkField, type SparkType } from '../engine/spark-type';
import { quoteString } from '../sql/names';
import { HIDDEN } from './hidden-columns';

/**
 * IGNORE NULL UPDATES: a null leaves the value as it is, "also in nested columns" ("AUTO CDC INTO (pipelines)", docs.databricks.com).
 * A column is taken apart into leaves: its value, or of a struct whether it is there and the leaves of its fields (arrays and maps are
 * values). An event *authors* a leaf unless it is null and its flow ignores that; a leaf has the value of the last event that authored
 * it since the key was last deleted.
 */
export interface Leaf {
  /** The field of the hidden struct that says whether an event authors it. */
  readonly name: string;
  /** The value, as SQL over an event. */
  readonly value: string;
  /** Whether the value is not null, or of a struct, whether it is there. */
  readonly given: string;
  /** The column that it belongs to. */
  readonly column: string;
}

/** A column of which some flow ignores nulls. */
export interface PartialColumn extends SparkField {
  readonly shape: Shape;
}
/** What a value is put together from: one leaf, or of a struct the leaf that says whether it is there, and its fields. */
type Shape =
  | { readonly leaf: Leaf }
  | { readonly present: Leaf; readonly fields: readonly { readonly name: string; readonly shape: Shape }[] };

/** Takes columns apart, in their order. */
export function takeApart(columns: readonly SparkField[]): readonly PartialColumn[] {
  let count = 0;
  const shapeOf = (type: SparkType, column: string, path: string): Shape => {
    const name = `l${count}`;
    count += 1;
    const given = `${path} IS NOT NULL`;
    if (type.kind !== 'struct' || type.fields.length === 0) return { leaf: { name, value: path, given, column } };
    const fields = type.fields.map((field) => ({
      name: field.name,
      shape: shapeOf(field.type, column, `${path}.${quoteName(field.name)}`),
    }));
    return { present: { name, value: `(${given})`, given, column }, fields };
  };
  return columns.map(({ name, type }) => ({ name, type, shape: shapeOf(type, name, quoteName(name)) }));
}

export function leavesOf(columns: readonly PartialColumn[]): readonly Leaf[] {
  const collect = (shape: Shape): readonly Leaf[] =>
    'leaf' in shape ? [shape.leaf] : [shape.present, ...shape.fields.flatMap((field) => collect(field.shape))];
  return columns.flatMap(({ shape }) => collect(shape));
}

/** The struct that says which leaves an event authors, when its flow ignores nulls in some columns. */
export function authoredStruct(columns: readonly PartialColumn[], ignored: readonly string[]): string {
  const fields = leavesOf(columns).map(({ name, given, column }) => `'${name}', ${ignored.includes(column) ? given : 'true'}`);
  return `named_struct(${fields.join(', ')})`;
}

/** The type of that struct. */
export function authoredType(columns: readonly PartialColumn[]): SparkType {
  return { kind: 'struct', fields: leavesOf(columns).map(({ name }) => ({ name, type: { kind: 'boolean' } })) };
}

/** Whether an event authors a leaf, as SQL over an event. A delete authors nothing. */
export function authors({ name }: Leaf): string {
  return `(${HIDDEN.authored}.${name} AND NOT ${HIDDEN.deleted})`;
}

/**
 * A column put together from its leaves.
 *
 * @param filled SQL of a leaf's struct `(v)`, null when nothing authored it
 */
export function putTogether({ shape }: PartialColumn, filled: (leaf: Leaf) => string): string {
  const build = (part: Shape): string => {
    if ('leaf' in part) return `${filled(part.leaf)}.v`;
    const fields = part.fields.map(({ name, shape: inner }) => `${quoteString(name)}, ${build(inner)}`);
    return `CASE WHEN ${filled(part.present)}.v THEN named_struct(${fields.join(', ')}) END`;
  };
  return build(shape);
}
