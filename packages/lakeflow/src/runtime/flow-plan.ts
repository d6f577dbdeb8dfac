import { LakewrightError } from '@lakewright/config';
import { prepareExpectation, prepareQuery } from '../dialect';
import {
  type Dataset,
  type Flow,
  type Query,
  type QueryFlow,
  type QueryRead,
  type ResolvedRead,
  replaceReads,
  type TableName,
} from '../sql';
import type { Position } from './checkpoint';
import type { DatasetFolder } from './pipeline-folder';
import { readAllFiles, readTable, type StaticRead } from './static-reads';
import { planDelta, planFiles, type Slice } from './streaming-sources';
import type { UpdateContext } from './update-context';
import { WindowedFlow, withWatermark } from './windowed-flow';

/** What a read of the query stands for. */
type Meaning =
  | { readonly kind: 'slice'; readonly slice: Slice }
  | { readonly kind: 'whole'; readonly whole: StaticRead; readonly ordinal: number }
  | { readonly kind: 'view'; readonly view: Dataset; readonly flow: QueryFlow };

/** A temporary view with expectations that a flow reads. */
export interface GuardedView {
  readonly view: Dataset;
  /** The view's rows before anything is dropped. */
  readonly query: string;
}

/** Where a plan may put its temporary views and files. */
export interface PlanNames {
  readonly prefix: string;
  readonly staging: string;
}

/** A flow with everything it reads looked at: what is new, and what the rest is like. Nothing was asked of the engine. */
export class FlowPlan {
  private readonly slices = new Map<string, Slice>();
  private readonly meanings = new Map<QueryRead, Meaning>();
  private readonly wholes: { readonly name: string; readonly fingerprint: string }[] = [];
  private readonly texts: string[] = [];
  private readonly guards = new Map<string, GuardedView>();
  private windowed: WindowedFlow | undefined;

  private constructor(
    private readonly context: UpdateContext,
    readonly flow: Flow,
    private readonly positions: Readonly<Record<string, Position>>,
    private readonly folder: DatasetFolder,
    /** A flow that runs once and did: its sources need not be there any more. */
    readonly isDone: boolean,
  ) {}

  /** Looks at logs and listings of everything that the flow reads, temporary views followed to their sources. */
  static async make(
    context: UpdateContext,
    flow: Flow,
    positions: Readonly<Record<string, Position>> | undefined,
    folder: DatasetFolder,
  ): Promise<FlowPlan> {
    const isDone = isOnce(flow) && positions !== undefined;
    const plan = new FlowPlan(context, flow, positions ?? {}, folder, isDone);
    if (flow.kind === 'query') plan.texts.push(flow.query.text);
    else plan.texts.push(flow.cdc.sequenceBy.text, flow.cdc.applyAsDeleteWhen?.text ?? '', JSON.stringify(describeCdc(flow.cdc)));
    if (!isDone) for (const read of flow.reads) await plan.visit(read);
    return plan;
  }

  get hasNews(): boolean {
    if (isOnce(this.flow)) return !this.isDone;
    return [...this.slices.values()].some((slice) => !slice.isEmpty);
  }

  /** The texts that the result depends on, temporary views included: tells whether a definition changed. */
  get definition(): string {
    return this.texts.join('\n;\n');
  }

  /** Fingerprints of what is read as a whole, by name. */
  get inputs(): Readonly<Record<string, string>> {
    return Object.fromEntries(this.wholes.map(({ name, fingerprint }) => [name, fingerprint]));
  }

  /** Sources with newly found files. */
  get discovered(): readonly Slice[] {
    return [...this.slices.values()].filter((slice) => slice.files.length > 0);
  }

  /** Temporary views with expectations, those that others read first. Complete after `open`. */
  get guardedViews(): readonly GuardedView[] {
    return [...this.guards.values()];
  }

  /** Whether the text asks for the metadata of files. */
  get usesMetadata(): boolean {
    return this.texts.some((text) => /\b_metadata\b/i.test(text));
  }

  /** Whether a flow of changes reads the rows of a table as they are stored: reading them twice costs little and gives the same. */
  get readsStoredRows(): boolean {
    const meaning = this.flow.kind === 'auto_cdc' ? this.meanings.get(this.flow.cdc.source) : undefined;
    return meaning?.kind === 'slice' && meaning.slice.next().kind === 'delta';
  }

  /** How far the flow has read once this plan is in. Complete after `open`. */
  next(): Readonly<Record<string, Position>> {
    const window = this.windowed?.next;
    return Object.fromEntries(
      [...this.slices].map(([source, slice]) => [source, { ...slice.next(), ...(window && { window }) }]),
    );
  }

  /** Writes what the flow keeps for the next update. After `open`. */
  async stageState(): Promise<void> {
    await this.windowed?.stageState();
  }

  /** ISO time up to which the groups of an aggregate over a stream are complete. */
  get watermark(): string | undefined {
    return this.windowed?.next.watermark;
  }

  /** Brings everything before the engine. The flow's query over the new rows; of AUTO CDC its source, as SQL for FROM. */
  async open(names: PlanNames): Promise<string> {
    const relations = new Map<QueryRead, string>();
    for (const [read, meaning] of this.meanings) {
      if (meaning.kind !== 'view') relations.set(read, await this.openOne(meaning, names));
    }
    const { flow } = this;
    if (flow.kind !== 'query') return this.relation(flow.cdc.source, relations);
    return flow.query.windowed ? this.openWindowed(flow, relations, names) : this.rewrite(flow.query, relations);
  }

  private async openWindowed(flow: QueryFlow, relations: ReadonlyMap<QueryRead, string>, names: PlanNames): Promise<string> {
    const before = Object.values(this.positions)[0]?.window ?? {};
    this.windowed = new WindowedFlow(this.context, flow, flow.query.windowed!, before, this.folder);
    return this.windowed.open(await this.relation(flow.query.reads[0]!, relations), names.staging);
  }

  private openOne(meaning: Exclude<Meaning, { kind: 'view' }>, names: PlanNames): Promise<string> {
    const withMetadata = this.usesMetadata;
    if (meaning.kind === 'slice') return meaning.slice.open({ ...names, withMetadata });
    return meaning.whole.open({ ...names, prefix: `${names.prefix}_whole${meaning.ordinal}`, withMetadata });
  }

  /** The query in words that make the engine give Spark's answer, its reads replaced. */
  private async rewrite(query: Query, relations: ReadonlyMap<QueryRead, string>): Promise<string> {
    const sql = new Map<QueryRead, string>();
    for (const read of query.reads) sql.set(read, await this.relation(read, relations));
    return prepareQuery(this.context.engine, { ...query, replacements: replaceReads(query, (read) => sql.get(read) ?? '') });
  }

  private async relation(read: QueryRead, relations: ReadonlyMap<QueryRead, string>): Promise<string> {
    return withWatermark(this.context.engine, read, await this.plainRelation(read, relations));
  }

  /**
   * Sail fails on a lambda in a condition that it pushes into the scan of a table or file ("No field named %3Ftable%3F"), and pushes none
   * through a LIMIT.
   */
  private guarded(relation: string): string {
    const hasLambda = this.context.engine.dialect === 'sail' && this.texts.some((text) => text.includes('->'));
    return hasLambda ? `(SELECT * FROM ${relation} LIMIT ${Number.MAX_SAFE_INTEGER})` : relation;
  }

  private async plainRelation(read: QueryRead, relations: ReadonlyMap<QueryRead, string>): Promise<string> {
    const meaning = this.meanings.get(read);
    if (meaning?.kind !== 'view') return this.guarded(relations.get(read) ?? '');
    const query = await this.rewrite(meaning.flow.query, relations);
    const { expectations } = meaning.view.statement;
    if (expectations.length > 0) this.guards.set(meaning.view.id, { view: meaning.view, query });
    const conditions: string[] = [];
    for (const each of expectations) {
      if (each.action === 'drop') conditions.push(await prepareExpectation(this.context.engine, each, `(${query})`));
    }
    return conditions.length === 0 ? `(${query})` : `(SELECT * FROM (${query}) WHERE ${conditions.join(' AND ')})`;
  }

  private async visit(resolved: ResolvedRead): Promise<void> {
    const { read } = resolved;
    if (this.meanings.has(read)) return;
    const dataset = resolved.dataset === undefined ? undefined : this.context.datasets.get(resolved.dataset);
    const [inner] = dataset?.kind === 'temporary_view' ? dataset.flows : [];
    if (dataset && inner?.kind === 'query') {
      this.meanings.set(read, { kind: 'view', view: dataset, flow: inner });
      const expectations = dataset.statement.expectations.map(({ action, condition }) => `${action} ${condition.text}`);
      this.texts.push(inner.query.text, ...expectations);
      for (const each of inner.reads) await this.visit(each);
    } else if (read.streaming) await this.visitStream(resolved);
    else await this.visitWhole(resolved);
  }

  private async visitStream(resolved: ResolvedRead): Promise<void> {
    const { read } = resolved;
    const positionOf = (source: string) => this.positions[source];
    const slice =
      read.kind === 'files'
        ? await planFiles(this.context, read, positionOf, (source) => this.folder.fileList(this.flow.name, source))
        : planDelta(this.context, this.tableOf(resolved), read.name.location, positionOf);
    const earlier = this.slices.get(slice.source) ?? slice;
    this.slices.set(slice.source, earlier);
    this.meanings.set(read, { kind: 'slice', slice: earlier });
  }

  private async visitWhole(resolved: ResolvedRead): Promise<void> {
    const { read } = resolved;
    const ordinal = this.wholes.length;
    if (read.kind === 'files') {
      const whole = await readAllFiles(this.context, read);
      this.wholes.push({ name: `files ${ordinal}`, fingerprint: whole.fingerprint });
      this.meanings.set(read, { kind: 'whole', whole, ordinal });
      return;
    }
    const table = this.tableOf(resolved);
    const whole = readTable(this.context, table, read.name.location);
    this.wholes.push({ name: `${table.catalog}.${table.schema}.${table.name}`, fingerprint: whole.fingerprint });
    this.meanings.set(read, { kind: 'whole', whole, ordinal });
  }

  private tableOf({ dataset, external, read }: ResolvedRead): TableName {
    const table = external ?? (dataset === undefined ? undefined : this.context.datasets.get(dataset)?.table);
    if (table) return table;
    throw new LakewrightError('LAKEFLOW_TABLE_MISSING', `a read of ${this.flow.name} leads to no table`, {
      location: read.kind === 'table' ? read.name.location : read.location,
    });
  }
}

function isOnce(flow: Flow): boolean {
  return flow.once === true;
}

function describeCdc(cdc: object): object {
  const { source: _source, ...rest } = cdc as { source: unknown };
  return rest;
}
