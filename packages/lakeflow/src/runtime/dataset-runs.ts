import { LakewrightError } from '@lakewright/config';
import type { Dataset, DatasetId } from '../sql';
import { refreshCdcTable } from './cdc-table';
import { refreshMaterializedView } from './materialized-view';
import { refreshStreamingTable } from './streaming-table';
import { displayName, InjectedFault, type UpdateContext } from './update-context';
import type { DatasetOutcome } from './update-result';

/** The datasets of one update: what became of each. */
export class DatasetRuns {
  private readonly done = new Map<DatasetId, { readonly outcome: DatasetOutcome; readonly error?: LakewrightError }>();
  private readonly broken = new Set<DatasetId>();

  constructor(
    private readonly context: UpdateContext,
    /** In the order of the graph, whatever comes to its end first. */
    private readonly datasets: readonly Dataset[],
  ) {}

  get outcomes(): readonly DatasetOutcome[] {
    return this.datasets.flatMap(({ id }) => this.done.get(id)?.outcome ?? []);
  }

  /** What the first dataset that failed failed with. */
  get failure(): LakewrightError | undefined {
    return this.datasets.map(({ id }) => this.done.get(id)?.error).find((error) => error !== undefined);
  }

  async refresh(dataset: Dataset): Promise<void> {
    const name = displayName(dataset);
    const blocker = this.blockerOf(dataset);
    if (blocker !== undefined) {
      this.broken.add(dataset.id);
      this.context.events.add({ type: 'dataset_skipped', dataset: name, because: blocker });
      this.done.set(dataset.id, { outcome: { dataset: name, status: 'skipped', because: blocker } });
      return;
    }
    try {
      this.done.set(dataset.id, { outcome: await refreshOf(dataset)(this.context, dataset) });
    } catch (error) {
      if (error instanceof InjectedFault) throw error;
      this.fail(dataset, asLakewrightError(error, name));
    }
  }

  private fail(dataset: Dataset, error: LakewrightError): void {
    const { code, message } = error;
    const name = displayName(dataset);
    this.broken.add(dataset.id);
    this.context.events.add({ type: 'error', dataset: name, code, message });
    this.done.set(dataset.id, { outcome: { dataset: name, status: 'failed', code, message }, error });
  }

  /** The name of a dataset that this one reads, directly or through temporary views, and that failed. */
  private blockerOf(dataset: Dataset): string | undefined {
    for (const id of dataset.dependencies) {
      const source = this.context.datasets.get(id);
      if (!source) continue;
      if (this.broken.has(id)) return displayName(source);
      const through = source.table ? undefined : this.blockerOf(source);
      if (through !== undefined) return through;
    }
    return undefined;
  }
}

function refreshOf(dataset: Dataset): (context: UpdateContext, dataset: Dataset) => Promise<DatasetOutcome> {
  if (dataset.kind === 'materialized_view') return refreshMaterializedView;
  return dataset.flows.some(({ kind }) => kind === 'auto_cdc') ? refreshCdcTable : refreshStreamingTable;
}

function asLakewrightError(error: unknown, dataset: string): LakewrightError {
  if (error instanceof LakewrightError && error.code === 'ENGINE_UNAVAILABLE') return engineLost(error, dataset);
  if (error instanceof LakewrightError) return error;
  return new LakewrightError('LAKEFLOW_INTERNAL', `${dataset}: ${error instanceof Error ? error.message : String(error)}`, {
    hint: 'this is a defect of Lakewright: report it with the stack of the cause',
    cause: error,
  });
}

/** The engine was killed, most often for its memory, or was never there. */
function engineLost(cause: LakewrightError, dataset: string): LakewrightError {
  const [message] = cause.message.split(' during: ');
  return new LakewrightError(cause.code, `${dataset}: ${message}; the table stays as it was`, {
    hint: `${cause.hint}. An engine that ends without a word mostly ran out of memory. Once it is up run the update again: nothing is lost, and nothing is read twice`,
    cause,
  });
}
