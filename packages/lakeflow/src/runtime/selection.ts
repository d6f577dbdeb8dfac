import { LakewrightError } from '@lakewright/config';
import type { Dataset, DatasetId, Graph } from '../sql';
import { displayName } from './update-context';

/** What an update was asked to bring up to date. */
export interface Requested {
  /** Tables to be brought up to date, by name. */
  readonly refresh?: readonly string[];
  /** Tables to be made from nothing: all, or some by name. */
  readonly fullRefresh?: 'all' | readonly string[];
}

/**
 * The datasets that an update touches: as soon as tables are named, in whichever list, those and no others ("Run a pipeline update",
 * docs.databricks.com: selective updates); otherwise all.
 *
 * @throws LakewrightError LAKEFLOW_REFRESH or LAKEFLOW_FULL_REFRESH for a name that is no table of the pipeline
 */
export function selectDatasets(graph: Graph, { refresh = [], fullRefresh = [] }: Requested): readonly Dataset[] {
  const tables = graph.datasets.filter(({ table }) => table);
  if (fullRefresh === 'all' || (refresh.length === 0 && fullRefresh.length === 0)) return tables;
  const ids = new Set<DatasetId>([
    ...refresh.map((name) => findDataset(graph, name, 'LAKEFLOW_REFRESH').id),
    ...fullRefresh.map((name) => findDataset(graph, name, 'LAKEFLOW_FULL_REFRESH').id),
  ]);
  return tables.filter(({ id }) => ids.has(id));
}

/** The table of a name of one to three parts. */
export function findDataset(graph: Graph, name: string, code: string): Dataset {
  const wanted = name.toLowerCase().split('.');
  const found = graph.datasets.filter(
    ({ table, id }) => table && id.split('.').slice(-wanted.length).join('.') === wanted.join('.'),
  );
  const [first, second] = found;
  if (first && !second) return first;
  const names = graph.datasets.filter(({ table }) => table).map(displayName);
  throw new LakewrightError(code, `${name} names ${first ? 'several tables' : 'no table'} of the pipeline`, {
    hint: `its tables are ${names.join(', ')}`,
    exitCode: 2,
  });
}
