import { randomUUID } from 'node:crypto';
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import {
  type Committed,
  commitStaged,
  type Declaration,
  discardMoved,
  isDeclaredOtherwise,
  moveStaged,
  readStaged,
  type Staged,
} from '../delta/commit';
import { hasTransaction, latestVersion } from '../delta/log';
import { type TableColumn, toDeltaSchema } from '../delta/schema';
import type { Dataset } from '../sql';
import {
  type Checkpoint,
  type Intent,
  type Position,
  readCheckpoint,
  readIntent,
  removeIntent,
  writeCheckpoint,
  writeIntent,
} from './checkpoint';
import { appendToFileList } from './file-list';
import type { FlowPlan } from './flow-plan';
import type { DatasetFolder } from './pipeline-folder';
import { columnsDdl } from './table-columns';
import { tableProperties } from './table-properties';
import { displayName, type UpdateContext } from './update-context';
import { removeOldStates } from './windowed-flow';

/**
 * One batch of one dataset: intent, staging, commit, checkpoint, in this order. After a crash `recover` finds the intent and either
 * finishes the batch (its transaction is in the table's log) or forgets it (it is not, and then nothing of it can be seen).
 */
export class Batch {
  readonly name: string;
  readonly folder: DatasetFolder;
  readonly appId: string;
  readonly began = Date.now();
  /** Whether the dataset is made from nothing. */
  readonly isRefresh: boolean;
  /** What the batch starts from: after the last one, or from nothing. */
  readonly before: Checkpoint;
  private readonly attempt = randomUUID().slice(0, 8);

  private constructor(
    private readonly context: UpdateContext,
    readonly dataset: Dataset,
  ) {
    const table = dataset.table!;
    this.name = displayName(dataset);
    this.folder = context.folder.dataset(table);
    this.appId = `lakewright/${context.folder.pipeline}/${this.name}`;
    this.isRefresh = context.isRefreshed(dataset.id);
    const stored = readCheckpoint(this.folder);
    this.before = this.isRefresh
      ? { ...stored, generation: stored.generation + 1, positions: {}, inputs: undefined, definition: '', columns: '' }
      : stored;
  }

  /** Recovers what an earlier update left behind, then begins. */
  static async begin(context: UpdateContext, dataset: Dataset): Promise<Batch> {
    await recover(context, dataset);
    const batch = new Batch(context, dataset);
    rmSync(batch.folder.staging, { recursive: true, force: true });
    return batch;
  }

  get number(): number {
    return this.before.batch + 1;
  }

  /** A folder of this attempt alone: an engine that still works for a process that died cannot write into it. */
  get staging(): string {
    return join(this.folder.staging, `${this.number}-${this.attempt}`);
  }

  /** Temporary views of a dataset have the same names in every update, so that a session does not fill up with them. */
  names(flow: number): { readonly prefix: string; readonly staging: string } {
    const { catalog, pipeline } = this.context.folder;
    const prefix = `lakewright_${catalog}_${pipeline}_${this.name}_${flow}`.replace(/\W/g, '_');
    return { prefix, staging: join(this.staging, `source-${flow}`) };
  }

  point(name: string): Promise<void> {
    return this.context.point(`${name}:${this.name}`);
  }

  /** The state after this batch. */
  after(
    plans: readonly FlowPlan[],
    state: {
      readonly definition: string;
      readonly columns: readonly TableColumn[];
      readonly inputs?: Readonly<Record<string, string>>;
      readonly shape?: string;
    },
  ): Checkpoint {
    const positions: Record<string, Readonly<Record<string, Position>>> = { ...this.before.positions };
    for (const plan of plans) positions[plan.flow.name] = plan.next();
    return {
      format: 1,
      generation: this.before.generation,
      batch: this.number,
      positions,
      ...(state.inputs === undefined ? {} : { inputs: state.inputs }),
      ...(state.shape === undefined ? {} : { shape: state.shape }),
      definition: state.definition,
      columns: columnsDdl(state.columns),
    };
  }

  /** Writes the intent. From here on a crash leaves something to recover. */
  async intend(next: Checkpoint, plans: readonly FlowPlan[], table: string): Promise<Intent> {
    const files = plans.flatMap((plan) =>
      plan.discovered.map((slice) => ({ flow: plan.flow.name, source: slice.source, files: slice.files })),
    );
    const intent: Intent = { format: 1, baseVersion: latestVersion(table), next, files };
    this.context.events.add({ type: 'dataset_started', dataset: this.name });
    await this.point('before-intent');
    writeIntent(this.folder, intent);
    await this.point('after-intent');
    return intent;
  }

  /** Lets the engine write a query's rows into a staging folder. */
  async stage(query: string, name: string): Promise<Staged> {
    const location = join(this.staging, name);
    await this.context.engine.appendDelta(query, location, `${this.appId}#${this.number}`);
    await this.point(`after-stage-${name}`);
    return readStaged(location);
  }

  private declaration(columns: readonly TableColumn[]): Declaration {
    const { comment, properties } = this.dataset.statement;
    return {
      schemaString: toDeltaSchema(columns),
      configuration: tableProperties(properties),
      ...(comment === undefined ? {} : { description: comment }),
    };
  }

  /** Whether the table that is there has other columns, comments or properties. */
  isRedeclared(columns: readonly TableColumn[]): boolean {
    return isDeclaredOtherwise(this.folder.location, this.declaration(columns));
  }

  /** Makes staged files part of a table. */
  async commit(
    table: string,
    staged: readonly Staged[],
    options: {
      readonly mode: 'append' | 'overwrite';
      /** Whether the table may have other columns, comments or properties than before. @default only an overwrite looks */
      readonly redeclares?: boolean;
      /** The rows that are there with wider types. */
      readonly rearranged?: Staged;
      readonly columns: readonly TableColumn[];
      readonly metrics: Readonly<Record<string, number>>;
    },
  ): Promise<Committed> {
    const { rearranged } = options;
    moveStaged(table, rearranged ? [...staged, rearranged] : staged);
    await this.point('after-move');
    const committed = commitStaged(table, {
      appId: this.appId,
      batch: this.number,
      mode: options.mode,
      staged,
      ...(rearranged ? { rearranged } : {}),
      ...this.declaration(options.columns),
      redeclares: options.redeclares ?? false,
      metrics: options.metrics,
    });
    await this.point('after-commit');
    return committed;
  }

  /** Records what was read and where the dataset stands, then forgets intent and staging. */
  async finish(intent: Intent): Promise<void> {
    await finish(this.context, this.dataset, intent);
  }
}

async function finish(context: UpdateContext, dataset: Dataset, intent: Intent): Promise<void> {
  const folder = context.folder.dataset(dataset.table!);
  const name = displayName(dataset);
  const stored = readCheckpoint(folder);
  const continues = stored.generation === intent.next.generation;
  for (const { flow, source, files } of intent.files) {
    const position = continues ? stored.positions[flow]?.[source] : undefined;
    appendToFileList(folder.fileList(flow, source), position?.kind === 'files' ? position.entries : 0, files);
    await context.point(`after-files:${name}`);
  }
  writeCheckpoint(folder, intent.next);
  removeOldStates(folder, intent.next);
  await context.point(`after-checkpoint:${name}`);
  removeIntent(folder);
  await context.point(`after-finish:${name}`);
  rmSync(folder.staging, { recursive: true, force: true });
}

async function recover(context: UpdateContext, dataset: Dataset): Promise<void> {
  const folder = context.folder.dataset(dataset.table!);
  const intent = readIntent(folder);
  if (!intent) return;
  const name = displayName(dataset);
  const appId = `lakewright/${context.folder.pipeline}/${name}`;
  const { batch } = intent.next;
  const committed = hasTransaction(folder.location, appId, batch, intent.baseVersion);
  const checkpointed = readCheckpoint(folder).batch >= batch;
  if (committed && !checkpointed) await finish(context, dataset, intent);
  else if (!committed && !checkpointed) forgetStaged(folder);
  removeIntent(folder);
  context.events.add({ type: 'batch_recovered', dataset: name, batch, committed: committed || checkpointed });
}

/** Files that were moved into the table for a batch that was never committed. */
function forgetStaged(folder: DatasetFolder): void {
  for (const location of stagedFolders(folder)) discardMoved(folder.location, readStaged(location));
  rmSync(folder.staging, { recursive: true, force: true });
}

function stagedFolders(folder: DatasetFolder): readonly string[] {
  return subfolders(folder.staging).flatMap((attempt) => subfolders(attempt).filter((each) => latestVersion(each) >= 0));
}

function subfolders(folder: string): readonly string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => join(folder, entry.name));
}
