import { ByteReader } from './byte-reader';

/** Types of columns as the binary log numbers them; only those that a row image can have. */
export const WIRE = {
  tiny: 1,
  short: 2,
  long: 3,
  float: 4,
  double: 5,
  longlong: 8,
  int24: 9,
  date: 10,
  year: 13,
  varchar: 15,
  bit: 16,
  timestamp2: 17,
  datetime2: 18,
  time2: 19,
  compressedBlob: 140,
  compressedVarchar: 141,
  json: 245,
  decimal: 246,
  enum: 247,
  set: 248,
  blob: 252,
  varstring: 253,
  string: 254,
  geometry: 255,
} as const;

/** A column as a table map of the binary log describes it. */
export interface WireColumn {
  readonly name: string;
  /** One of WIRE, or a type that is not read. */
  readonly type: number;
  /** What the type needs to be read: length, digits, bytes of a length. */
  readonly meta: number;
  readonly unsigned: boolean;
  /** Number of the collation; 63 is `binary`. 0 where the type has none. */
  readonly collation: number;
  /** The values of an ENUM or SET. */
  readonly values: readonly string[];
}

/** The table of the row events that follow. */
export interface TableMap {
  readonly schema: string;
  readonly table: string;
  readonly columns: readonly WireColumn[];
  /** Places of the columns of the primary key; empty without one. */
  readonly key: readonly number[];
}

/** Kinds of optional metadata that `binlog_row_metadata=FULL` adds. */
const OPTIONAL = {
  signedness: 1,
  defaultCharset: 2,
  columnCharset: 3,
  columnName: 4,
  setValues: 5,
  enumValues: 6,
  simpleKey: 8,
  prefixKey: 9,
} as const;

const NUMERIC: ReadonlySet<number> = new Set([
  WIRE.tiny,
  WIRE.short,
  WIRE.int24,
  WIRE.long,
  WIRE.longlong,
  WIRE.decimal,
  WIRE.float,
  WIRE.double,
  WIRE.year,
]);
const CHARACTER: ReadonlySet<number> = new Set([WIRE.string, WIRE.varstring, WIRE.varchar, WIRE.blob]);

/**
 * Reads the body of a TABLE_MAP_EVENT. The names of columns are in it with `binlog_row_metadata=FULL`, so that a row is read with the
 * columns that its table had when it was changed, not with those of today.
 *
 * Source: MariaDB Knowledge Base, "TABLE_MAP_EVENT"; MySQL source documentation, "Table_map_event".
 *
 * @returns undefined when there are no names: the server does not log full metadata
 */
export function readTableMap(body: Buffer): TableMap | undefined {
  const reader = new ByteReader(body, 8);
  const schema = reader.text(reader.uint(1));
  reader.skip(1);
  const table = reader.text(reader.uint(1));
  reader.skip(1);
  const types = [...reader.bytes(reader.length())];
  const metadata = new ByteReader(reader.bytes(reader.length()));
  const bare = types.map((type) => bareColumn(type, metadata));
  reader.skip((types.length + 7) >> 3);
  const optional = new Map<number, ByteReader>();
  while (!reader.ended) optional.set(reader.uint(1), new ByteReader(reader.bytes(reader.length())));
  const names = optional.get(OPTIONAL.columnName);
  if (!names) return undefined;
  const unsigned = signedness(bare, optional.get(OPTIONAL.signedness));
  const collations = collationsOf(bare, optional);
  const values = valuesOf(bare, optional);
  return {
    schema,
    table,
    columns: bare.map((column, index) => ({
      ...column,
      name: names.text(names.length()),
      unsigned: unsigned.has(index),
      collation: collations.get(index) ?? 0,
      values: values.get(index) ?? [],
    })),
    key: keyOf(optional),
  };
}

type Bare = Pick<WireColumn, 'type' | 'meta'>;

function bareColumn(type: number, metadata: ByteReader): Bare {
  switch (type) {
    case WIRE.float:
    case WIRE.double:
    case WIRE.blob:
    case WIRE.geometry:
    case WIRE.json:
    case WIRE.timestamp2:
    case WIRE.datetime2:
    case WIRE.time2:
    case WIRE.compressedBlob:
      return { type, meta: metadata.uint(1) };
    case WIRE.varchar:
    case WIRE.varstring:
    case WIRE.compressedVarchar:
      return { type, meta: metadata.uint(2) };
    case WIRE.bit: {
      const bits = metadata.uint(1);
      return { type, meta: metadata.uint(1) * 8 + bits };
    }
    case WIRE.decimal:
      return { type, meta: metadata.uint(1) * 256 + metadata.uint(1) };
    case WIRE.string:
    case WIRE.enum:
    case WIRE.set:
      return stringColumn(metadata.uint(1), metadata.uint(1));
    default:
      return { type, meta: 0 };
  }
}

/** CHAR, BINARY, ENUM and SET share one type; two bits of the length are hidden, inverted, in the byte of the real type. */
function stringColumn(first: number, second: number): Bare {
  if ((first & 0x30) !== 0x30) return { type: first | 0x30, meta: second | (((first & 0x30) ^ 0x30) << 4) };
  return { type: first, meta: second };
}

function signedness(columns: readonly Bare[], bits: ByteReader | undefined): ReadonlySet<number> {
  const unsigned = new Set<number>();
  const numeric = [...columns.keys()].filter((index) => NUMERIC.has(columns[index]!.type));
  if (bits)
    numeric.forEach((index, place) => {
      if (bits.at(place >> 3) & (0x80 >> (place & 7))) unsigned.add(index);
    });
  return unsigned;
}

function collationsOf(columns: readonly Bare[], optional: ReadonlyMap<number, ByteReader>): ReadonlyMap<number, number> {
  const character = [...columns.keys()].filter((index) => CHARACTER.has(columns[index]!.type));
  const each = optional.get(OPTIONAL.columnCharset);
  if (each) return new Map(character.map((index) => [index, each.length()]));
  const others = optional.get(OPTIONAL.defaultCharset);
  if (!others) return new Map();
  const usual = others.length();
  const collations = new Map(character.map((index) => [index, usual]));
  while (!others.ended) collations.set(character[others.length()]!, others.length());
  return collations;
}

function valuesOf(columns: readonly Bare[], optional: ReadonlyMap<number, ByteReader>): ReadonlyMap<number, string[]> {
  const values = new Map<number, string[]>();
  for (const [type, kind] of [
    [WIRE.enum, OPTIONAL.enumValues],
    [WIRE.set, OPTIONAL.setValues],
  ] as const) {
    const texts = optional.get(kind);
    for (const [index, column] of columns.entries())
      if (texts && column.type === type)
        values.set(
          index,
          Array.from({ length: texts.length() }, () => texts.text(texts.length())),
        );
  }
  return values;
}

function keyOf(optional: ReadonlyMap<number, ByteReader>): number[] {
  const key: number[] = [];
  const simple = optional.get(OPTIONAL.simpleKey);
  while (simple && !simple.ended) key.push(simple.length());
  const prefixed = optional.get(OPTIONAL.prefixKey);
  while (prefixed && !prefixed.ended) {
    key.push(prefixed.length());
    prefixed.length();
  }
  return key;
}
