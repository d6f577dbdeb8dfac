import type { AppendFlow, AutoCdcFlow, DatasetStatement, QualifiedName, Query, QueryRead, Statement } from './ast';
import { checkGraph, unknownTarget } from './graph-checks';
import { flowError } from './graph-errors';
import type { Dataset, DatasetId, Edge, Flow, Graph, QueryFlow, ResolvedRead, TableName } from './graph-model';
import { sortDatasets } from './graph-order';

export interface GraphOptions {
  /** Where names of one and two parts belong: the pipeline's catalog and schema. */
  readonly catalog: string;
  readonly schema: string;
}

/**
 * Puts the statements of a pipeline together: which flows fill which dataset, what each reads, and an order to run them in.
 *
 * @throws LakewrightError, each with the place and what to do:
 *   LAKEFLOW_DUPLICATE (a dataset or flow declared twice), LAKEFLOW_UNKNOWN_TARGET (a flow into something the pipeline does not
 *   define), LAKEFLOW_CYCLE, LAKEFLOW_STREAMING (STREAM where it cannot be, or missing where it must be), LAKEFLOW_FLOW (nothing
 *   fills a table, or flows that do not go together), LAKEFLOW_UNSUPPORTED
 */
export function buildGraph(statements: readonly Statement[], options: GraphOptions): Graph {
  const resolver = new Resolver(statements, options);
  const declared = declarations(statements, resolver);
  const flows = collectFlows(statements, declared, resolver);
  const datasets = [...declared].map(([id, statement]) => dataset(id, statement, flows.get(id) ?? [], resolver));
  checkGraph(datasets);
  return { datasets: sortDatasets(datasets), edges: edges(datasets), externals: externals(datasets) };
}

/** Says what a name means in one pipeline. */
class Resolver {
  private readonly views: ReadonlySet<string>;
  private readonly options: GraphOptions;
  ids: ReadonlySet<DatasetId> = new Set();

  constructor(statements: readonly Statement[], options: GraphOptions) {
    this.options = options;
    this.views = new Set(
      statements.filter(({ kind }) => kind === 'temporary_view').map(({ name }) => name.parts[0]!.toLowerCase()),
    );
  }

  /** A temporary view comes before a table of its name: "CREATE TEMPORARY VIEW (pipelines)", docs.databricks.com. */
  idOf({ parts }: QualifiedName): DatasetId {
    const [first] = parts;
    if (parts.length === 1 && this.views.has(first!.toLowerCase())) return first!.toLowerCase();
    const { catalog, schema, name } = this.tableName(parts);
    return `${catalog}.${schema}.${name}`;
  }

  tableName(parts: readonly string[]): TableName {
    const [name, schema = this.options.schema, catalog = this.options.catalog] = parts.toReversed();
    return { catalog: catalog.toLowerCase(), schema: schema.toLowerCase(), name: name!.toLowerCase() };
  }

  resolve(read: QueryRead): ResolvedRead {
    if (read.kind === 'files') return { read };
    const id = this.idOf(read.name);
    return this.ids.has(id) ? { read, dataset: id } : { read, external: this.tableName(read.name.parts) };
  }
}

function isDataset(statement: Statement): statement is DatasetStatement {
  return statement.kind !== 'auto_cdc_flow' && statement.kind !== 'append_flow';
}

function declarations(statements: readonly Statement[], resolver: Resolver): ReadonlyMap<DatasetId, DatasetStatement> {
  const declared = new Map<DatasetId, DatasetStatement>();
  for (const statement of statements.filter(isDataset)) {
    const id = statement.kind === 'temporary_view' ? statement.name.parts[0]!.toLowerCase() : resolver.idOf(statement.name);
    const earlier = declared.get(id);
    if (earlier) throw flowError('LAKEFLOW_DUPLICATE', statement.name.location, `${id} is declared twice`, seeEarlier(earlier));
    declared.set(id, statement);
  }
  resolver.ids = new Set(declared.keys());
  return declared;
}

function seeEarlier({ location: { file, line, column } }: Pick<Statement, 'location'>): string {
  return `rename one; the other is at ${file}:${line}:${column}`;
}

function collectFlows(
  statements: readonly Statement[],
  declared: ReadonlyMap<DatasetId, DatasetStatement>,
  resolver: Resolver,
): ReadonlyMap<DatasetId, readonly Flow[]> {
  const flows = new Map<DatasetId, Flow[]>();
  const names = new Map<string, Flow>();
  const add = (target: DatasetId, flow: Flow) => {
    const earlier = names.get(flow.name);
    if (earlier)
      throw flowError('LAKEFLOW_DUPLICATE', flow.location, `there are two flows of the name ${flow.name}`, seeEarlier(earlier));
    names.set(flow.name, flow);
    flows.set(target, [...(flows.get(target) ?? []), flow]);
  };
  for (const statement of statements) {
    if (isDataset(statement)) {
      const id = [...declared].find(([, other]) => other === statement)![0];
      if (statement.query) add(id, queryFlow(id, statement.query, statement.location, resolver));
      continue;
    }
    const target = resolver.idOf(statement.target);
    if (declared.get(target)?.kind !== 'streaming_table') throw unknownTarget(statement, target, declared);
    add(target, declaredFlow(statement, target, resolver));
  }
  return flows;
}

function queryFlow(name: string, query: Query, location: Flow['location'], resolver: Resolver): QueryFlow {
  return { kind: 'query', name, query, reads: query.reads.map((read) => resolver.resolve(read)), location };
}

/** A flow named after its target (inline, or APPLY CHANGES INTO) takes the target's id, as a table's own query does. */
function declaredFlow(statement: AutoCdcFlow | AppendFlow, target: DatasetId, resolver: Resolver): Flow {
  const name = statement.name === statement.target ? target : statement.name.parts.join('.').toLowerCase();
  const { location } = statement;
  if (statement.kind === 'append_flow') {
    const flow = queryFlow(name, statement.query, location, resolver);
    return statement.once ? { ...flow, once: true } : flow;
  }
  const once = statement.once ? { once: statement.once } : {};
  return { kind: 'auto_cdc', name, cdc: statement.cdc, reads: [resolver.resolve(statement.cdc.source)], ...once, location };
}

function dataset(id: DatasetId, statement: DatasetStatement, flows: readonly Flow[], resolver: Resolver): Dataset {
  const dependencies = [...new Set(flows.flatMap(({ reads }) => reads.flatMap((read) => read.dataset ?? [])))];
  const table = statement.kind === 'temporary_view' ? undefined : tableOf(statement, resolver);
  return { id, kind: statement.kind, ...(table && { table }), statement, flows, dependencies };
}

function tableOf(statement: DatasetStatement, resolver: Resolver): TableName {
  const table = resolver.tableName(statement.name.parts);
  return statement.private ? { ...table, private: true } : table;
}

function edges(datasets: readonly Dataset[]): readonly Edge[] {
  return datasets.flatMap(({ id, flows, dependencies }) =>
    dependencies.map((from) => {
      const reads = flows.flatMap((flow) => flow.reads).filter((read) => read.dataset === from);
      return { from, to: id, streaming: reads.some(({ read }) => read.streaming) };
    }),
  );
}

function externals(datasets: readonly Dataset[]): readonly TableName[] {
  const found = datasets.flatMap(({ flows }) => flows.flatMap(({ reads }) => reads.flatMap(({ external }) => external ?? [])));
  return [...new Map(found.map((table) => [`${table.catalog}.${table.schema}.${table.name}`, table])).values()];
}
