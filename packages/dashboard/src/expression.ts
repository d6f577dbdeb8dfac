import { Unsupported } from './unsupported';

/** A field expression of Lakeview in SQL that the engine and Databricks both run. */
export interface FieldSql {
  readonly sql: string;
  readonly aggregate: boolean;
  /** Width of the bins, for BIN_FLOOR. */
  readonly binWidth?: number;
  /** Unit of DATE_TRUNC. */
  readonly timeUnit?: string;
  /** The column itself, for a field that is nothing but a column. */
  readonly column?: string;
}

const AGGREGATES = new Set(['COUNT', 'SUM', 'AVG', 'MIN', 'MAX', 'MEDIAN', 'STDDEV', 'VARIANCE']);
const UNITS = new Set(['MINUTE', 'HOUR', 'DAY', 'WEEK', 'MONTH', 'QUARTER', 'YEAR']);
const COLUMN = /^`((?:[^`]|``)+)`$/;
const CALL = /^([A-Za-z_]+)\(([\s\S]*)\)$/;

/**
 * Translates one field expression: a column, an aggregate of a column, DATE_TRUNC or BIN_FLOOR.
 * @throws Unsupported for everything else, naming the expression
 */
export function translateExpression(expression: string): FieldSql {
  const text = expression.trim();
  const column = COLUMN.exec(text)?.[1];
  if (column !== undefined) return { sql: text, aggregate: false, column: column.replaceAll('``', '`') };
  const call = CALL.exec(text);
  if (!call) throw new Unsupported(`the field expression ${text} is not supported`);
  const name = (call[1] as string).toUpperCase();
  const argument = (call[2] as string).trim();
  if (AGGREGATES.has(name)) return { sql: aggregateSql(name, argument, text), aggregate: true };
  if (name === 'DATE_TRUNC') return truncationSql(argument, text);
  if (name === 'BIN_FLOOR') return binSql(argument, text);
  throw new Unsupported(`the function ${name} in a field is not supported`);
}

function aggregateSql(name: string, argument: string, text: string): string {
  if (name === 'COUNT' && (argument === '`*`' || argument === '*')) return 'count(*)';
  const distinct = /^DISTINCT\s+/i.exec(argument)?.[0] ?? '';
  return `${name.toLowerCase()}(${distinct ? 'DISTINCT ' : ''}${columnOf(argument.slice(distinct.length), text)})`;
}

/** Lakeview writes the unit in double quotes, which ANSI SQL reads as an identifier. */
function truncationSql(argument: string, text: string): FieldSql {
  const [, unit, column] = /^["']([A-Za-z]+)["']\s*,\s*([\s\S]+)$/.exec(argument) ?? [];
  if (unit === undefined || column === undefined || !UNITS.has(unit.toUpperCase())) {
    throw new Unsupported(`the field expression ${text} is not supported`);
  }
  const timeUnit = unit.toUpperCase();
  return { sql: `date_trunc('${timeUnit}', ${columnOf(column, text)})`, aggregate: false, timeUnit };
}

/** In floating point: divisions of decimals differ between engines in their scale. */
function binSql(argument: string, text: string): FieldSql {
  const [, column, width] = /^([\s\S]+?)\s*,\s*(\d+(?:\.\d+)?)$/.exec(argument) ?? [];
  if (column === undefined || !(Number(width) > 0)) throw new Unsupported(`the field expression ${text} is not supported`);
  const size = `CAST(${width} AS DOUBLE)`;
  return {
    sql: `floor(CAST(${columnOf(column, text)} AS DOUBLE) / ${size}) * ${size}`,
    aggregate: false,
    binWidth: Number(width),
  };
}

function columnOf(argument: string, text: string): string {
  const column = argument.trim();
  if (!COLUMN.test(column)) throw new Unsupported(`the field expression ${text} is not supported: only columns may stand in it`);
  return column;
}
