import { existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { commitPath } from '../../src/delta/log';
import { CrashLake } from '../support/crash-pipeline';
import { TestLake } from '../support/lake';
import { withSail } from '../support/sail';

const ORDERS = 'id INT, city STRING, amount INT';

describe('damage that is not the fault of a pipeline', () => {
  const sail = withSail();
  let count = 0;
  const setUp = (sql: string) => {
    count += 1;
    return new TestLake(sail.engine, join(sail.folder, `lake-${count}`), sql);
  };
  const order = (id: number) => [{ id, city: 'X', amount: id }];
  const TABLES = `
    CREATE OR REFRESH STREAMING TABLE t AS SELECT id FROM STREAM(orders);
    CREATE OR REFRESH STREAMING TABLE latest;
    CREATE FLOW f AS AUTO CDC INTO latest FROM STREAM(t) KEYS (id) SEQUENCE BY id;
    CREATE OR REFRESH MATERIALIZED VIEW m AS SELECT count(*) AS n FROM t;`;

  test.each([
    'after-intent:s.raw',
    'after-stage-flow-0:s.checked',
    'after-intent:s.versions',
    'after-intent:s.summary',
  ])('the engine is killed at %s: one clear error, nothing lost, and the next update goes on', async (point) => {
    const lake = new CrashLake(sail.engine, join(sail.folder, point.replace(':', '-')));
    lake.put();
    await lake.update();
    lake.put();
    let killed = false;
    const faults = (reached: string) => {
      if (reached === point && !killed) sail.kill();
      killed ||= reached === point;
    };
    const failure = await lake.update({ faults }).catch((error: unknown) => error);
    expect(failure).toMatchObject({
      code: 'ENGINE_UNAVAILABLE',
      message: expect.stringContaining('stays as it was'),
      hint: expect.stringMatching(/lakewright up.*memory.*run the update again/),
    });
    await sail.restart();
    await lake.update();
    expect(await lake.actual()).toEqual(lake.expected());
  });

  test('a commit of a table is missing: an error that names it; a full refresh mends it, a materialized view mends itself', async () => {
    const lake = setUp(TABLES);
    for (const id of [1, 2]) {
      await lake.append('orders', ORDERS, order(id));
      await lake.update();
    }
    rmSync(commitPath(lake.location('t'), 0));
    rmSync(commitPath(lake.location('m'), 0));
    await lake.append('orders', ORDERS, order(3));
    const failure = await lake.update().catch((error: unknown) => error);
    expect(failure).toMatchObject({
      code: 'DELTA_LOG_GAP',
      message: expect.stringContaining('commit 0'),
      hint: expect.stringContaining('refresh the table fully'),
      result: { datasets: [{ status: 'failed' }, { status: 'skipped' }, { status: 'skipped' }] },
    });
    await lake.update({ fullRefresh: ['t', 'latest'] });
    await lake.update();
    expect(await lake.rows('t')).toEqual([1, 2, 3].map((id) => `{"id":${id}}`));
    expect(await lake.rows('latest')).toEqual(await lake.rows('t'));
    expect(await lake.rows('m')).toEqual(['{"n":3}']);
  });

  test('a commit of a source is missing: its readers fail and keep their rows', async () => {
    const lake = setUp(TABLES);
    for (const id of [1, 2, 3]) await lake.append('orders', ORDERS, order(id));
    await lake.update();
    for (const id of [4, 5]) await lake.append('orders', ORDERS, order(id));
    rmSync(commitPath(lake.location('orders'), 3));
    await expect(lake.update()).rejects.toMatchObject({ code: 'DELTA_LOG_GAP', message: expect.stringContaining('commit 3') });
    expect(await lake.rows('t')).toHaveLength(3);
  });

  test.each([
    ['t', 'LAKEFLOW_TABLE_GONE', ['t', 'latest']],
    ['.pipelines/c/p/s.latest', 'LAKEFLOW_TABLE_FOREIGN', ['latest']],
    ['.pipelines/c/p/s.t', 'LAKEFLOW_TABLE_FOREIGN', ['t', 'latest']],
  ])('the folder of %s is gone: %s, and a full refresh mends it', async (place, code, mends) => {
    const lake = setUp(TABLES);
    await lake.append('orders', ORDERS, order(1));
    await lake.update();
    rmSync(place.startsWith('.') ? join(lake.folder, place) : lake.location(place), { recursive: true });
    await lake.append('orders', ORDERS, order(2));
    await expect(lake.update()).rejects.toMatchObject({ code, hint: expect.stringContaining('full refresh of s.') });
    await lake.update({ fullRefresh: mends });
    expect(await lake.rows('latest')).toEqual(['{"id":1}', '{"id":2}']);
  });

  test('the folder of a materialized view is gone: it is computed again', async () => {
    const lake = setUp(TABLES);
    await lake.append('orders', ORDERS, order(1));
    await lake.update();
    rmSync(lake.location('m'), { recursive: true });
    await lake.update();
    expect(await lake.rows('m')).toEqual(['{"n":1}']);
  });

  test('a data file of a source is gone: its reader fails and keeps its rows', async () => {
    const lake = setUp(TABLES);
    await lake.append('orders', ORDERS, order(1));
    await lake.update();
    await lake.append('orders', ORDERS, order(2));
    const before = readdirSync(lake.location('orders')).filter((name) => name.endsWith('.parquet'));
    for (const name of before) rmSync(join(lake.location('orders'), name));
    await expect(lake.update()).rejects.toMatchObject({ code: 'ENGINE_MISSING_FILE' });
    expect(await lake.rows('t')).toEqual(['{"id":1}']);
  });

  test('a checkpoint is damaged: an error that says which file, and how to go on', async () => {
    const lake = setUp(TABLES);
    await lake.append('orders', ORDERS, order(1));
    await lake.update();
    const checkpoint = join(lake.folder, '.pipelines/c/p/s.t/checkpoint.json');
    writeFileSync(checkpoint, '{"format":');
    await expect(lake.update()).rejects.toMatchObject({
      code: 'LAKEFLOW_CHECKPOINT',
      message: expect.stringContaining('s.t/checkpoint.json is damaged'),
      hint: expect.stringContaining('refresh its table fully'),
    });
    rmSync(checkpoint);
    await lake.update({ fullRefresh: ['t', 'latest'] });
    expect(await lake.rows('latest')).toEqual(['{"id":1}']);
    expect(existsSync(checkpoint)).toBe(true);
  });
});
