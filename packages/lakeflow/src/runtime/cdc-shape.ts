import { LakewrightError } from '@lakewright/config';
import type { CdcPlan } from '../cdc/cdc-plan';
import { isReserved } from '../cdc/hidden-columns';
import type { TableColumn } from '../delta/schema';
import { parseColumns } from '../engine/ddl';
import type { SparkField } from '../engine/spark-type';
import type { Batch } from './batch';
import { checkUnchanged, columnsDdl, findColumn } from './table-columns';

/** New columns of the source, which the target gets too. With IGNORE NULL UPDATES what is stored says nothing about them. */
export function addedColumns({ before }: Batch, { columns, partial }: CdcPlan): readonly string[] {
  if (partial.length > 0) return [];
  const stored = parseColumns(before.columns);
  return columns.map(({ name }) => name).filter((name) => !findColumn(stored, name));
}

/** What decides how events become versions; stored versions were made by the old one. One entry a flow. */
export function shapeOf(flows: readonly CdcPlan[]): string {
  return JSON.stringify(flows.map((cdc) => [cdc.scdType, cdc.keys, cdc.sequenceText, cdc.tracked, ...layoutOf(cdc)]));
}

/** What a flow needs of the backing table beyond what every one has. */
function layoutOf({ partial, truncates }: CdcPlan): readonly unknown[] {
  if (partial.length === 0 && !truncates) return [];
  return [partial.map(({ name }) => name), truncates];
}

/**
 * First what the user sees: columns; then what put them together; then the columns beside them.
 *
 * @throws LakewrightError LAKEFLOW_SCHEMA_CHANGED, LAKEFLOW_CDC_CHANGED
 */
export function validateUnchanged(
  batch: Batch,
  flows: readonly CdcPlan[],
  columns: readonly TableColumn[],
  added: readonly string[],
): void {
  const { dataset, before } = batch;
  const now = columns.filter(({ name }) => !added.includes(name));
  const shown = (all: readonly SparkField[]) => all.filter(({ name }) => !isReserved(name));
  checkUnchanged(dataset, columnsDdl(shown(parseColumns(before.columns))), shown(now));
  validateShape(batch, flows, added);
  checkUnchanged(dataset, before.columns, now);
}

/** Flows may come and go; those that stay keep their shape. */
function validateShape(batch: Batch, flows: readonly CdcPlan[], added: readonly string[]): void {
  const known = flows.map((cdc) => ({ ...cdc, tracked: cdc.tracked.filter((name) => !added.includes(name)) }));
  const [before, now] = [batch.before.shape ?? '[]', shapeOf(known)].map((text) =>
    (JSON.parse(text) as unknown[]).map((flow) => JSON.stringify(flow)),
  );
  if (before!.every((flow) => now!.includes(flow)) || now!.every((flow) => before!.includes(flow))) return;
  throw new LakewrightError(
    'LAKEFLOW_CDC_CHANGED',
    `${batch.name} would get other keys, another sequence, another history, or other clauses for nulls and truncates`,
    {
      location: batch.dataset.flows[0]!.location,
      hint: `run the pipeline with a full refresh of ${batch.name}: what it holds was put together by the old ones`,
    },
  );
}
