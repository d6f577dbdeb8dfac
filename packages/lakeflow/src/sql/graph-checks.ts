import type { LakewrightError } from '@lakewright/config';
import type { AppendFlow, AutoCdcFlow, DatasetStatement, TableRead } from './ast';
import { flowError } from './graph-errors';
import type { CdcFlow, Dataset, DatasetId, Flow, ResolvedRead } from './graph-model';
import { didYouMean, unsupported } from './syntax-error';

/** The rules between the statements; each throws at the first that breaks it. */
export function checkGraph(datasets: readonly Dataset[]): void {
  const byId = new Map(datasets.map((dataset) => [dataset.id, dataset]));
  for (const dataset of datasets) {
    checkFlows(dataset);
    for (const flow of dataset.flows) {
      for (const read of flow.reads) checkRead(read, read.dataset ? byId.get(read.dataset) : undefined);
      checkStreaming(dataset, flow);
    }
  }
}

/** A flow into something that is no streaming table of this pipeline: "CREATE FLOW (pipelines)", docs.databricks.com. */
export function unknownTarget(
  flow: AutoCdcFlow | AppendFlow,
  target: DatasetId,
  declared: ReadonlyMap<DatasetId, DatasetStatement>,
): LakewrightError {
  const { location } = flow.target;
  const found = declared.get(target);
  if (found) {
    const what = found.kind === 'materialized_view' ? 'a materialized view' : 'a temporary view';
    return flowError(
      'LAKEFLOW_FLOW',
      location,
      `${target} is ${what}, and a flow fills a streaming table`,
      'make the target a streaming table',
    );
  }
  const tables = [...declared].filter(([, { kind }]) => kind === 'streaming_table').map(([id]) => id);
  const meant = didYouMean(target, tables);
  const hint = meant ? `did you mean ${meant}?` : `declare it: CREATE OR REFRESH STREAMING TABLE ${flow.target.parts.join('.')};`;
  return flowError('LAKEFLOW_UNKNOWN_TARGET', location, `this pipeline defines no streaming table ${target}`, hint);
}

function checkFlows({ id, flows, statement }: Dataset): void {
  if (flows.length === 0) {
    const hint = 'add AS SELECT ... FROM STREAM(...), or a flow into it';
    throw flowError('LAKEFLOW_FLOW', statement.location, `nothing fills the streaming table ${id}`, hint);
  }
  const changes = flows.filter((flow) => flow.kind === 'auto_cdc');
  const [first] = changes;
  if (!first) return;
  const other = flows.find((flow) => flow.kind !== 'auto_cdc');
  if (other) {
    const hint = 'append into a table of its own';
    throw flowError('LAKEFLOW_FLOW', other.location, `${id} is the target of AUTO CDC and cannot be appended to as well`, hint);
  }
  for (const change of changes) checkSameShape(id, first, change);
  refuseExpectations(statement, changes);
}

/** Expectations of a target hold for the changes that come in: for what a change with left out columns stands is not known then. */
function refuseExpectations({ expectations: [expectation] }: DatasetStatement, changes: readonly CdcFlow[]): void {
  if (!expectation || !changes.some(({ cdc }) => cdc.ignoreNullUpdates)) return;
  const hint = 'move the expectation to the streaming table that the flow reads';
  throw unsupported(
    expectation.location,
    'expectations on a target of AUTO CDC with IGNORE NULL UPDATES are not supported: its changes are not whole rows',
    hint,
  );
}

function checkSameShape(id: DatasetId, first: CdcFlow, flow: CdcFlow): void {
  if (flow.cdc.scdType !== first.cdc.scdType) {
    const message = `the flows into ${id} are of SCD type ${first.cdc.scdType} and ${flow.cdc.scdType}`;
    throw flowError(
      'LAKEFLOW_FLOW',
      flow.location,
      message,
      'give every flow into a target the same type, or a target of its own',
    );
  }
  const keys = ({ cdc }: CdcFlow) => cdc.keys.map((key) => key.toLowerCase()).join(', ');
  if (keys(flow) === keys(first)) return;
  const message = `the flows into ${id} have the keys (${keys(first)}) and (${keys(flow)})`;
  throw flowError('LAKEFLOW_FLOW', flow.location, message, 'give every flow into a target the same keys');
}

/** What may be read with STREAM, and what must be. */
function checkRead({ read }: ResolvedRead, source: Dataset | undefined): void {
  if (!source || read.kind !== 'table') return;
  if (read.streaming) checkStreamOf(read, source);
  else if (source.kind === 'temporary_view' && isStreaming(source)) {
    const message = `${source.id} is a streaming view and is read without STREAM`;
    throw flowError('LAKEFLOW_STREAMING', read.name.location, message, `write STREAM(${source.id})`);
  }
}

/**
 * Only what is appended to can be streamed: not a materialized view, not the target of AUTO CDC, whose rows change
 * ("Streaming tables", docs.databricks.com), not a view that reads nothing as a stream (INCOMPATIBLE_BATCH_VIEW_READ).
 */
function checkStreamOf({ name: { location } }: TableRead, source: Dataset): void {
  if (source.kind === 'materialized_view') {
    const hint = 'read it without STREAM in a materialized view, or make it a streaming table';
    throw flowError('LAKEFLOW_STREAMING', location, `${source.id} is a materialized view and cannot be read with STREAM`, hint);
  }
  if (source.kind === 'temporary_view' && !isStreaming(source)) {
    const hint = `read STREAM(...) inside ${source.id}, or read the view without STREAM`;
    throw flowError('LAKEFLOW_STREAMING', location, `the view ${source.id} reads nothing as a stream`, hint);
  }
  if (source.flows.some(({ kind }) => kind === 'auto_cdc')) {
    const hint = 'read it without STREAM in a materialized view, or read the source of its flow';
    throw flowError(
      'LAKEFLOW_STREAMING',
      location,
      `${source.id} is the target of AUTO CDC: its rows change and cannot be read with STREAM`,
      hint,
    );
  }
}

function isStreaming({ flows }: Dataset): boolean {
  return flows.some(({ reads }) => reads.some(({ read }) => read.streaming));
}

/** "INVALID_FLOW_QUERY_TYPE error condition", docs.databricks.com. */
function checkStreaming({ id, kind, statement }: Dataset, flow: Flow): void {
  const { reads, location } = flow;
  const stream = reads.find(({ read }) => read.streaming)?.read;
  if (flow.once) {
    if (!stream || flow.kind === 'auto_cdc') return;
    const hint = 'leave out STREAM: such a flow reads everything there is, once';
    throw flowError('LAKEFLOW_STREAMING', location, `the flow ${flow.name} runs ONCE and reads a stream`, hint);
  }
  if (kind === 'streaming_table' && !stream) {
    const hint = 'read at least one source with STREAM, or create a MATERIALIZED VIEW';
    throw flowError('LAKEFLOW_STREAMING', location, `the streaming table ${id} reads nothing as a stream`, hint);
  }
  if (kind !== 'materialized_view' || !stream) return;
  const where = stream.kind === 'table' ? stream.name.location : stream.location;
  const hint = `leave out STREAM, or write CREATE OR REFRESH STREAMING TABLE ${statement.name.parts.join('.')}`;
  throw flowError('LAKEFLOW_STREAMING', where, `the materialized view ${id} reads a stream`, hint);
}
