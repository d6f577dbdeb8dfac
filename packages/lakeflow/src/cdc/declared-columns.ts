import { LakewrightError } from '@lakewright/config';
import { convert } from '../delta/evolution';
import { parseColumns } from '../engine/ddl';
import { formatType, quoteName, type SparkField, type SparkType } from '../engine/spark-type';
import type { ColumnSpec } from '../sql/ast';
import { PUBLIC_END, PUBLIC_START } from './hidden-columns';

/** A column of the target and where its values come from. */
export interface TargetColumn extends SparkField {
  /** SQL over a row of the source. */
  readonly value: string;
  readonly comment?: string;
}

/**
 * The columns of a target: those that the flow selects, or those that the table declares, in their order and with their types; a
 * declared column that no flow gives is null. Of SCD 2 a declared schema must include `__START_AT` and `__END_AT` with the type of the
 * sequence ("AUTO CDC INTO (pipelines)", docs.databricks.com).
 *
 * @throws LakewrightError LAKEFLOW_COLUMNS when declaration and flow do not go together
 */
export function targetColumns(
  selected: readonly SparkField[],
  declared: readonly ColumnSpec[],
  { scdType, sequence }: { readonly scdType: 1 | 2; readonly sequence: SparkType },
): readonly TargetColumn[] {
  if (declared.length === 0) return selected.map((field) => ({ ...field, value: quoteName(field.name) }));
  const own = declared.filter((spec) => !isPeriod(spec));
  if (scdType === 2) validatePeriod(declared, sequence);
  else validateNoPeriod(declared);
  const missing = selected.find(({ name }) => !own.some((spec) => sameName(spec.name, name)));
  if (missing) {
    const hint = `declare ${quoteName(missing.name)} ${formatType(missing.type)}, or leave it out with COLUMNS * EXCEPT (${quoteName(missing.name)})`;
    throw columnsError(declared[0]!, `the flow gives ${missing.name}, which the table does not declare`, hint);
  }
  return own.map((spec) => declaredColumn(spec, selected));
}

function declaredColumn(spec: ColumnSpec, selected: readonly SparkField[]): TargetColumn {
  const source = selected.find(({ name }) => sameName(name, spec.name));
  const type = spec.type === undefined ? source?.type : typeOf(spec);
  if (!type) throw columnsError(spec, `${spec.name} has no type, and the flow does not give it`, `give ${spec.name} a type`);
  const value = source ? convert(quoteName(source.name), source.type, type) : `CAST(NULL AS ${formatType(type)})`;
  return { name: spec.name, type, value, ...(spec.comment === undefined ? {} : { comment: spec.comment }) };
}

function validatePeriod(declared: readonly ColumnSpec[], sequence: SparkType): void {
  const type = formatType(sequence);
  for (const name of [PUBLIC_START, PUBLIC_END]) {
    const spec = declared.find((each) => sameName(each.name, name));
    const hint = `declare ${PUBLIC_START} ${type} and ${PUBLIC_END} ${type}`;
    if (!spec) throw columnsError(declared[0]!, `the declared columns of SCD TYPE 2 lack ${name}`, hint);
    if (spec.type !== undefined && formatType(typeOf(spec)) !== type)
      throw columnsError(spec, `${name} is declared ${spec.type}, and the sequence is ${type}`, hint);
  }
}

function validateNoPeriod(declared: readonly ColumnSpec[]): void {
  const spec = declared.find(isPeriod);
  if (spec) throw columnsError(spec, `${spec.name} belongs to SCD TYPE 2`, 'leave it out, or write STORED AS SCD TYPE 2');
}

function isPeriod({ name }: ColumnSpec): boolean {
  return sameName(name, PUBLIC_START) || sameName(name, PUBLIC_END);
}

function typeOf({ type }: ColumnSpec): SparkType {
  return parseColumns(`c ${type}`)[0]!.type;
}

function columnsError({ location }: ColumnSpec, message: string, hint: string): LakewrightError {
  return new LakewrightError('LAKEFLOW_COLUMNS', message, { location, hint });
}

function sameName(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}
