import { flowError } from './graph-errors';
import type { Dataset, DatasetId } from './graph-model';

/**
 * Every dataset after those it reads, otherwise in the order of the sources.
 *
 * @throws LakewrightError LAKEFLOW_CYCLE naming the whole path
 */
export function sortDatasets(datasets: readonly Dataset[]): readonly Dataset[] {
  const byId = new Map(datasets.map((dataset) => [dataset.id, dataset]));
  const sorted = new Set<Dataset>();
  const visit = (id: DatasetId, path: readonly DatasetId[]): void => {
    const dataset = byId.get(id)!;
    if (sorted.has(dataset)) return;
    if (path.includes(id)) {
      const cycle = [...path.slice(path.indexOf(id)), id].join(' reads ');
      throw flowError(
        'LAKEFLOW_CYCLE',
        dataset.statement.location,
        `datasets read each other: ${cycle}`,
        'break the circle at one of these reads',
      );
    }
    for (const dependency of dataset.dependencies) visit(dependency, [...path, id]);
    sorted.add(dataset);
  };
  for (const { id } of datasets) visit(id, []);
  return [...sorted];
}
