import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import {
  type Action,
  ADMIN,
  type AuditEvent,
  authorize,
  DeniedError,
  type Identity,
  type LineageEnd,
  type Metastore,
  type RelationType,
  ref,
  type SecurableRef,
} from '@lakewright/catalog';
import { LakewrightError } from '@lakewright/config';
import type { Pipeline, UpdateResult } from '@lakewright/lakeflow';
import { PipelineFolder } from '@lakewright/lakeflow/pipeline-folder';
import { buildGraph, type Dataset, type Graph, parsePipeline } from '@lakewright/lakeflow/sql';
import type { LocalContext } from '../context';
import type { DeployedPipeline } from '../workspace/pipelines';
import { auditLog, type Governance, lineageLog, madeTables, readGovernance } from './deployed';
import { pathAction } from './paths';

const TYPES: Readonly<Partial<Record<Dataset['kind'], RelationType>>> = {
  streaming_table: 'STREAMING_TABLE',
  materialized_view: 'MATERIALIZED_VIEW',
};

/** An update of a pipeline as the principal that it runs as. */
export class GovernedUpdate {
  private readonly graph: Graph;
  private readonly governance: Governance;
  private readonly who: Identity;

  /** @throws LakewrightError CATALOG_UNKNOWN_PRINCIPAL; what the parser and the graph throw */
  constructor(
    private readonly context: LocalContext,
    private readonly pipeline: Pipeline,
    { runAs }: Pick<DeployedPipeline, 'runAs'>,
    /** Whoever starts it; it needs no grants. */
    private readonly startedBy: string = ADMIN.name,
  ) {
    const { sources, configuration, catalog, schema } = pipeline;
    this.graph = buildGraph(parsePipeline(sources, configuration), { catalog, schema });
    this.governance = readGovernance(context);
    this.who = runAs === undefined ? ADMIN : this.governance.directory.identity(runAs);
  }

  /**
   * Checks everything that the update reads and makes, before it touches anything.
   *
   * @throws DeniedError naming all that the principal lacks
   */
  check(): void {
    const { metastore, directory } = this.governance;
    try {
      authorize(metastore, directory, this.who, this.actions());
    } catch (error) {
      this.log(403, undefined, (error as Error).message);
      if (!(error instanceof DeniedError)) throw error;
      throw new LakewrightError(error.code, `the pipeline ${this.pipeline.name} runs as ${this.who.name}:\n${error.message}`, {
        hint: error.hint,
        cause: error,
      });
    }
  }

  /** Runs the update: what it makes is the principal's, and what came from where is kept. */
  async run(update: () => Promise<UpdateResult>): Promise<UpdateResult> {
    this.check();
    this.recordOwners();
    try {
      const result = await update();
      this.recordLineage(result);
      this.log(200, result.update);
      return result;
    } catch (error) {
      const { result } = error as { readonly result?: UpdateResult };
      if (result) this.recordLineage(result);
      this.log(400, result?.update, (error as Error).message);
      throw error;
    }
  }

  /**
   * Own tables are refreshed; others are made ("Use Unity Catalog with pipelines", docs.databricks.com). One that is there and was made
   * otherwise would be replaced by a full refresh, which is its manager's to do.
   */
  private actions(): readonly Action[] {
    const { metastore } = this.governance;
    const reads = this.graph.datasets.flatMap((dataset) => sourcesOf(dataset, this.graph));
    const made = published(this.graph).flatMap(({ name, type, table }): readonly Action[] => {
      const schema = name.split('.').slice(0, 2).join('.');
      const on = ref('table', name);
      if (metastore.owns(this.who, on)) return [{ do: 'use schema', schema }];
      const create: Action = { do: type === 'MATERIALIZED_VIEW' ? 'create materialized view' : 'create table', schema };
      return metastore.get(on) && !this.hasMade(table) ? [create, { do: 'manage', table: name }] : [create];
    });
    const log = this.eventLog;
    const logged: readonly Action[] =
      log === undefined
        ? []
        : [
            {
              do: metastore.owns(this.who, log) ? 'use schema' : 'create table',
              schema: log.name.split('.').slice(0, 2).join('.'),
            },
          ];
    const own = new Set(published(this.graph).map(({ name }) => name));
    return [
      ...reads.flatMap((source): readonly Action[] => {
        if ('path' in source) return [pathAction(metastore, source.path, 'read')];
        return own.has(source.table) ? [] : [{ do: 'read', table: source.table }];
      }),
      ...made,
      ...logged,
    ];
  }

  /** Whether this pipeline has refreshed a table before. */
  private hasMade(table: NonNullable<Dataset['table']>): boolean {
    const { catalog, name } = this.pipeline;
    return existsSync(new PipelineFolder(this.context.paths.lake, catalog, name).dataset(table).checkpoint);
  }

  /** The table that the event log goes to. */
  private get eventLog(): SecurableRef | undefined {
    const { catalog, eventLog } = this.pipeline;
    return eventLog && ref('table', `${catalog}.${eventLog.schema}.${eventLog.name}`);
  }

  private recordOwners(): void {
    const { metastore } = this.governance;
    const made: { name: string; type: RelationType }[] = [...published(this.graph)];
    // One that is there might be no event log: the update refuses it, and it stays whose it was.
    const log = this.eventLog;
    if (log && (!metastore.get(log) || metastore.owns(this.who, log))) made.push({ name: log.name, type: 'MANAGED' });
    for (const { name, type } of made) {
      const deployer = metastore.get(ref('catalog', name.split('.')[0]!))?.owner ?? ADMIN.name;
      madeTables(this.context.paths).put(name, { owner: this.who.admin ? deployer : this.who.name, type });
    }
  }

  private recordLineage({ update, datasets }: UpdateResult): void {
    const time = new Date().toISOString();
    const refreshed = new Set(datasets.filter(({ status }) => status === 'refreshed').map(({ dataset }) => dataset));
    const { metastore } = this.governance;
    const events = this.graph.datasets.flatMap((dataset) => {
      const [target] = published({ datasets: [dataset] });
      if (!target || !refreshed.has(`${dataset.table!.schema}.${dataset.table!.name}`)) return [];
      return sourcesOf(dataset, this.graph).map((source) => ({
        id: randomUUID(),
        time,
        principal: this.who.name,
        source: 'path' in source ? source : { ...source, type: typeOf(source.table, this.graph, metastore) },
        target: { table: target.name, type: target.type },
        entity: { type: 'PIPELINE' as const, id: this.pipeline.name, run: update },
      }));
    });
    lineageLog(this.context.paths).append(...events);
  }

  private log(status: AuditEvent['status'], update?: string, error?: string): void {
    auditLog(this.context.paths).append({
      id: randomUUID(),
      time: new Date().toISOString(),
      principal: this.startedBy,
      runAs: this.who.name,
      service: 'deltaPipelines',
      action: 'startUpdate',
      params: { pipeline_id: this.pipeline.name, ...(update === undefined ? {} : { update_id: update }) },
      status,
      ...(error === undefined ? {} : { error }),
    });
  }
}

type Source = { readonly table: string } | (LineageEnd & { readonly path: string });

/** Tables and paths that a dataset takes rows from; through temporary views what these read. */
function sourcesOf(dataset: Dataset, graph: Graph): readonly Source[] {
  const found = dataset.flows.flatMap(({ reads }) =>
    reads.flatMap(({ read, dataset: id, external }): readonly Source[] => {
      if (read.kind === 'files') return [{ path: read.path }];
      if (external) return [{ table: `${external.catalog}.${external.schema}.${external.name}` }];
      const other = graph.datasets.find((each) => each.id === id)!;
      return TYPES[other.kind] && !other.table?.private ? [{ table: other.id }] : sourcesOf(other, graph);
    }),
  );
  return [...new Map(found.map((source) => [JSON.stringify(source), source])).values()];
}

interface Published {
  readonly name: string;
  readonly type: RelationType;
  readonly table: NonNullable<Dataset['table']>;
}

/** The datasets that are in the catalog. */
function published({ datasets }: Pick<Graph, 'datasets'>): readonly Published[] {
  return datasets.flatMap(({ id, kind, table }) => {
    const type = TYPES[kind];
    return type && table && !table.private ? [{ name: id, type, table }] : [];
  });
}

function typeOf(table: string, graph: Graph, metastore: Metastore): RelationType {
  return published(graph).find(({ name }) => name === table)?.type ?? metastore.get(ref('table', table))?.type ?? 'MANAGED';
}
