import type { SparkField, SparkType } from '../engine/spark-type';

/**
 * What has been seen of a column. Types as Auto Loader infers them with inferColumnTypes: BIGINT, DOUBLE, BOOLEAN, STRING, structs and
 * arrays for JSON; for CSV the texts are looked at and may also be INT, DATE or TIMESTAMP.
 */
type Seen = SparkType | undefined;

const STRING: SparkType = { kind: 'string' };
const LARGEST_BIGINT = 2 ** 63;

/**
 * The columns of JSON records, sorted by name, as Spark sorts them. Records that are no objects are passed over.
 *
 * @param texts a sample of records
 * @param types false: every column is a string
 */
export function inferJson(texts: Iterable<string>, types: boolean): readonly SparkField[] {
  let seen: Seen;
  for (const text of texts) {
    const value = parse(text);
    if (isRecord(value)) seen = merge(seen, ofValue(value));
  }
  const fields = seen?.kind === 'struct' ? seen.fields : [];
  return fields.map(({ name, type }) => ({ name, type: types ? settled(type) : STRING }));
}

/** The columns of CSV records that were made JSON objects, in the order of the header. */
export function inferCsv(texts: Iterable<string>, types: boolean): readonly SparkField[] {
  const columns = new Map<string, Seen>();
  for (const text of texts) {
    const value = parse(text);
    if (!isRecord(value)) continue;
    for (const [name, field] of Object.entries(value)) {
      const earlier = columns.get(name);
      columns.set(name, typeof field === 'string' && field !== '' ? mergeText(earlier, ofText(field)) : earlier);
    }
  }
  return [...columns].map(([name, type]) => ({ name, type: types && type ? type : STRING }));
}

/** Inferred columns with the types that hints give; hints for further columns add them. */
export function applyHints(fields: readonly SparkField[], hints: readonly SparkField[]): readonly SparkField[] {
  const hinted = fields.map((field) => hints.find((hint) => hint.name === field.name) ?? field);
  return [...hinted, ...hints.filter((hint) => !fields.some((field) => field.name === hint.name))];
}

function ofValue(value: unknown): Seen {
  if (value === null || value === undefined) return undefined;
  if (typeof value === 'boolean') return { kind: 'boolean' };
  if (typeof value === 'number') {
    if (!Number.isInteger(value)) return { kind: 'double' };
    return Math.abs(value) < LARGEST_BIGINT ? { kind: 'bigint' } : { kind: 'decimal', precision: 38, scale: 0 };
  }
  if (typeof value === 'string') return STRING;
  if (Array.isArray(value))
    return { kind: 'array', element: value.map(ofValue).reduce<Seen>(merge, undefined) ?? { kind: 'void' } };
  const fields = Object.entries(value as object).map(([name, field]) => ({
    name,
    type: ofValue(field) ?? { kind: 'void' as const },
  }));
  return { kind: 'struct', fields: sorted(fields) };
}

function merge(a: Seen, b: Seen): Seen {
  if (!a || a.kind === 'void') return b ?? a;
  if (!b || b.kind === 'void') return a;
  if (a.kind === 'array' && b.kind === 'array')
    return { kind: 'array', element: merge(a.element, b.element) ?? { kind: 'void' } };
  if (a.kind === 'struct' && b.kind === 'struct') return mergeStructs(a.fields, b.fields);
  if (a.kind === b.kind) return a;
  const numbers = new Set([a.kind, b.kind]);
  if (numbers.has('bigint') && numbers.has('double')) return { kind: 'double' };
  if (numbers.has('bigint') && numbers.has('decimal')) return { kind: 'decimal', precision: 38, scale: 0 };
  if (numbers.has('double') && numbers.has('decimal')) return { kind: 'double' };
  return STRING;
}

function mergeStructs(a: readonly SparkField[], b: readonly SparkField[]): SparkType {
  const types = new Map<string, SparkType>(a.map((field) => [field.name, field.type]));
  for (const { name, type } of b) types.set(name, merge(types.get(name), type) ?? { kind: 'void' });
  return { kind: 'struct', fields: sorted([...types].map(([name, type]) => ({ name, type }))) };
}

/** What was only ever null is a string. */
function settled(type: SparkType): SparkType {
  if (type.kind === 'void') return STRING;
  if (type.kind === 'array') return { kind: 'array', element: settled(type.element) };
  if (type.kind !== 'struct') return type;
  if (type.fields.length === 0) return STRING;
  return { kind: 'struct', fields: type.fields.map((field) => ({ name: field.name, type: settled(field.type) })) };
}

function ofText(text: string): SparkType {
  if (/^[+-]?\d{1,18}$/.test(text)) return { kind: Math.abs(Number(text)) < 2 ** 31 ? 'int' : 'bigint' };
  if (/^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(text)) return { kind: 'double' };
  if (/^(true|false)$/i.test(text)) return { kind: 'boolean' };
  if (/^\d{4}-\d{2}-\d{2}$/.test(text) && isDate(text)) return { kind: 'date' };
  if (/^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?(Z|[+-]\d{2}:\d{2})?$/.test(text) && isDate(text))
    return { kind: 'timestamp' };
  return STRING;
}

function mergeText(a: Seen, b: SparkType): SparkType {
  if (!a || a.kind === b.kind) return b;
  const order = ['int', 'bigint', 'double'];
  const [left, right] = [order.indexOf(a.kind), order.indexOf(b.kind)];
  if (left >= 0 && right >= 0) return left > right ? a : b;
  const kinds = new Set([a.kind, b.kind]);
  return kinds.has('date') && kinds.has('timestamp') ? { kind: 'timestamp' } : STRING;
}

function isDate(text: string): boolean {
  const day = text.slice(0, 10);
  const date = new Date(`${day}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(day);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function sorted(fields: readonly SparkField[]): readonly SparkField[] {
  return [...fields].sort((a, b) => (a.name < b.name ? -1 : 1));
}
