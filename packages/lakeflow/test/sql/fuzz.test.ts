import { LakewrightError } from '@lakewright/config';
import { buildGraph, parsePipeline, rewriteReads, withQuarantine } from '../../src/sql';

/** Statements of every shape; what the mutations start from. */
const SEEDS = [
  "CREATE OR REFRESH STREAMING TABLE a.b (id INT NOT NULL COMMENT 'k', CONSTRAINT c EXPECT (id > 0 AND n IN (1, 2)) ON VIOLATION DROP ROW) COMMENT 'x' TBLPROPERTIES ('p.q' = '1') CLUSTER BY (id) AS SELECT * FROM STREAM read_files('${path}/x', format => 'json', n => 3) f;",
  "CREATE FLOW f AS AUTO CDC INTO t FROM STREAM(s) KEYS (id) APPLY AS DELETE WHEN op = 'd' SEQUENCE BY struct(ts, n) COLUMNS * EXCEPT (op, ts) STORED AS SCD TYPE 2 TRACK HISTORY ON (city);",
  'CREATE STREAMING TABLE t; CREATE FLOW f AS INSERT INTO t BY NAME SELECT * FROM STREAM s;',
  "CREATE MATERIALIZED VIEW m AS WITH x AS (SELECT a, count(*) n FROM (b JOIN `c d` USING (k)) GROUP BY a), y (p) AS (VALUES (1), (2)) SELECT x.a, (SELECT max(p) FROM y) AS q, CASE WHEN a IS NOT DISTINCT FROM 'z' THEN r'\\n' END FROM x, y WHERE x.a IN (SELECT a FROM z) /* c */ LATERAL VIEW explode(xs) e AS v ORDER BY 1 -- end",
  'CREATE TEMPORARY VIEW v AS SELECT extract(DAY FROM ts), CAST(x AS STRUCT<a: ARRAY<INT>>), a[1].b, xs -> x + 1.5e3 FROM STREAM(t) UNION ALL SELECT * FROM STREAM u WHERE EXISTS (SELECT 1 FROM w);',
  "CREATE STREAMING TABLE t COMMENT 'a' FLOW AUTO CDC FROM STREAM(x.y.z) KEYS (a, b) SEQUENCE BY n STORED AS SCD TYPE 1;",
  'APPLY CHANGES INTO t FROM STREAM(s) KEYS (id) SEQUENCE BY n;',
];
const SCRAPS =
  '( ) [ ] , ; . \' " ` -- /* */ ${ } ${path} => : :: < > * = - STREAM FROM SELECT WITH AS JOIN LATERAL VIEW VALUES TABLE read_files( KEYS CREATE FLOW EXCEPT é \u0000 \\ | @ # 1e 0x LIVE. /*+ \n'.split(
    ' ',
  );

/** A small generator (mulberry32), so that a failure can be run again. */
function random(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

function mutate(text: string, below: (limit: number) => number): string {
  const at = below(text.length + 1);
  const length = below(12);
  const scrap = SCRAPS[below(SCRAPS.length)]!;
  switch (below(6)) {
    case 0:
      return text.slice(0, at) + text.slice(at + length);
    case 1:
      return `${text.slice(0, at)}${scrap}${text.slice(at)}`;
    case 2:
      return `${text.slice(0, at)} ${scrap} ${text.slice(at + length)}`;
    case 3:
      return text.slice(0, at);
    case 4:
      return text.slice(0, at) + text.slice(at, at + length) + text.slice(at);
    default: {
      const other = SEEDS[below(SEEDS.length)]!;
      return text.slice(0, at) + other.slice(below(other.length));
    }
  }
}

/** Everything that can be done with a text, as far as it goes. */
function exercise(text: string): void {
  const sources = [{ path: 'f.sql', text }];
  const statements = parsePipeline(sources, { path: 's3://b' });
  for (const statement of statements) {
    if (!('query' in statement) || !statement.query) continue;
    const { query } = statement;
    for (const { range } of query.reads) expect(query.text.slice(...range).trim()).not.toBe('');
    expect(rewriteReads(query, () => 'v').length).toBeGreaterThan(0);
  }
  buildGraph(statements, { catalog: 'c', schema: 's' });
  const all = withQuarantine(sources, { path: 's3://b' });
  expect(parsePipeline(all, { path: 's3://b' }).length).toBeGreaterThanOrEqual(statements.length);
}

test.each([1, 2, 3, 4])('mutated statements are right or refused with their place (seed %i)', (seed) => {
  const below = random(seed);
  let accepted = 0;
  let refused = 0;
  for (let round = 0; round < 2000; round++) {
    let text = SEEDS[below(SEEDS.length)]!;
    for (let times = below(3); times >= 0; times--) text = mutate(text, below);
    try {
      exercise(text);
      accepted++;
    } catch (error) {
      if (!(error instanceof LakewrightError))
        throw new Error(`${(error as Error).message}\nseed ${seed}, round ${round}: ${JSON.stringify(text)}`, { cause: error });
      expect(error.code).toMatch(/^LAKEFLOW_/);
      const lines = text.split('\n').length;
      expect(error.location).toEqual({ file: 'f.sql', line: expect.any(Number), column: expect.any(Number) });
      expect(error.location!.line).toBeGreaterThanOrEqual(1);
      expect(error.location!.line).toBeLessThanOrEqual(lines);
      refused++;
    }
  }
  expect(accepted).toBeGreaterThan(50);
  expect(refused).toBeGreaterThan(500);
});

test('brackets without end are refused, not followed down', () => {
  const deep = `CREATE TEMPORARY VIEW v AS SELECT ${'('.repeat(50_000)}1${')'.repeat(50_000)}`;
  expect(() => parsePipeline([{ path: 'f.sql', text: deep }], {})).toThrow('brackets nest more than 200 deep');
  const allowed = `CREATE TEMPORARY VIEW v AS SELECT ${'(SELECT '.repeat(150)}1${')'.repeat(150)}`;
  expect(parsePipeline([{ path: 'f.sql', text: allowed }], {})).toHaveLength(1);
});

test('a long file is read in one go', () => {
  const many = Array.from(
    { length: 300 },
    (_, n) =>
      `CREATE MATERIALIZED VIEW m${n} AS SELECT ${Array.from({ length: 100 }, (_, c) => `c${c} AS d${c}`).join(', ')} FROM t;`,
  );
  expect(parsePipeline([{ path: 'f.sql', text: many.join('\n') }], {})).toHaveLength(300);
});
