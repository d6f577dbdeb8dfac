import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { InjectedFault, readEvents, withQuarantine } from '../../src';
import { feature } from '../support/feature';
import { TestLake } from '../support/lake';
import { plainRows } from '../support/plain-rows';
import { withSail } from '../support/sail';

const WATERMARKS = 'Apply watermarks to control data processing thresholds';
const CLAUSE = 'WATERMARK clause';
const MINUTE = 60_000;
const SCHEMA = 'at TIMESTAMP, k STRING, v INT';

type Reading = { readonly at: string; readonly k: string; readonly v: number };

/** Minutes after ten o'clock as a reading. */
const reading = (minute: number, k = 'a', v = 1): Reading => ({
  at: new Date(Date.UTC(2024, 0, 1, 10, 0) + minute * MINUTE).toISOString(),
  k,
  v,
});

/**
 * Spark's append mode, as documented, written anew: partial sums by window and key; a reading is late for a window that ends at or
 * before the watermark of the batches before; windows are given when the watermark has passed their end.
 */
class Fold {
  private watermark = Number.NEGATIVE_INFINITY;
  private readonly open = new Map<string, { end: number; k: string; n: number; total: number }>();
  readonly given: object[] = [];

  constructor(
    private readonly size: number,
    private readonly slide: number,
    private readonly delay: number,
  ) {}

  batch(readings: readonly Reading[]): void {
    for (const { at, k, v } of readings) {
      const time = Date.parse(at);
      for (let start = Math.floor(time / this.slide) * this.slide; start > time - this.size; start -= this.slide) {
        const end = start + this.size;
        if (end <= this.watermark) continue;
        const group = this.open.get(`${end} ${k}`) ?? { end, k, n: 0, total: 0 };
        this.open.set(`${end} ${k}`, { ...group, n: group.n + 1, total: group.total + v });
      }
    }
    this.watermark = Math.max(this.watermark, ...readings.map(({ at }) => Date.parse(at) - this.delay));
    for (const [key, { end, k, n, total }] of this.open) {
      if (end > this.watermark) continue;
      this.given.push({ from: new Date(end - this.size).toISOString(), k, n, total });
      this.open.delete(key);
    }
  }
}

describe('aggregates over streams', () => {
  const sail = withSail();
  let count = 0;
  const setUp = (sql: string) => {
    count += 1;
    return new TestLake(sail.engine, join(sail.folder, `lake-${count}`), sql);
  };
  const sums = (window: string, delay: string) => `
    CREATE OR REFRESH STREAMING TABLE sums AS
    SELECT window(at, ${window}).start AS from, k, count(*) AS n, sum(v) AS total
    FROM STREAM(readings) WATERMARK at DELAY OF INTERVAL ${delay}
    GROUP BY window(at, ${window}), k;`;

  feature(
    'Streams',
    'a windowed aggregate with a watermark gives each window once, when the watermark has passed it; late rows are left out',
    WATERMARKS,
    async () => {
      const lake = setUp(sums("'10 minutes'", '5 MINUTES'));
      await lake.append('readings', SCHEMA, [reading(1), reading(7, 'a', 4), reading(9, 'b')]);
      await lake.update();
      expect(await lake.rows('sums')).toEqual([]);
      await lake.append('readings', SCHEMA, [reading(8, 'a', 5), reading(14)]);
      await lake.update();
      expect(await lake.rows('sums')).toEqual([]);
      await lake.append('readings', SCHEMA, [reading(2, 'b', 7), reading(15)]);
      await lake.update();
      const first = [
        '{"from":"2024-01-01T10:00:00.000Z","k":"a","n":3,"total":10}',
        '{"from":"2024-01-01T10:00:00.000Z","k":"b","n":2,"total":8}',
      ];
      expect(await lake.rows('sums')).toEqual(first);
      const before = sail.engine.statements;
      await lake.update();
      expect(sail.engine.statements).toBe(before);
      await lake.append('readings', SCHEMA, [reading(3, 'late', 100), reading(24)]);
      await lake.update();
      expect(await lake.rows('sums')).toEqual(first);
      await lake.append('readings', SCHEMA, [reading(25)]);
      await lake.update();
      expect(await lake.rows('sums')).toEqual([...first, '{"from":"2024-01-01T10:10:00.000Z","k":"a","n":2,"total":2}']);
      const marks = readEvents(lake.folder, { catalog: 'c', name: 'p' }).flatMap((event) =>
        event.type === 'watermark' ? [event.watermark] : [],
      );
      expect(marks.map((mark) => new Date(mark).getUTCMinutes())).toEqual([4, 9, 10, 19, 20]);
      expect(readdirSync(join(lake.folder, '.pipelines/c/p/s.sums/state'))).toHaveLength(1);
      await lake.update({ fullRefresh: 'all' });
      // Read as one batch nothing is late.
      expect(await lake.rows('sums', 'sum(total) AS total')).toEqual([`{"total":${10 + 8 + 100 + 2}}`]);
    },
  );

  feature(
    'Streams',
    'tumbling and sliding windows give what Spark gives, however the rows come in batches',
    WATERMARKS,
    async () => {
      let seed = 7;
      const random = (below: number) => {
        seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
        return seed % below;
      };
      const lake = setUp(`${sums("'10 minutes'", "'7' MINUTE")}
      ${sums("'10 minutes', '4 minutes'", "'90 seconds'").replace('TABLE sums', 'TABLE sliding')}`);
      const tumbling = new Fold(10 * MINUTE, 10 * MINUTE, 7 * MINUTE);
      const sliding = new Fold(10 * MINUTE, 4 * MINUTE, 1.5 * MINUTE);
      for (let batch = 0; batch < 8; batch += 1) {
        const rows = Array.from({ length: 1 + random(6) }, () =>
          reading(batch * 5 + random(25) - 12, `k${random(3)}`, random(100)),
        );
        await lake.append('readings', SCHEMA, rows);
        await lake.update();
        tumbling.batch(rows);
        sliding.batch(rows);
        expect(await lake.rows('sums')).toEqual(plainRows(tumbling.given as Record<string, unknown>[]));
        expect(await lake.rows('sliding')).toEqual(plainRows(sliding.given as Record<string, unknown>[]));
      }
      expect(tumbling.given.length).toBeGreaterThan(4);
      expect(sliding.given.length).toBeGreaterThan(10);
    },
  );

  feature(
    'Streams',
    'the column of a watermark may be computed, groups may be single times, and NULL times are left out',
    CLAUSE,
    async () => {
      const lake = setUp(`
      CREATE OR REFRESH STREAMING TABLE per_minute AS
      SELECT minute, count(DISTINCT k) AS keys, max(v) AS top FROM STREAM readings WATERMARK date_trunc('MINUTE', CAST(stamp AS TIMESTAMP)) AS minute DELAY OF INTERVAL 1 MINUTE AS r
      WHERE r.v > 0 GROUP BY minute HAVING count(*) > 1;`);
      const schema = 'stamp STRING, k STRING, v INT';
      await lake.append('readings', schema, [
        { stamp: '2024-01-01T10:00:10Z', k: 'a', v: 1 },
        { stamp: '2024-01-01T10:00:50Z', k: 'b', v: 3 },
        { stamp: '2024-01-01T10:00:55Z', k: 'b', v: -9 },
        { stamp: '2024-01-01T10:01:00Z', k: 'a', v: 1 },
        { stamp: null, k: 'a', v: 1 },
      ]);
      await lake.update();
      expect(await lake.rows('per_minute')).toEqual(['{"keys":2,"minute":"2024-01-01T10:00:00.000Z","top":3}']);
      await lake.append('readings', schema, [{ stamp: '2024-01-01T10:05:00Z', k: 'a', v: 1 }]);
      await lake.update();
      expect(await lake.rows('per_minute', 'minute')).toHaveLength(1);
    },
  );

  test('rows that an expectation drops are quarantined, and what the engine computes otherwise than Spark is rewritten', async () => {
    const text = `
      CREATE OR REFRESH STREAMING TABLE sums (CONSTRAINT many EXPECT (n > 1) ON VIOLATION DROP ROW) AS
      SELECT window(at, '10 minutes').start AS from, count(*) AS n, max(k:letter) AS letter
      FROM STREAM(readings) WATERMARK at DELAY OF INTERVAL 1 MINUTE GROUP BY window(at, '10 minutes');`;
    const sources = withQuarantine([{ path: 'p.sql', text }]);
    const lake = setUp(sources.map((source) => source.text).join('\n'));
    await lake.append('readings', SCHEMA, [reading(1, '{"letter":"x"}'), reading(2, '{"letter":"a"}'), reading(12), reading(30)]);
    await lake.update();
    expect(await lake.rows('sums')).toEqual(['{"from":"2024-01-01T10:00:00.000Z","letter":"x","n":2}']);
    expect(await lake.rows('sums_quarantine', 'n, letter, _quarantine_reasons[0] AS why')).toEqual([
      '{"letter":null,"n":1,"why":"many"}',
    ]);
  });

  test('a crash between any two writes gives the same windows, each once', async () => {
    const lake = setUp(sums("'10 minutes'", '5 MINUTES'));
    const fold = new Fold(10 * MINUTE, 10 * MINUTE, 5 * MINUTE);
    let put = 0;
    const next = async () => {
      put += 1;
      const rows = [reading(put * 10 + 1), reading(put * 10 + 12, 'b', put), reading(put * 10 - 6, 'late', 1)];
      await lake.append('readings', SCHEMA, rows);
      fold.batch(rows);
    };
    const points: string[] = [];
    for (const faults of [() => undefined, (point: string) => void points.push(point)]) {
      await next();
      await lake.update({ faults });
    }
    expect(points).toContain('after-state-0:s.sums');
    for (const point of points) {
      await next();
      const crash = lake.update({
        faults: (reached) => {
          if (reached === point) throw new Error('crash');
        },
      });
      await expect(crash).rejects.toBeInstanceOf(InjectedFault);
      await lake.update();
      expect({ point, rows: await lake.rows('sums') }).toEqual({
        point,
        rows: plainRows(fold.given as Record<string, unknown>[]),
      });
    }
    expect(readdirSync(join(lake.folder, '.pipelines/c/p/s.sums/state'))).toHaveLength(1);
  });

  test('state that is gone is an error and no wrong sum', async () => {
    const lake = setUp(sums("'10 minutes'", '5 MINUTES'));
    await lake.append('readings', SCHEMA, [reading(1)]);
    await lake.update();
    rmSync(join(lake.folder, '.pipelines/c/p/s.sums/state'), { recursive: true });
    await lake.append('readings', SCHEMA, [reading(30)]);
    await expect(lake.update()).rejects.toMatchObject({
      code: 'LAKEFLOW_STATE_GONE',
      hint: expect.stringContaining('refresh its table fully'),
    });
    await lake.update({ fullRefresh: ['sums'] });
    expect(await lake.rows('sums', 'n')).toEqual(['{"n":1}']);
    expect(existsSync(join(lake.folder, '.pipelines/c/p/s.sums/state'))).toBe(true);
  });

  test.each([
    [
      'SELECT k, count(*) AS n FROM STREAM(readings) WATERMARK at DELAY OF INTERVAL 1 MINUTE GROUP BY k',
      "write GROUP BY window(at, '10 minutes')",
    ],
    ['SELECT count(*) AS n FROM STREAM(readings) GROUP BY window(at, "1 minute")', 'give the stream a WATERMARK'],
    ['SELECT DISTINCT k FROM STREAM(readings) WATERMARK at DELAY OF INTERVAL 1 MINUTE', 'materialized view'],
    [
      'SELECT count(*) AS n FROM STREAM(readings) WATERMARK at DELAY OF INTERVAL 1 MINUTE JOIN names ON k = name GROUP BY window(at, "1 minute")',
      'put it into a materialized view',
    ],
    ['SELECT at FROM readings WATERMARK at DELAY OF INTERVAL 1 MINUTE', 'STREAM(table) WATERMARK'],
  ])('refuses %s', async (query, hint) => {
    const lake = setUp(`CREATE OR REFRESH STREAMING TABLE t AS ${query};`);
    await expect(lake.update()).rejects.toMatchObject({ code: 'LAKEFLOW_UNSUPPORTED', hint: expect.stringContaining(hint) });
  });
});
