/** An Avro type as Hudi writes it into a commit. */
export type AvroType = string | readonly AvroType[] | AvroComplex;

interface AvroComplex {
  readonly type: string | AvroComplex;
  readonly logicalType?: string;
  readonly precision?: number;
  readonly scale?: number;
  readonly items?: AvroType;
  readonly values?: AvroType;
  readonly fields?: readonly AvroField[];
}

export interface AvroField {
  readonly name: string;
  readonly type: AvroType;
}

/** A type that the catalog has no name for. */
export class UnknownTypeError extends Error {
  override readonly name = 'UnknownTypeError';
}

const PLAIN: Readonly<Record<string, string>> = {
  boolean: 'boolean',
  int: 'int',
  long: 'bigint',
  float: 'float',
  double: 'double',
  string: 'string',
  enum: 'string',
  bytes: 'binary',
};
const LOGICAL: Readonly<Record<string, string>> = {
  date: 'date',
  'timestamp-micros': 'timestamp',
  'timestamp-millis': 'timestamp',
  uuid: 'string',
};

/**
 * The type as Glue's catalog and Athena name it (Athena User Guide, "Data types in Amazon Athena").
 *
 * @throws UnknownTypeError
 */
export function catalogType(type: AvroType): string {
  if (typeof type === 'string') return plain(type);
  if (isUnion(type)) return catalogType(onlyType(type));
  if (typeof type.type !== 'string') return catalogType(type.type);
  const { logicalType, precision, scale, items, values, fields } = type;
  if (logicalType === 'decimal') return `decimal(${precision},${scale ?? 0})`;
  if (logicalType && LOGICAL[logicalType]) return LOGICAL[logicalType];
  if (logicalType) throw new UnknownTypeError(`no type of the catalog for the Avro type ${logicalType}`);
  if (type.type === 'array' && items) return `array<${catalogType(items)}>`;
  if (type.type === 'map' && values) return `map<string,${catalogType(values)}>`;
  if (type.type === 'record' && fields) {
    return `struct<${fields.map((field) => `${field.name}:${catalogType(field.type)}`).join(',')}>`;
  }
  return plain(type.type);
}

function isUnion(type: AvroType): type is readonly AvroType[] {
  return Array.isArray(type);
}

/** Null and one more: a column that may be null. */
function onlyType(union: readonly AvroType[]): AvroType {
  const types = union.filter((each) => each !== 'null');
  if (types.length === 1) return types[0]!;
  throw new UnknownTypeError(`no type of the catalog for a union of ${types.length}`);
}

function plain(type: string): string {
  const name = PLAIN[type];
  if (name) return name;
  throw new UnknownTypeError(`no type of the catalog for the Avro type ${type}`);
}
