import { evolveType, newFields } from '../delta/evolution';
import type { SparkField } from '../engine/spark-type';
import type { ReadOptions } from './read-options';
import { sourceError } from './source-error';

/** Whether columns that come later are added. */
export function isAdding({ evolution }: ReadOptions): boolean {
  return evolution === 'addNewColumns' || evolution === 'addNewColumnsWithTypeWidening';
}

/**
 * The columns of a source that was read before and has files with perhaps others. New columns, and new fields of structs, come after
 * the old ones; a type that is there stays, or becomes wider with `addNewColumnsWithTypeWidening`. What does not fit is rescued.
 *
 * On Databricks the stream stops at such a record and the pipeline starts the update again with the new columns ("Configure schema
 * inference and evolution in Auto Loader", docs.databricks.com). The tables are then the ones that this gives at once.
 *
 * @throws LakewrightError LAKEFLOW_SOURCE_COLUMNS with `failOnNewColumns`
 */
export function evolveColumns(
  options: ReadOptions,
  known: readonly SparkField[],
  given: readonly SparkField[],
): readonly SparkField[] {
  const reserved = [options.rescuedColumn, options.corruptColumn].map((name) => name?.toLowerCase());
  const added = newFields(known, given).filter(({ name }) => !reserved.includes(name.toLowerCase()));
  if (options.evolution === 'failOnNewColumns' && added.length > 0) {
    throw sourceError(
      'LAKEFLOW_SOURCE_COLUMNS',
      `the files of ${options.path} have new columns: ${added.map(({ name }) => name).join(', ')}`,
      options.location,
      'schemaEvolutionMode is failOnNewColumns: add them to the schema or to schemaHints, or take the files away',
    );
  }
  if (!isAdding(options)) return known;
  const widen = options.evolution === 'addNewColumnsWithTypeWidening';
  const hinted = new Set(options.schemaHints.map(({ name }) => name));
  const kept = known.map(({ name, type }) => {
    const now = given.find((field) => field.name === name);
    if (!now || hinted.has(name)) return { name, type };
    return { name, type: evolveType(type, now.type, { widen, otherwise: 'keep' }) ?? type };
  });
  return [...kept, ...added];
}
