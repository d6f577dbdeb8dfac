import { existsSync } from 'node:fs';
import { basename } from 'node:path';
import { LakewrightError } from '@lakewright/config';
import { planCdc } from '../cdc/cdc-plan';
import { publicQuery } from '../cdc/scd-statements';
import { latestVersion } from '../delta/log';
import { prepareExpectation, prepareQuery } from '../dialect';
import type { Column } from '../engine';
import { formatType, quoteName, type SparkField } from '../engine/spark-type';
import { describeFiles } from '../source/file-source';
import { nameMatcher } from '../source/glob';
import { parseReadOptions } from '../source/read-options';
import { METADATA_TYPE } from '../source/typed-columns';
import {
  type CdcFlow,
  type Dataset,
  type DatasetId,
  type FileRead,
  type QueryFlow,
  type ResolvedRead,
  replaceReads,
} from '../sql';
import { describeSequence, prepareFlow, sourceName } from './cdc-events';
import { backingFields } from './cdc-table';
import { type Position, readCheckpoint } from './checkpoint';
import { portablePath, readTable } from './static-reads';
import { evolve, type ShapedQuery, shapeQuery, tableColumns } from './table-columns';
import { displayName, type UpdateContext } from './update-context';
import { withWatermark } from './windowed-flow';

/** What validation says of one dataset. */
export type ValidatedDataset = {
  readonly dataset: string;
  readonly kind: Dataset['kind'];
} & (
  | { readonly status: 'valid'; readonly columns: readonly Column[] }
  | { readonly status: 'invalid'; readonly code: string; readonly message: string }
  /** Something that it reads is not valid. */
  | { readonly status: 'skipped'; readonly because: string }
);

/**
 * Has every query of a pipeline analysed by the engine, over relations that have the right columns and no rows: what an update would
 * refuse before it reads a row is refused here. Nothing runs, nothing is written, and no table has to exist.
 */
export class Validation {
  readonly results: ValidatedDataset[] = [];
  failure: LakewrightError | undefined;
  private readonly columns = new Map<DatasetId, readonly Column[]>();

  constructor(private readonly context: UpdateContext) {}

  async check(dataset: Dataset): Promise<void> {
    const head = { dataset: displayName(dataset), kind: dataset.kind };
    const blocker = dataset.dependencies.find((id) => !this.columns.has(id));
    if (blocker !== undefined) {
      const because = displayName(this.context.datasets.get(blocker)!);
      this.results.push({ ...head, status: 'skipped', because });
      return;
    }
    try {
      const columns = await this.columnsOf(dataset);
      this.columns.set(dataset.id, columns);
      this.results.push({ ...head, status: 'valid', columns });
    } catch (error) {
      if (!(error instanceof LakewrightError) || error.code === 'ENGINE_UNAVAILABLE') throw error;
      this.failure ??= error;
      this.results.push({ ...head, status: 'invalid', code: error.code, message: error.message });
    }
  }

  private async columnsOf(dataset: Dataset): Promise<readonly Column[]> {
    const [first] = dataset.flows;
    if (first?.kind === 'auto_cdc') return this.changes(dataset, dataset.flows as readonly CdcFlow[]);
    const flows = dataset.flows as readonly QueryFlow[];
    const shaped: ShapedQuery[] = [];
    for (const flow of flows) {
      const query = await this.rewrite(dataset, flow);
      const described = await this.describe(query, flow);
      if (dataset.kind === 'temporary_view') {
        await this.checkExpectations(dataset, query);
        return described;
      }
      shaped.push(shapeQuery(query, flow.query.text, described, dataset));
    }
    const given = tableColumns(dataset, shaped);
    const columns = this.evolved(dataset, given);
    const described = columns.map(({ name, type }) => ({ name, type: formatType(type) }));
    await this.checkExpectations(dataset, `SELECT * FROM ${emptyRelation(described)}`);
    return described;
  }

  /** As an update would find the table: its columns may only grow. */
  private evolved(dataset: Dataset, given: ReturnType<typeof tableColumns>): readonly SparkField[] {
    const folder = this.context.folder.dataset(dataset.table!);
    const { columns, batch } = readCheckpoint(folder);
    const grows = dataset.kind === 'streaming_table' && batch > 0 && latestVersion(folder.location) >= 0;
    return grows
      ? evolve(
          dataset,
          columns,
          given,
          dataset.flows.some((flow) => flow.kind === 'query' && flow.once),
        ).columns
      : given;
  }

  private async changes(dataset: Dataset, flows: readonly CdcFlow[]): Promise<readonly Column[]> {
    let columns: readonly Column[] = [];
    for (const written of flows) {
      const source = `${await this.relation(dataset, written, written.reads[0]!)} AS ${quoteName(sourceName(written))}`;
      const flow = await prepareFlow(this.context, written, source);
      const described = (await this.describe(`SELECT * FROM ${source}`, flow)).filter(({ type }) => type !== METADATA_TYPE);
      const sequenceType = await describeSequence(this.context, flow, source);
      const cdc = planCdc(flow.cdc, flow.location, { columns: described, sequenceType }, dataset.statement.columns);
      for (const when of [cdc.deleteSql, cdc.truncateSql])
        if (when !== undefined) await this.describe(`SELECT * FROM ${source} WHERE ${when}`, flow);
      const own = cdc.columns.map(({ name, type }) => ({ name, type: formatType(type) }));
      await this.checkExpectations(dataset, `SELECT * FROM ${emptyRelation(own)}`);
      columns = await this.describe(publicQuery(cdc, emptyRelation(backingFields(cdc))), flow);
    }
    return columns;
  }

  private async checkExpectations({ statement }: Dataset, query: string): Promise<void> {
    for (const expectation of statement.expectations) {
      try {
        const holds = await prepareExpectation(this.context.engine, expectation, `(${query})`);
        await this.context.engine.describe(`SELECT ${holds} AS holds FROM (${query})`);
      } catch (error) {
        throw located(error, expectation.location, `the expectation ${expectation.name}: `);
      }
    }
  }

  private async rewrite(dataset: Dataset, flow: QueryFlow): Promise<string> {
    const { engine } = this.context;
    const relations = new Map<object, string>();
    for (const read of flow.reads)
      relations.set(read.read, await withWatermark(engine, read.read, await this.relation(dataset, flow, read)));
    return prepareQuery(engine, { ...flow.query, replacements: replaceReads(flow.query, (read) => relations.get(read)!) });
  }

  private async relation(
    dataset: Dataset,
    flow: QueryFlow | CdcFlow,
    { read, dataset: id, external }: ResolvedRead,
  ): Promise<string> {
    if (id !== undefined) return emptyRelation(this.columns.get(id)!);
    if (read.kind === 'files') return emptyRelation(await this.fileColumns(dataset, flow, read));
    const whole = readTable(this.context, external!, read.name.location);
    return whole.open({ prefix: '', staging: '', withMetadata: false });
  }

  private async fileColumns(dataset: Dataset, flow: QueryFlow | CdcFlow, read: FileRead): Promise<readonly Column[]> {
    const options = parseReadOptions(read);
    const store = this.context.storeFor(read);
    const matches = nameMatcher(options.nameFilter);
    const source = `files:${portablePath(this.context, read.path)}`;
    const known = dataset.table ? this.position(dataset, flow.name, source) : undefined;
    const schema = known?.kind === 'files' ? known.schema : undefined;
    const needsFiles = options.format !== 'text' && !options.schema && schema === undefined;
    const listed = needsFiles ? await store.list(read.path) : [];
    const files = listed.filter((file) => matches(basename(file.path)));
    const folder = this.context.folder.root;
    const record = { engine: this.context.engine, store, options, viewPrefix: 'lakewright_validate', staging: folder };
    const columns = await describeFiles(record, files, schema);
    return columns.map(({ name, type }) => ({ name, type: formatType(type) }));
  }

  private position(dataset: Dataset, flow: string, source: string): Position | undefined {
    const folder = this.context.folder.dataset(dataset.table!);
    return existsSync(folder.checkpoint) ? readCheckpoint(folder).positions[flow]?.[source] : undefined;
  }

  private async describe(query: string, flow: QueryFlow | CdcFlow): Promise<readonly Column[]> {
    try {
      return await this.context.engine.describe(query);
    } catch (error) {
      throw located(error, flow.kind === 'query' ? flow.query.location : flow.location, '');
    }
  }
}

/** What the engine says, at the place of the statement that it is about. */
function located(error: unknown, location: QueryFlow['location'], prefix: string): unknown {
  if (!(error instanceof LakewrightError) || error.code !== 'ENGINE_SQL') return error;
  const [message] = error.message.split('\n  in: ');
  return new LakewrightError('LAKEFLOW_ANALYSIS', `${prefix}${message}`, { location, hint: error.hint, cause: error });
}

/** A relation with columns and no rows. */
function emptyRelation(columns: readonly Column[]): string {
  const list = columns.map(({ name, type }) => `${type === 'void' ? 'NULL' : `CAST(NULL AS ${type})`} AS ${quoteName(name)}`);
  return `(SELECT ${list.join(', ')} WHERE false)`;
}
