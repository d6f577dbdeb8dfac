import { doubleAsDecimal } from '../dialect/double-digits';
import { formatType, type SparkField, type SparkType } from '../engine/spark-type';

/** How a column may become another. */
export interface EvolutionRules {
  /** Whether a type may become a wider one. */
  readonly widen: boolean;
  /** What does not go together: the old type stays, or there is no type. */
  readonly otherwise: 'keep' | 'refuse';
}

const INTEGERS: readonly string[] = ['tinyint', 'smallint', 'int', 'bigint'];

/**
 * Whether every value of a type is one of the other, by the table of "Type widening" (docs.databricks.com): integers to larger ones,
 * to decimals of at least 10 (BIGINT: 20) digits before the point, and all but BIGINT to DOUBLE; FLOAT to DOUBLE; decimals that
 * grow in digits at least as much as in scale; DATE to TIMESTAMP_NTZ.
 */
export function canWiden(from: SparkType, to: SparkType): boolean {
  const size = INTEGERS.indexOf(from.kind);
  if (size >= 0) {
    if (to.kind === 'decimal') return to.precision - to.scale >= (from.kind === 'bigint' ? 20 : 10);
    return INTEGERS.indexOf(to.kind) > size || (to.kind === 'double' && from.kind !== 'bigint');
  }
  if (from.kind === 'float') return to.kind === 'double';
  if (from.kind === 'date') return to.kind === 'timestamp_ntz';
  if (from.kind !== 'decimal' || to.kind !== 'decimal') return false;
  const scale = to.scale - from.scale;
  return scale >= 0 && to.precision - from.precision >= scale;
}

/**
 * The type of a column that had one type and is given another: new fields of structs come after the old ones. undefined when they do
 * not go together and that is to be refused.
 */
export function evolveType(old: SparkType, given: SparkType, rules: EvolutionRules): SparkType | undefined {
  if (given.kind === 'void' || formatType(old) === formatType(given)) return old;
  if (old.kind === 'struct' && given.kind === 'struct') return evolveStruct(old.fields, given.fields, rules);
  if (old.kind === 'array' && given.kind === 'array') {
    const element = evolveType(old.element, given.element, rules);
    return element && { kind: 'array', element };
  }
  if (old.kind === 'map' && given.kind === 'map') {
    const [key, value] = [evolveType(old.key, given.key, rules), evolveType(old.value, given.value, rules)];
    return key && value && { kind: 'map', key, value };
  }
  if (canWiden(given, old)) return old;
  if (rules.widen && canWiden(old, given)) return given;
  return rules.otherwise === 'keep' ? old : undefined;
}

function evolveStruct(old: readonly SparkField[], given: readonly SparkField[], rules: EvolutionRules): SparkType | undefined {
  const fields: SparkField[] = [];
  for (const field of old) {
    const found = given.find(({ name }) => name.toLowerCase() === field.name.toLowerCase());
    const type = found ? evolveType(field.type, found.type, rules) : rules.otherwise === 'keep' ? field.type : undefined;
    if (!type) return undefined;
    fields.push({ name: field.name, type });
  }
  return { kind: 'struct', fields: [...fields, ...newFields(old, given)] };
}

/** Fields whose names are not there yet in any case of letters: Delta tells names apart without case. */
export function newFields(old: readonly SparkField[], given: readonly SparkField[]): readonly SparkField[] {
  const names = new Set(old.map(({ name }) => name.toLowerCase()));
  return given.filter(({ name }) => !names.has(name.toLowerCase()));
}

/**
 * An expression that turns a value of one type into another, fields of structs by their names: a plain CAST goes by position.
 *
 * @param depth of the lambdas around it
 */
export function convert(value: string, from: SparkType, to: SparkType, depth = 0): string {
  if (formatType(from) === formatType(to)) return value;
  if (from.kind === 'struct' && to.kind === 'struct') {
    const members = to.fields.map(({ name, type }) => {
      const found = from.fields.find((field) => field.name.toLowerCase() === name.toLowerCase());
      const member = found ? convert(`${value}.\`${found.name.replaceAll('`', '``')}\``, found.type, type, depth) : nullOf(type);
      return `'${name.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}', ${member}`;
    });
    return `CASE WHEN ${value} IS NOT NULL THEN named_struct(${members.join(', ')}) END`;
  }
  if (from.kind === 'array' && to.kind === 'array') {
    const item = `item${depth}`;
    return `transform(${value}, ${item} -> ${convert(item, from.element, to.element, depth + 1)})`;
  }
  if (from.kind === 'double' && to.kind === 'decimal') return doubleAsDecimal([value], formatType(to)).join('');
  return `CAST(${value} AS ${formatType(to)})`;
}

function nullOf(type: SparkType): string {
  return `CAST(NULL AS ${formatType(type)})`;
}
