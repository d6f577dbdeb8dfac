import { formatType, quoteName, type SparkType } from '../engine/spark-type';
import { quoteString } from '../sql';

/** A value of a result (`QueryResult`) as SQL that gives it back in its type, on any engine. */
export function sqlLiteral(value: unknown, type: SparkType): string {
  if (value === null || value === undefined) return `CAST(NULL AS ${formatType(type)})`;
  switch (type.kind) {
    case 'binary':
      return `unhex('${Buffer.from(value as Uint8Array).toString('hex')}')`;
    case 'array':
      return arrayLiteral(value as readonly unknown[], type.element);
    case 'map':
      return `map_from_arrays(${arrayLiteral(Object.keys(value), { kind: 'string' })}, ${arrayLiteral(Object.values(value), type.value)})`;
    case 'struct':
      return `named_struct(${type.fields.map((field) => fieldLiteral(field.name, (value as Record<string, unknown>)[field.name], field.type)).join(', ')})`;
    default:
      return `CAST(${quoteString(plainText(value))} AS ${formatType(type)})`;
  }
}

function arrayLiteral(values: readonly unknown[], element: SparkType): string {
  return `CAST(array(${values.map((each) => sqlLiteral(each, element)).join(', ')}) AS ARRAY<${formatType(element)}>)`;
}

function fieldLiteral(name: string, value: unknown, type: SparkType): string {
  return `${quoteString(name)}, ${sqlLiteral(value, type)}`;
}

function plainText(value: unknown): string {
  if (typeof value === 'number' && !Number.isFinite(value))
    return Number.isNaN(value) ? 'NaN' : value > 0 ? 'Infinity' : '-Infinity';
  return String(value);
}

/** Rows as a relation for FROM: a subquery of literals. */
export function rowsAsSql(
  columns: readonly { readonly name: string; readonly type: SparkType }[],
  rows: readonly Readonly<Record<string, unknown>>[],
): string {
  const row = (values: Readonly<Record<string, unknown>>) =>
    `SELECT ${columns.map(({ name, type }) => `${sqlLiteral(values[name], type)} AS ${quoteName(name)}`).join(', ')}`;
  if (rows.length === 0) return `(${row({})} WHERE false)`;
  return `(${rows.map(row).join(' UNION ALL ')})`;
}
