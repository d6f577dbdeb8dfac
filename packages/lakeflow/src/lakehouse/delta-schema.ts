import type { Column } from '../engine';
import { formatType, type SparkType } from '../engine/spark-type';

/** Spark's JSON form of a schema, as Delta logs keep it. */
type JsonType =
  | string
  | { readonly type: 'array'; readonly elementType: JsonType }
  | { readonly type: 'map'; readonly keyType: JsonType; readonly valueType: JsonType }
  | JsonSchema;

export interface JsonSchema {
  readonly type: 'struct';
  readonly fields: readonly { readonly name: string; readonly type: JsonType }[];
}

/** The JSON form names some types otherwise than SQL. */
const SQL_NAMES: Readonly<Record<string, string>> = {
  byte: 'tinyint',
  short: 'smallint',
  integer: 'int',
  long: 'bigint',
  null: 'void',
};

/** The columns of a schema in JSON, types as SQL spells them. */
export function columnsOfJson(schema: JsonSchema): readonly Column[] {
  return schema.fields.map(({ name, type }) => ({ name, type: formatType(typeOf(type)) }));
}

function typeOf(type: JsonType): SparkType {
  if (typeof type === 'string') return { kind: 'other', text: SQL_NAMES[type] ?? type };
  if (type.type === 'array') return { kind: 'array', element: typeOf(type.elementType) };
  if (type.type === 'map') return { kind: 'map', key: typeOf(type.keyType), value: typeOf(type.valueType) };
  return { kind: 'struct', fields: type.fields.map((field) => ({ name: field.name, type: typeOf(field.type) })) };
}
