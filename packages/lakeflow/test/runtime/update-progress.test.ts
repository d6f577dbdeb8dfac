import { buildGraph, type PipelineEvent, type PipelineEventBody, parsePipeline, updateProgress } from '@lakewright/lakeflow';

const graph = buildGraph(
  parsePipeline(
    [
      {
        path: 'p.sql',
        text: `
          CREATE STREAMING TABLE bronze.a (CONSTRAINT has_id EXPECT (id IS NOT NULL) ON VIOLATION DROP ROW) AS SELECT * FROM STREAM read_files('/in');
          CREATE TEMPORARY VIEW v AS SELECT * FROM STREAM(bronze.a);
          CREATE STREAMING TABLE silver.b AS SELECT * FROM STREAM(v);
          CREATE MATERIALIZED VIEW gold.c AS SELECT count(*) AS n FROM silver.b;`,
      },
    ],
    {},
  ),
  { catalog: 'shop', schema: 'bronze' },
);
const at = (update: string, ...bodies: PipelineEventBody[]): PipelineEvent[] =>
  bodies.map((body, second) => ({ timestamp: `2026-06-01T12:00:0${second}.000Z`, update, ...body }));
const started: PipelineEventBody = { type: 'update_started', pipeline: 'p', fullRefresh: [] };
const statuses = (events: PipelineEvent[]) => updateProgress(graph, events).datasets.map(({ status }) => status);

test('no update yet', () => {
  expect(updateProgress(graph, [])).toEqual({
    datasets: ['bronze.a', 'silver.b', 'gold.c'].map((dataset) => ({
      dataset,
      status: 'never',
      rowsWritten: 0,
      rowsDropped: 0,
      expectations: [],
    })),
  });
});

test('while it runs: what is done, what is being worked on, what waits', () => {
  const refreshed = {
    type: 'dataset_refreshed',
    dataset: 'bronze.a',
    batch: 1,
    version: 1,
    fullRefresh: false,
    durationMs: 40,
  } as const;
  const events = at('u1', started, { type: 'dataset_started', dataset: 'bronze.a' }, refreshed, {
    type: 'dataset_started',
    dataset: 'silver.b',
  });
  expect(statuses(events)).toEqual(['refreshed', 'running', 'waiting']);
  expect(updateProgress(graph, events).update).toEqual({ id: 'u1', status: 'running', startedAt: '2026-06-01T12:00:00.000Z' });
});

test('rows and expectations are summed over the flows of the last update alone', () => {
  const flow = (rowsWritten: number, failed: number): PipelineEventBody[] => [
    {
      type: 'expectations',
      dataset: 'bronze.a',
      flow: 'f',
      expectations: [{ name: 'has_id', action: 'drop', passed: rowsWritten, failed }],
    },
    { type: 'flow_progress', dataset: 'bronze.a', flow: 'f', rowsWritten, rowsDropped: failed, durationMs: 5 },
  ];
  const events = [
    ...at('u1', started, ...flow(100, 100), { type: 'update_finished', status: 'completed', durationMs: 9 }),
    ...at('u2', started, ...flow(7, 1), ...flow(5, 2), { type: 'update_finished', status: 'completed', durationMs: 12 }),
  ];
  expect(updateProgress(graph, events).datasets[0]).toMatchObject({
    rowsWritten: 12,
    rowsDropped: 3,
    expectations: [{ name: 'has_id', action: 'drop', passed: 12, failed: 3 }],
  });
  expect(updateProgress(graph, events).update).toMatchObject({ id: 'u2', status: 'completed', durationMs: 12 });
});

test('a failure, what it held up, and what had nothing new', () => {
  const events = at(
    'u1',
    started,
    { type: 'error', dataset: 'silver.b', code: 'ENGINE_SQL', message: 'no such column' },
    { type: 'dataset_skipped', dataset: 'gold.c', because: 'silver.b' },
    { type: 'update_finished', status: 'failed', durationMs: 3 },
  );
  expect(updateProgress(graph, events)).toMatchObject({
    update: { status: 'failed' },
    datasets: [
      { dataset: 'bronze.a', status: 'unchanged' },
      { dataset: 'silver.b', status: 'failed', reason: 'ENGINE_SQL: no such column' },
      { dataset: 'gold.c', status: 'skipped', reason: 'silver.b failed' },
    ],
  });
});
