import {
  Binary,
  Bool,
  type Data,
  type DataType,
  DateDay,
  Decimal,
  Field,
  Float32,
  Float64,
  Int8,
  Int16,
  Int32,
  Int64,
  List,
  Map_,
  makeData,
  Null,
  RecordBatch,
  RecordBatchStreamWriter,
  Schema,
  Struct,
  TimestampMicrosecond,
  Utf8,
} from 'apache-arrow';
import { EngineError } from './engine-error';
import { formatType, type SparkField, type SparkType } from './spark-type';
import { dateDays, decimalUnscaled, timestampMicros } from './spark-value';

/** Where a value stands, for the message of an error. */
interface Place {
  /** `tags[].name` for what is inside an array of structs. */
  readonly column: string;
  /** Inside an array or map values are counted over all rows, not by rows. */
  readonly nested?: boolean;
}

/** `undefined` counts as null: a row need not name every column. */
type Values = readonly unknown[];

/**
 * An Arrow IPC stream of one batch with the rows given. A property that no column names is an error: it would be lost.
 *
 * @throws EngineError ENGINE_VALUE naming the column, the row (from 0), the value and what would fit
 */
export function writeRows(fields: readonly SparkField[], rows: readonly Record<string, unknown>[]): Uint8Array {
  refuseUnknownColumns(fields, rows);
  const children = fields.map((field) =>
    encode(
      field.type,
      rows.map((row) => row[field.name]),
      { column: field.name },
    ),
  );
  const schema = new Schema(fields.map((field) => new Field(field.name, arrowType(field.type), true)));
  const data = makeData({ type: new Struct(schema.fields), length: rows.length, nullCount: 0, children });
  return RecordBatchStreamWriter.writeAll([new RecordBatch(schema, data)]).toUint8Array(true);
}

function refuseUnknownColumns(fields: readonly SparkField[], rows: readonly Record<string, unknown>[]): void {
  const known = new Set(fields.map((field) => field.name));
  if (known.size < fields.length) throw new EngineError('ENGINE_SCHEMA', 'two columns of a local relation have the same name');
  rows.forEach((row, index) => {
    for (const name of Object.keys(row)) {
      if (known.has(name)) continue;
      throw new EngineError('ENGINE_VALUE', `row ${index} has a value for '${name}', which is no column of the relation`, {
        hint: `columns are ${[...known].join(', ')}`,
      });
    }
  });
}

/** The Arrow type in which Spark takes a SQL type. */
function arrowType(type: SparkType): DataType {
  switch (type.kind) {
    case 'void':
      return new Null();
    case 'boolean':
      return new Bool();
    case 'tinyint':
      return new Int8();
    case 'smallint':
      return new Int16();
    case 'int':
      return new Int32();
    case 'bigint':
      return new Int64();
    case 'float':
      return new Float32();
    case 'double':
      return new Float64();
    case 'string':
    case 'char':
    case 'varchar':
      return new Utf8();
    case 'binary':
      return new Binary();
    case 'date':
      return new DateDay();
    case 'timestamp':
      return new TimestampMicrosecond('UTC');
    case 'timestamp_ntz':
      return new TimestampMicrosecond();
    case 'decimal':
      return new Decimal(type.scale, type.precision, 128);
    case 'array':
      return new List(new Field('element', arrowType(type.element), true));
    case 'struct':
      return new Struct(type.fields.map((field) => new Field(field.name, arrowType(field.type), true)));
    case 'map':
      return mapType(type.key, type.value);
    default:
      throw new EngineError('ENGINE_SCHEMA', `a local relation cannot hold the type ${formatType(type)}`, {
        hint: 'send it as STRING and cast it in SQL',
      });
  }
}

function mapType(key: SparkType, value: SparkType): Map_ {
  const entries = new Struct([new Field('key', arrowType(key), false), new Field('value', arrowType(value), true)]);
  return new Map_(new Field('entries', entries, false) as never, false);
}

function encode(type: SparkType, values: Values, place: Place): Data {
  switch (type.kind) {
    case 'void':
      return makeData({ type: new Null(), length: values.length });
    case 'boolean':
      return encodeBooleans(type, values, place);
    case 'string':
    case 'char':
    case 'varchar':
    case 'binary':
      return encodeBytes(type, values, place);
    case 'array':
      return encodeArrays(type, values, place);
    case 'map':
      return encodeMaps(type, values, place);
    case 'struct':
      return encodeStructs(type, values, place);
    case 'decimal':
      return encodeDecimals(type, values, place);
    default:
      return encodeFixed(type, values, place);
  }
}

/** Validity bits, least significant first, as Arrow has them. */
function validity(values: Values): { nullCount: number; nullBitmap: Uint8Array } {
  const nullBitmap = new Uint8Array(Math.ceil(values.length / 8));
  let nullCount = 0;
  values.forEach((value, index) => {
    if (value === null || value === undefined) nullCount += 1;
    else nullBitmap[index >> 3]! |= 1 << (index & 7);
  });
  return { nullCount, nullBitmap };
}

function common(type: SparkType, values: Values) {
  return { type: arrowType(type), length: values.length, ...validity(values) };
}

function encodeBooleans(type: SparkType, values: Values, place: Place): Data {
  const data = new Uint8Array(Math.ceil(values.length / 8));
  eachValue(values, (value, index) => {
    if (typeof value !== 'boolean') refuse(type, place, index, value, 'true or false');
    if (value) data[index >> 3]! |= 1 << (index & 7);
  });
  return makeData({ ...common(type, values), data } as never);
}

const FIXED: Readonly<Record<string, { new (length: number): { [index: number]: number | bigint } }>> = {
  tinyint: Int8Array,
  smallint: Int16Array,
  int: Int32Array,
  bigint: BigInt64Array,
  float: Float32Array,
  double: Float64Array,
  date: Int32Array,
  timestamp: BigInt64Array,
  timestamp_ntz: BigInt64Array,
};

function encodeFixed(type: SparkType, values: Values, place: Place): Data {
  const array = FIXED[type.kind];
  if (!array) {
    arrowType(type);
    throw new EngineError('ENGINE_SCHEMA', `a local relation cannot hold the type ${formatType(type)}`);
  }
  const data = new array(values.length);
  eachValue(values, (value, index) => {
    const fixed = fixedValue(type, value);
    if (fixed === undefined) refuse(type, place, index, value, FIXED_EXPECTED[type.kind] ?? 'a number');
    data[index] = fixed as number;
  });
  return makeData({ ...common(type, values), data } as never);
}

const FIXED_EXPECTED: Readonly<Record<string, string>> = {
  tinyint: 'a whole number from -128 to 127',
  smallint: 'a whole number of 16 bits',
  int: 'a whole number of 32 bits',
  bigint: 'a bigint of 64 bits, or a safe whole number',
  date: 'YYYY-MM-DD',
  timestamp: 'an ISO-8601 text or a Date',
  timestamp_ntz: 'an ISO-8601 text or a Date',
};
const INTEGER_BITS: Readonly<Record<string, number>> = { tinyint: 8, smallint: 16, int: 32, bigint: 64 };

/** The number that Arrow holds for a value; undefined when the value does not fit the type. */
function fixedValue(type: SparkType, value: unknown): number | bigint | undefined {
  const bits = INTEGER_BITS[type.kind];
  if (bits !== undefined) return integerValue(value, bits);
  if (type.kind === 'date') return typeof value === 'string' ? dateDays(value) : undefined;
  if (type.kind === 'timestamp' || type.kind === 'timestamp_ntz') {
    if (value instanceof Date) return Number.isNaN(value.getTime()) ? undefined : BigInt(value.getTime()) * 1000n;
    return typeof value === 'string' ? timestampMicros(value) : undefined;
  }
  return typeof value === 'number' ? value : undefined;
}

function integerValue(value: unknown, bits: number): number | bigint | undefined {
  if (typeof value === 'number' ? !Number.isSafeInteger(value) : typeof value !== 'bigint') return undefined;
  const whole = BigInt(value as number | bigint);
  if (BigInt.asIntN(bits, whole) !== whole) return undefined;
  return bits === 64 ? whole : Number(whole);
}

function encodeDecimals(type: SparkType & { kind: 'decimal' }, values: Values, place: Place): Data {
  const words = new BigUint64Array(values.length * 2);
  eachValue(values, (value, index) => {
    const text =
      typeof value === 'string' ? value : typeof value === 'bigint' || Number.isSafeInteger(value) ? String(value) : '';
    const unscaled = decimalUnscaled(text, type.precision, type.scale);
    if (unscaled === undefined) refuse(type, place, index, value, 'a decimal text that fits exactly, or a whole number');
    words[index * 2] = BigInt.asUintN(64, unscaled);
    words[index * 2 + 1] = BigInt.asUintN(64, unscaled >> 64n);
  });
  return makeData({ ...common(type, values), data: new Uint32Array(words.buffer) } as never);
}

function encodeBytes(type: SparkType, values: Values, place: Place): Data {
  const parts: Uint8Array[] = [];
  const valueOffsets = new Int32Array(values.length + 1);
  let end = 0;
  values.forEach((value, index) => {
    if (value !== null && value !== undefined) {
      const bytes = bytesOf(type, value, place, index);
      parts.push(bytes);
      end += bytes.length;
    }
    valueOffsets[index + 1] = end;
  });
  return makeData({ ...common(type, values), valueOffsets, data: new Uint8Array(Buffer.concat(parts, end)) } as never);
}

function bytesOf(type: SparkType, value: unknown, place: Place, index: number): Uint8Array {
  if (type.kind === 'binary') return value instanceof Uint8Array ? value : refuse(type, place, index, value, 'a Uint8Array');
  return typeof value === 'string' ? Buffer.from(value, 'utf8') : refuse(type, place, index, value, 'a string');
}

function encodeArrays(type: SparkType & { kind: 'array' }, values: Values, place: Place): Data {
  const elements: unknown[] = [];
  const valueOffsets = offsetsOf(values, (value, index) => {
    if (!Array.isArray(value)) refuse(type, place, index, value, 'an array');
    for (const element of value) elements.push(element);
    return value.length;
  });
  const child = encode(type.element, elements, { column: `${place.column}[]`, nested: true });
  return makeData({ ...common(type, values), valueOffsets, child } as never);
}

function encodeMaps(type: SparkType & { kind: 'map' }, values: Values, place: Place): Data {
  const keys: unknown[] = [];
  const items: unknown[] = [];
  const valueOffsets = offsetsOf(values, (value, index) => {
    if (!isObject(value)) refuse(type, place, index, value, 'an object or a Map');
    const entries = value instanceof Map ? [...value] : Object.entries(value);
    for (const [key, item] of entries) {
      keys.push(value instanceof Map ? key : typedKey(type.key, key));
      items.push(item);
    }
    return entries.length;
  });
  const entryType = (arrowType(type) as Map_).children[0]!.type;
  const children = [
    encode(type.key, keys, { column: `${place.column} (key)`, nested: true }),
    encode(type.value, items, { column: `${place.column} (value)`, nested: true }),
  ];
  const child = makeData({ type: entryType as Struct, length: keys.length, nullCount: 0, children });
  return makeData({ ...common(type, values), valueOffsets, child } as never);
}

/** Property names are strings; a MAP whose keys are numbers or booleans takes them back. */
function typedKey(type: SparkType, key: string): unknown {
  if (INTEGER_BITS[type.kind] !== undefined) return /^-?\d+$/.test(key) ? BigInt(key) : key;
  if (type.kind === 'double' || type.kind === 'float') return Number(key);
  if (type.kind === 'boolean') return key === 'true' ? true : key === 'false' ? false : key;
  return key;
}

function encodeStructs(type: SparkType & { kind: 'struct' }, values: Values, place: Place): Data {
  const known = new Set(type.fields.map((field) => field.name));
  eachValue(values, (value, index) => {
    if (!isObject(value)) refuse(type, place, index, value, 'an object');
    const unknown = Object.keys(value).find((name) => !known.has(name));
    if (unknown !== undefined) refuse(type, place, index, value, `an object without '${unknown}'`);
  });
  const children = type.fields.map((field) => {
    const members = values.map((value) => (isObject(value) ? (value as Record<string, unknown>)[field.name] : null));
    return encode(field.type, members, { ...place, column: `${place.column}.${field.name}` });
  });
  return makeData({ ...common(type, values), children } as never);
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function offsetsOf(values: Values, length: (value: unknown, index: number) => number): Int32Array {
  const offsets = new Int32Array(values.length + 1);
  let end = 0;
  values.forEach((value, index) => {
    if (value !== null && value !== undefined) end += length(value, index);
    offsets[index + 1] = end;
  });
  return offsets;
}

function eachValue(values: Values, visit: (value: unknown, index: number) => void): void {
  values.forEach((value, index) => {
    if (value !== null && value !== undefined) visit(value, index);
  });
}

function refuse(type: SparkType, place: Place, index: number, value: unknown, expected: string): never {
  const shown = typeof value === 'string' ? JSON.stringify(value.slice(0, 60)) : `${typeof value} ${String(value).slice(0, 60)}`;
  throw new EngineError(
    'ENGINE_VALUE',
    `${place.nested ? 'value' : 'row'} ${index}, column ${place.column} (${formatType(type)}): ${shown} does not fit`,
    {
      hint: `expected ${expected}, or null`,
    },
  );
}
