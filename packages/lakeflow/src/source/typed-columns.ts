import { formatType, quoteName, type SparkField, type SparkType } from '../engine/spark-type';
import { quoteString } from '../sql';

/** A source as typed columns. */
export interface TypedColumns {
  readonly fields: readonly SparkField[];
  readonly rescuedColumn: string | undefined;
  readonly corruptColumn: string;
  readonly dropMalformed: boolean;
  /** Adds the struct `_metadata`. */
  readonly withMetadata: boolean;
}

/** The columns of `_metadata` ("File metadata column", docs.databricks.com) out of the raw columns of a source. */
export const METADATA =
  "named_struct('file_path', __path, 'file_name', __name, 'file_size', __size, 'file_modification_time', __modified) AS _metadata";

/** DDL of the type of `_metadata`. */
export const METADATA_TYPE = 'struct<file_path:string,file_name:string,file_size:bigint,file_modification_time:timestamp>';

/**
 * The query that turns raw records (`value`, one JSON text each, and the raw metadata columns) into typed columns.
 *
 * A record that is no JSON object has nulls in every column; its text is kept in the rescued data column as `_corrupt_record`, and in
 * the column named by `columnNameOfCorruptRecord` when the schema has it. A value that does not fit its column is null there and is
 * kept, by its name, in the rescued data column, as is every value that has no column ("What is the rescued data column?",
 * docs.databricks.com). Of a struct, array or map that does not fit entirely the column has what fits, and the rescued data column the
 * whole. Names are matched with their case.
 *
 * Values are taken out as text and then cast: `from_json` into types fails on ISO timestamps (README, "Engine findings").
 */
export function typedQuery(raw: string, columns: TypedColumns): string {
  const { rescuedColumn } = columns;
  const values = columns.fields.filter((field) => field.name !== columns.corruptColumn);
  const taken = values.map((field, index) => `${textAt('__record', field.name)} AS __t${index}`);
  const records = `SELECT *, from_json(value, 'MAP<STRING,STRING>') AS __all FROM ${raw} WHERE trim(value) <> ''`;
  const guarded = `SELECT *, CASE WHEN __all IS NOT NULL THEN value END AS __record FROM (${records})`;
  const texts = `SELECT ${['*', ...taken].join(', ')} FROM (${guarded})`;
  const converted = values.map((field, index) => `${fromText(`__t${index}`, field.type, 0)} AS __v${index}`);
  const whole = rescuedColumn
    ? values.flatMap((field, index) => (isNested(field.type) ? [`${isWhole(`__t${index}`, field.type, 0)} AS __w${index}`] : []))
    : [];
  const typed = `SELECT ${['*', ...converted, ...whole].join(', ')} FROM (${texts})`;
  const output = columns.fields.map((field) => {
    if (field.name === columns.corruptColumn) return `CASE WHEN __all IS NULL THEN value END AS ${quoteName(field.name)}`;
    return `__v${values.indexOf(field)} AS ${quoteName(field.name)}`;
  });
  if (rescuedColumn) output.push(`${rescued(values)} AS ${quoteName(rescuedColumn)}`);
  if (columns.withMetadata) output.push(METADATA);
  return `SELECT ${output.join(', ')} FROM (${typed})${columns.dropMalformed ? ' WHERE __all IS NOT NULL' : ''}`;
}

/** JSON of what had no place, null when everything had. */
function rescued(fields: readonly SparkField[]): string {
  const known = fields.map((field) => quoteString(field.name));
  const unknown = known.length > 0 ? `NOT array_contains(array(${known.join(', ')}), k)` : 'true';
  const misfits = fields
    .map((field, index) => {
      if (field.type.kind === 'string') return undefined;
      return `(k = ${quoteString(field.name)} AND ${isNested(field.type) ? `NOT __w${index}` : `__v${index} IS NULL`})`;
    })
    .filter((condition) => condition !== undefined);
  const kept = `map_filter(__all, (k, v) -> v IS NOT NULL AND (${[unknown, ...misfits].join(' OR ')}))`;
  const path = "map('_file_path', __path)";
  return (
    `CASE WHEN __all IS NULL THEN to_json(map_concat(map('_corrupt_record', value), ${path})) ` +
    `WHEN cardinality(${kept}) > 0 THEN to_json(map_concat(${kept}, ${path})) END`
  );
}

function isNested({ kind }: SparkType): boolean {
  return kind === 'struct' || kind === 'array' || kind === 'map';
}

/** An expression that is true when nothing of a JSON text is lost by reading it as a type: no value, no member that has no place. */
function isWhole(text: string, type: SparkType, depth: number): string {
  const item = `w${depth}`;
  const list = `from_json(${text}, 'ARRAY<STRING>')`;
  const object = `from_json(${text}, 'MAP<STRING,STRING>')`;
  switch (type.kind) {
    case 'string':
      return 'true';
    case 'struct': {
      const known = `array(${type.fields.map(({ name }) => quoteString(name)).join(', ')})`;
      const unknown = `map_filter(${object}, (k, v) -> v IS NOT NULL AND NOT array_contains(${known}, k))`;
      const members = type.fields.map((field) => isWhole(textAt(text, field.name), field.type, depth));
      const parts = [`${object} IS NOT NULL`, `cardinality(${unknown}) = 0`, ...members.filter((member) => member !== 'true')];
      return `(${text} IS NULL OR (${parts.join(' AND ')}))`;
    }
    case 'array':
      return `(${text} IS NULL OR (${list} IS NOT NULL AND forall(${list}, ${item} -> ${isWhole(item, type.element, depth + 1)})))`;
    case 'map': {
      const values = `forall(map_values(${object}), ${item} -> ${isWhole(item, type.value, depth + 1)})`;
      const keys = `forall(map_keys(${object}), ${item} -> ${isWhole(item, type.key, depth + 1)})`;
      return `(${text} IS NULL OR (${object} IS NOT NULL AND ${keys} AND ${values}))`;
    }
    default:
      return `(${text} IS NULL OR ${fromText(text, type, depth)} IS NOT NULL)`;
  }
}

/** The text of a member of a JSON object; strings without their quotes, everything else as written. */
function textAt(json: string, name: string): string {
  const path = name.includes("'") ? `$.${name}` : `$['${name}']`;
  return `get_json_object(${json}, ${quoteString(path)})`;
}

/** An expression that reads a value of a type from its JSON text: null when it does not fit. */
function fromText(text: string, type: SparkType, depth: number): string {
  const variable = `x${depth}`;
  switch (type.kind) {
    case 'string':
      return text;
    case 'binary':
      return `try_to_binary(${text}, 'base64')`;
    case 'struct': {
      const members = type.fields.map(
        (field) => `${quoteString(field.name)}, ${fromText(textAt(text, field.name), field.type, depth)}`,
      );
      return `CASE WHEN from_json(${text}, 'MAP<STRING,STRING>') IS NOT NULL THEN named_struct(${members.join(', ')}) END`;
    }
    case 'array':
      return `transform(from_json(${text}, 'ARRAY<STRING>'), ${variable} -> ${fromText(variable, type.element, depth + 1)})`;
    case 'map': {
      const entries = `from_json(${text}, 'MAP<STRING,STRING>')`;
      const keys = `transform(map_keys(${entries}), ${variable} -> ${fromText(variable, type.key, depth + 1)})`;
      const values = `transform(map_values(${entries}), ${variable} -> ${fromText(variable, type.value, depth + 1)})`;
      return `map_from_arrays(${keys}, ${values})`;
    }
    default:
      return `try_cast(${text} AS ${formatType(type)})`;
  }
}
