import { deleteFiles, filesRemovedBy, latestVersion } from '../delta/log';
import type { Dataset } from '../sql';
import { Batch } from './batch';
import { judge, judgeViews } from './expectations';
import { FlowPlan } from './flow-plan';
import { forgetFormerPlace, tableExists } from './ownership';
import { announceFlow, fingerprint, report } from './streaming-table';
import { projectTo, shapeQuery, tableColumns } from './table-columns';
import type { UpdateContext } from './update-context';
import type { DatasetOutcome } from './update-result';

/**
 * Computes a materialized view anew when its statement or anything that it reads changed; the old content is replaced in one commit.
 * The files of the content before stay until the next change, for readers that have begun.
 */
export async function refreshMaterializedView(context: UpdateContext, dataset: Dataset): Promise<DatasetOutcome> {
  const batch = await Batch.begin(context, dataset);
  const flow = dataset.flows[0]!;
  const plan = await FlowPlan.make(context, flow, undefined, batch.folder);
  const definition = fingerprint([plan], dataset);
  const { location } = batch.folder;
  const exists = tableExists(batch, location);
  if (exists && !batch.isRefresh && batch.before.definition === definition && sameInputs(batch.before.inputs, plan.inputs)) {
    return { dataset: batch.name, status: 'unchanged' };
  }
  const query = await plan.open(batch.names(0));
  const text = flow.kind === 'query' ? flow.query.text : '';
  const shaped = shapeQuery(query, text, await context.engine.describe(query), dataset);
  const columns = tableColumns(dataset, [shaped]);
  const intent = await batch.intend(batch.after([], { definition, columns, inputs: plan.inputs }), [], location);
  const began = Date.now();
  const views = await judgeViews(context, batch, plan);
  const staged = await batch.stage(projectTo(columns, shaped), 'flow-0');
  const judged = await judge(context, batch, staged, { dataset, columns, flow: flow.name, ordinal: 0 });
  const rows = { rowsWritten: judged.staged.rows, rowsDropped: judged.dropped };
  const durationMs = Date.now() - began;
  const superseded = filesRemovedBy(location, latestVersion(location));
  const mode = latestVersion(location) >= 0 ? 'overwrite' : 'append';
  const { version } = await batch.commit(location, [judged.staged], {
    mode,
    columns,
    metrics: { numOutputRows: rows.rowsWritten },
  });
  await batch.finish(intent);
  deleteFiles(superseded);
  if (!exists) forgetFormerPlace(context, batch);
  announceFlow(context, batch, { ...judged, views, flow: flow.name, durationMs });
  return report(context, batch, version, rows);
}

function sameInputs(before: Readonly<Record<string, string>> | undefined, now: Readonly<Record<string, string>>): boolean {
  return JSON.stringify(before) === JSON.stringify(now);
}
