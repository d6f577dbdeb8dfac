import { buildGraph, parsePipeline, updateProgress } from '@lakewright/lakeflow';
import { pipelineView } from '../src/services/web/pipeline-view';

const graph = buildGraph(
  parsePipeline(
    [
      {
        path: 'p.sql',
        text: `
          CREATE STREAMING TABLE bronze.a AS SELECT * FROM STREAM read_files('/in');
          CREATE TEMPORARY VIEW v AS SELECT * FROM STREAM(bronze.a);
          CREATE MATERIALIZED VIEW gold.c AS SELECT v.id FROM bronze.a AS v JOIN other.ref.rates AS r ON r.id = v.id;`,
      },
    ],
    {},
  ),
  { catalog: 'shop', schema: 'bronze' },
);
const running = [
  { timestamp: '2026-06-01T12:00:00.000Z', update: 'u', type: 'update_started', pipeline: 'p', fullRefresh: [] },
] as const;

test('files and tables of others are drawn as sources of what reads them', () => {
  const view = pipelineView('p', graph, updateProgress(graph, []), { alive: false, rows: new Map([['bronze.a', 12]]) });
  expect(view.update).toBeUndefined();
  expect(view.datasets.map(({ name, kind, status, rows }) => [name, kind, status, rows])).toEqual([
    ['/in', 'files', undefined, undefined],
    ['other.ref.rates', 'table', undefined, undefined],
    ['bronze.a', 'streaming table', 'never', 12],
    ['v', 'view', undefined, undefined],
    ['gold.c', 'materialized view', 'never', undefined],
  ]);
  const names = new Map(view.datasets.map(({ id, name }) => [id, name]));
  expect(view.edges.map(({ from, to, streaming }) => [names.get(from), names.get(to), streaming])).toEqual(
    expect.arrayContaining([
      ['bronze.a', 'v', true],
      ['bronze.a', 'gold.c', false],
      ['/in', 'bronze.a', true],
      ['other.ref.rates', 'gold.c', false],
    ]),
  );
  expect(view.edges).toHaveLength(4);
});

test('an update without an end runs while its process lives, and was broken off when it does not', () => {
  const progress = updateProgress(graph, running);
  const rows = new Map<string, number>();
  expect(pipelineView('p', graph, progress, { alive: true, rows }).update?.status).toBe('running');
  expect(pipelineView('p', graph, progress, { alive: false, rows }).update?.status).toBe('broken off');
});
