import { quoteName, type SparkField, type SparkType } from '../engine/spark-type';

/** A scalar inside a sequence: the sequence itself, or a field of it (of a field ...) when it is a struct. */
interface Part {
  /** Path below the sequence column, quoted: `` or `.ts` or `.a.b`. */
  readonly path: string;
  readonly isBinary: boolean;
}

/**
 * The ordering of a sequence column. Structs are compared field by field, a null field sorting first: ordering by the struct
 * itself is not reliable on Sail (README, "Engine findings").
 */
export class SequenceOrder {
  private readonly parts: readonly Part[];

  constructor(readonly type: SparkType) {
    this.parts = flatten(type, '');
  }

  /** `ORDER BY` terms, the lowest sequence first. */
  ascending(column: string): string {
    return this.parts.map((part) => `${ordered(column, part)} ASC NULLS FIRST`).join(', ');
  }

  /** `ORDER BY` terms, the highest sequence first. */
  descending(column: string): string {
    return this.parts.map((part) => `${ordered(column, part)} DESC NULLS LAST`).join(', ');
  }

  /** Whether one sequence comes before another, as a condition that is never null. */
  isLower(one: string, other: string): string {
    return this.parts.reduceRight((rest, { path }) => {
      const [a, b] = [`${one}${path}`, `${other}${path}`];
      const lower = `coalesce(${a} < ${b}, ${a} IS NULL AND ${b} IS NOT NULL)`;
      return rest === '' ? lower : `(${lower} OR (${a} <=> ${b} AND ${rest}))`;
    }, '');
  }

  /** Columns to partition or join by. */
  columns(column: string): readonly string[] {
    return this.parts.map((part) => `${column}${part.path}`);
  }
}

/** Sail has no window that is ordered by bytes; their hexadecimal digits have the same order. */
function ordered(column: string, { path, isBinary }: Part): string {
  return isBinary ? `hex(${column}${path})` : `${column}${path}`;
}

function flatten(type: SparkType, path: string): readonly Part[] {
  if (type.kind !== 'struct') return [{ path, isBinary: type.kind === 'binary' }];
  return type.fields.flatMap((field) => flatten(field.type, `${path}.${quoteName(field.name)}`));
}

/** Whether values of a type have an order (no map, no variant, at any depth). */
export function isOrderable(type: SparkType): boolean {
  switch (type.kind) {
    case 'map':
    case 'variant':
    case 'interval':
    case 'other':
      return false;
    case 'array':
      return isOrderable(type.element);
    case 'struct':
      return type.fields.length > 0 && type.fields.every((field: SparkField) => isOrderable(field.type));
    default:
      return true;
  }
}
