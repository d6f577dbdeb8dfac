import { join } from 'node:path';
import { feature } from '../support/feature';
import { TestLake } from '../support/lake';
import { plainRows } from '../support/plain-rows';
import { withSail } from '../support/sail';
import { RandomTarget, SOURCE } from './random-targets';

const SQL = `
CREATE OR REFRESH STREAMING TABLE history;
CREATE FLOW h AS AUTO CDC INTO history FROM STREAM(events) KEYS (feed, id) APPLY AS DELETE WHEN gone SEQUENCE BY seq
  COLUMNS * EXCEPT (gone, seq) STORED AS SCD TYPE 2 TRACK HISTORY ON * EXCEPT (other);
CREATE OR REFRESH STREAMING TABLE current;
CREATE FLOW c AS AUTO CDC INTO current FROM STREAM(events) KEYS (feed, id) APPLY AS DELETE WHEN gone SEQUENCE BY seq
  COLUMNS (feed, id, tracked, other) STORED AS SCD TYPE 1;
CREATE OR REFRESH STREAMING TABLE filled;
CREATE FLOW n AS AUTO CDC INTO filled FROM STREAM(events) KEYS (feed, id) IGNORE NULL UPDATES APPLY AS DELETE WHEN gone
  SEQUENCE BY seq COLUMNS (feed, id, tracked, other) STORED AS SCD TYPE 1;
`;
const SCHEMA = 'feed INT, id INT, seq INT, gone BOOLEAN, tracked STRING, other INT';

const TARGETS = 9;
const FEEDS = 40;

describe('AUTO CDC of random feeds', () => {
  const sail = withSail();
  const targets = Array.from({ length: TARGETS }, (_, number) => new RandomTarget(`t${number}`, number + 1, FEEDS));

  feature(
    'AUTO CDC',
    'keys, deletes, truncates, ignored nulls (nested ones too), tracked columns, late events and duplicates, in batches cut at random',
    'AUTO CDC INTO (pipelines)',
    async () => {
      const lake = new TestLake(sail.engine, join(sail.folder, 'random'), targets.map(({ sql }) => sql).join('\n'));
      const last = Math.max(...targets.map(({ batches }) => batches));
      for (let batch = 0; batch < last; batch += 1) {
        for (const target of targets)
          for (const [source, rows] of target.rows(batch)) if (batch < target.batches) await lake.append(source, SOURCE, rows);
        await lake.update();
        for (const target of targets) {
          const got = await lake.rows(target.name);
          expect({ sql: target.sql, batch, rows: got }).toEqual({
            sql: target.sql,
            batch,
            rows: plainRows(target.expected(batch + 1)),
          });
        }
      }
    },
  );

  test('decides between different events of one sequence alike, whatever the batches', async () => {
    const ties = ['a', 'b', 'c', null].flatMap((tracked, other) =>
      [1, 2, 3].map((feed) => ({ feed, id: 1, seq: 5, gone: feed === 3 && tracked === 'b', tracked, other })),
    );
    const results: (readonly string[])[] = [];
    const rows = async (lake: TestLake) => [
      ...(await lake.rows('history')),
      ...(await lake.rows('current')),
      ...(await lake.rows('filled')),
    ];
    for (const [number, order] of [ties, ties.toReversed()].entries()) {
      const together = new TestLake(sail.engine, join(sail.folder, `ties-${number}`), SQL);
      await together.append('events', SCHEMA, order);
      await together.update();
      results.push(await rows(together));
      const apart = new TestLake(sail.engine, join(sail.folder, `ties-apart-${number}`), SQL);
      // One event of each feed at a time.
      for (let from = 0; from < order.length; from += 3) {
        await apart.append('events', SCHEMA, order.slice(from, from + 3));
        await apart.update();
      }
      results.push(await rows(apart));
    }
    for (const result of results) expect(result).toEqual(results[0]);
    expect(results[0]!.filter((row) => row.includes('"feed":3'))).toEqual([]);
    expect(results[0]).toHaveLength(6);
  });
});
