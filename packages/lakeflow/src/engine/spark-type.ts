import { EngineError } from './engine-error';
import type { DataTypeMessage } from './protocol';

/** Types without parameters, as Spark spells them. */
export type SimpleTypeName =
  | 'void'
  | 'boolean'
  | 'tinyint'
  | 'smallint'
  | 'int'
  | 'bigint'
  | 'float'
  | 'double'
  | 'string'
  | 'binary'
  | 'date'
  | 'timestamp'
  | 'timestamp_ntz'
  | 'interval'
  | 'variant'
  | 'time';

export interface SparkField {
  readonly name: string;
  readonly type: SparkType;
}

/** A Spark SQL type as a tree. */
export type SparkType =
  | { readonly kind: SimpleTypeName }
  | { readonly kind: 'decimal'; readonly precision: number; readonly scale: number }
  | { readonly kind: 'char' | 'varchar'; readonly length: number }
  | { readonly kind: 'array'; readonly element: SparkType }
  | { readonly kind: 'map'; readonly key: SparkType; readonly value: SparkType }
  | { readonly kind: 'struct'; readonly fields: readonly SparkField[] }
  /** A type only the engine understands, kept as it wrote it. */
  | { readonly kind: 'other'; readonly text: string };

/**
 * The type as DDL, which Spark, Sail and `parseColumns` read back: `array<struct<a:int,`b c`:decimal(10,2)>>`.
 * Names that are no plain identifier are quoted; Spark's own short form leaves them bare, which nothing can read.
 */
export function formatType(type: SparkType): string {
  switch (type.kind) {
    case 'decimal':
      return `decimal(${type.precision},${type.scale})`;
    case 'char':
    case 'varchar':
      return `${type.kind}(${type.length})`;
    case 'array':
      return `array<${formatType(type.element)}>`;
    case 'map':
      return `map<${formatType(type.key)},${formatType(type.value)}>`;
    case 'struct':
      return `struct<${type.fields.map((field) => `${quoteName(field.name)}:${formatType(field.type)}`).join(',')}>`;
    case 'other':
      return type.text;
    default:
      return type.kind;
  }
}

/** An identifier as SQL writes it: bare when that is safe, else between backticks. */
export function quoteName(name: string): string {
  return /^[A-Za-z_][A-Za-z0-9_]*$/.test(name) ? name : `\`${name.replaceAll('`', '``')}\``;
}

const MESSAGE_KINDS: Readonly<Record<string, SimpleTypeName>> = {
  null: 'void',
  binary: 'binary',
  boolean: 'boolean',
  byte: 'tinyint',
  short: 'smallint',
  integer: 'int',
  long: 'bigint',
  float: 'float',
  double: 'double',
  string: 'string',
  date: 'date',
  timestamp: 'timestamp',
  timestampNtz: 'timestamp_ntz',
  calendarInterval: 'interval',
  variant: 'variant',
  time: 'time',
};

/**
 * The type that a protocol message describes.
 *
 * @throws EngineError ENGINE_TYPE for a kind of type added to the protocol later
 */
export function typeFromMessage(message: DataTypeMessage): SparkType {
  const kind = Object.keys(message)[0] ?? 'none';
  const simple = MESSAGE_KINDS[kind];
  if (simple) return { kind: simple };
  if (message.decimal) return { kind: 'decimal', precision: message.decimal.precision || 10, scale: message.decimal.scale || 0 };
  if (message.char) return { kind: 'char', length: message.char.length };
  if (message.varChar) return { kind: 'varchar', length: message.varChar.length };
  if (message.array) return { kind: 'array', element: typeFromMessage(message.array.elementType) };
  if (message.map) {
    return { kind: 'map', key: typeFromMessage(message.map.keyType), value: typeFromMessage(message.map.valueType) };
  }
  if (message.struct) return { kind: 'struct', fields: fieldsFromMessage(message) };
  if (message.udt) return typeFromMessage(message.udt.sqlType);
  if (kind === 'yearMonthInterval') return { kind: 'other', text: 'interval year to month' };
  if (kind === 'dayTimeInterval') return { kind: 'other', text: 'interval day to second' };
  if (message.unparsed) return { kind: 'other', text: message.unparsed.text };
  throw new EngineError('ENGINE_TYPE', `the engine sent a column of a type that this client does not know (${kind})`, {
    hint: 'cast the column to STRING in the query',
  });
}

/** The columns of a result from the struct that describes it. */
export function fieldsFromMessage(message: DataTypeMessage): readonly SparkField[] {
  return (message.struct?.fields ?? []).map((field) => ({ name: field.name, type: typeFromMessage(field.dataType) }));
}
