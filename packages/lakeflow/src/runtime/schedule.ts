import { type Dataset, type DatasetId, type Graph } from '../sql';

/**
 * The tables that a table reads, through temporary views.
 *
 * @param among those that matter
 */
export function tablesRead(graph: Graph, dataset: Dataset, among: ReadonlySet<DatasetId>): readonly DatasetId[] {
  return dataset.dependencies.flatMap((id) => {
    const source = graph.datasets.find((each) => each.id === id);
    if (source && !source.table) return tablesRead(graph, source, among);
    return among.has(id) ? [id] : [];
  });
}

/**
 * Works on datasets, so many at a time, each after those it reads. Which comes first among those that are ready is the order given,
 * so that one at a time is exactly that order.
 *
 * @param work what it throws ends everything: nothing more is begun, what has begun is waited for
 */
export async function inOrder(
  graph: Graph,
  datasets: readonly Dataset[],
  atOnce: number,
  work: (dataset: Dataset) => Promise<void>,
): Promise<void> {
  const ids = new Set(datasets.map(({ id }) => id));
  const waiting = new Map(datasets.map((dataset) => [dataset, new Set(tablesRead(graph, dataset, ids))]));
  const running = new Map<Dataset, Promise<void>>();
  let failure: { readonly error: unknown } | undefined;
  const begin = (dataset: Dataset) => {
    waiting.delete(dataset);
    const done = work(dataset)
      .catch((error: unknown) => {
        failure ??= { error };
      })
      .then(() => {
        running.delete(dataset);
        for (const sources of waiting.values()) sources.delete(dataset.id);
      });
    running.set(dataset, done);
  };
  for (;;) {
    const ready = failure ? [] : [...waiting].filter(([, sources]) => sources.size === 0).map(([dataset]) => dataset);
    for (const dataset of ready.slice(0, Math.max(0, atOnce - running.size))) begin(dataset);
    if (running.size === 0) break;
    await Promise.race(running.values());
  }
  if (failure) throw failure.error;
}
