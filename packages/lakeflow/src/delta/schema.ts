import type { Column } from '../engine';
import { formatType, type SparkField, type SparkType } from '../engine/spark-type';

/** Delta's JSON form of a schema (PROTOCOL.md, "Schema Serialization Format"). */
type DeltaType = string | DeltaStruct | DeltaArray | DeltaMap;
interface DeltaStruct {
  readonly type: 'struct';
  readonly fields: readonly DeltaField[];
}
interface DeltaField {
  readonly name: string;
  readonly type: DeltaType;
  readonly nullable: boolean;
  readonly metadata: Readonly<Record<string, unknown>>;
}
interface DeltaArray {
  readonly type: 'array';
  readonly elementType: DeltaType;
  readonly containsNull: boolean;
}
interface DeltaMap {
  readonly type: 'map';
  readonly keyType: DeltaType;
  readonly valueType: DeltaType;
  readonly valueContainsNull: boolean;
}

/** A column of a table that this runtime makes. */
export interface TableColumn extends SparkField {
  readonly comment?: string;
  readonly notNull?: boolean;
}

/** The JSON form names some types otherwise than SQL. */
const DELTA_NAMES: Readonly<Record<string, string>> = {
  int: 'integer',
  bigint: 'long',
  smallint: 'short',
  tinyint: 'byte',
  void: 'null',
};
const SQL_NAMES = Object.fromEntries(Object.entries(DELTA_NAMES).map(([sql, delta]) => [delta, sql]));

/** The columns of a schema, types as SQL spells them. */
export function columnsOfSchema(schemaString: string): readonly Column[] {
  const { fields } = JSON.parse(schemaString) as DeltaStruct;
  return fields.map(({ name, type }) => ({ name, type: formatType(fromDelta(type)) }));
}

/**
 * The schema that a table is made with. Everything inside columns is nullable: what a query promises today (an array without nulls)
 * a later batch need not keep, and a table written with both could not be read (README, "Engine findings"). NOT NULL is checked by
 * the runtime, batch by batch.
 */
export function toDeltaSchema(columns: readonly TableColumn[]): string {
  const fields = columns.map(({ name, type, comment }) => ({
    name,
    type: toDelta(type),
    nullable: true,
    metadata: comment === undefined ? {} : { comment },
  }));
  return JSON.stringify({ type: 'struct', fields });
}

function toDelta(type: SparkType): DeltaType {
  switch (type.kind) {
    case 'struct':
      return {
        type: 'struct',
        fields: type.fields.map(({ name, type: inner }) => ({ name, type: toDelta(inner), nullable: true, metadata: {} })),
      };
    case 'array':
      return { type: 'array', elementType: toDelta(type.element), containsNull: true };
    case 'map':
      return { type: 'map', keyType: toDelta(type.key), valueType: toDelta(type.value), valueContainsNull: true };
    case 'decimal':
      return `decimal(${type.precision},${type.scale})`;
    case 'char':
    case 'varchar':
      return 'string';
    case 'other':
      return type.text;
    default:
      return DELTA_NAMES[type.kind] ?? type.kind;
  }
}

function fromDelta(type: DeltaType): SparkType {
  if (typeof type === 'string') return { kind: 'other', text: SQL_NAMES[type] ?? type };
  if (type.type === 'array') return { kind: 'array', element: fromDelta(type.elementType) };
  if (type.type === 'map') return { kind: 'map', key: fromDelta(type.keyType), value: fromDelta(type.valueType) };
  return { kind: 'struct', fields: type.fields.map((field) => ({ name: field.name, type: fromDelta(field.type) })) };
}
