import { LakewrightError } from '@lakewright/config';
import { random } from '../../../../test/support/random';
import { parseQueryText } from '../../src/dialect/parse';
import { buildGraph, parsePipeline, rewriteReads, withQuarantine } from '../../src/sql';

/** Statements of every shape; what the mutations start from. */
const SEEDS = [
  "CREATE OR REFRESH STREAMING TABLE a.b (id INT NOT NULL COMMENT 'k', CONSTRAINT c EXPECT (id > 0 AND n IN (1, 2)) ON VIOLATION DROP ROW) COMMENT 'x' TBLPROPERTIES ('p.q' = '1') CLUSTER BY (id) AS SELECT * FROM STREAM read_files('${path}/x', format => 'json', n => 3) f;",
  "CREATE FLOW f AS AUTO CDC ONCE INTO t FROM s KEYS (id) IGNORE NULL UPDATES ON * EXCEPT (a) APPLY AS TRUNCATE WHEN op = 't' SEQUENCE BY n;",
  "CREATE FLOW f AS AUTO CDC INTO t FROM STREAM(s) KEYS (id) APPLY AS DELETE WHEN op = 'd' SEQUENCE BY struct(ts, n) COLUMNS * EXCEPT (op, ts) STORED AS SCD TYPE 2 TRACK HISTORY ON (city);",
  'CREATE STREAMING TABLE t; CREATE FLOW f AS INSERT INTO t BY NAME SELECT * FROM STREAM s;',
  "CREATE MATERIALIZED VIEW m AS WITH x AS (SELECT a, count(*) n FROM (b JOIN `c d` USING (k)) GROUP BY a), y (p) AS (VALUES (1), (2)) SELECT x.a, (SELECT max(p) FROM y) AS q, CASE WHEN a IS NOT DISTINCT FROM 'z' THEN r'\\n' END FROM x, y WHERE x.a IN (SELECT a FROM z) /* c */ LATERAL VIEW explode(xs) e AS v ORDER BY 1 -- end",
  'CREATE TEMPORARY VIEW v AS SELECT extract(DAY FROM ts), CAST(x AS STRUCT<a: ARRAY<INT>>), a[1].b, xs -> x + 1.5e3 FROM STREAM(t) UNION ALL SELECT * FROM STREAM u WHERE EXISTS (SELECT 1 FROM w);',
  "CREATE STREAMING TABLE t COMMENT 'a' FLOW AUTO CDC FROM STREAM(x.y.z) KEYS (a, b) SEQUENCE BY n STORED AS SCD TYPE 1;",
  'APPLY CHANGES INTO t FROM STREAM(s) KEYS (id) SEQUENCE BY n;',
  "CREATE MATERIALIZED VIEW m AS SELECT payload:a.b[0]::INT AS n, p:['x y'] AS x, * EXCEPT (k) FROM t QUALIFY row_number() OVER (PARTITION BY id ORDER BY ts DESC) = 1;",
  'CREATE MATERIALIZED VIEW m AS SELECT d, sum(a) / count(b) AS r FROM t PIVOT (sum(x) FOR k IN (1 AS one, 2)) WHERE a BETWEEN 1 AND 2 AND NOT b LIKE c GROUP BY ALL HAVING r > -1 LIMIT 5;',
];
const SCRAPS =
  '( ) [ ] , ; . \' " ` -- /* */ ${ } ${path} => : :: < > * = - STREAM FROM SELECT WITH AS JOIN LATERAL VIEW VALUES TABLE read_files( KEYS CREATE FLOW EXCEPT QUALIFY PIVOT GROUP ALL OVER BETWEEN NOT é \u0000 \\ | @ # 1e 0x LIVE. /*+ \n'.split(
    ' ',
  );

/** How many mutated statements went through, and how many were refused with their place. */
export interface Tally {
  accepted: number;
  refused: number;
}

/**
 * Parses `rounds` mutated statements with the pipelines' parser and, of those that are pipelines, their queries with that of the dialect.
 *
 * @throws Error for the first that neither goes through nor is refused with a code and a place inside the text, with what it takes to
 *   run it again
 */
export function checkMutations(seed: number, rounds: number): Tally {
  const below = random(seed);
  const tally: Tally = { accepted: 0, refused: 0 };
  for (let round = 0; round < rounds; round++) {
    let text = SEEDS[below(SEEDS.length)]!;
    for (let times = below(3); times >= 0; times--) text = mutate(text, below);
    const complaint = complaintAbout(text, tally);
    if (complaint !== undefined) throw new Error(`${complaint}\nseed ${seed}, round ${round}: ${JSON.stringify(text)}`);
  }
  return tally;
}

function complaintAbout(text: string, tally: Tally): string | undefined {
  try {
    exercise(text);
    tally.accepted++;
    return undefined;
  } catch (error) {
    if (!(error instanceof LakewrightError)) return error instanceof Error ? (error.stack ?? error.message) : String(error);
    tally.refused++;
    const { code, location } = error;
    if (!/^LAKEFLOW_/.test(code)) return `the code ${code} is not one of Lakeflow`;
    const lines = text.split('\n').length;
    const isInside = location?.file === 'f.sql' && location.line >= 1 && location.line <= lines && location.column >= 1;
    return isInside ? undefined : `${code} has the place ${JSON.stringify(location)}, which is not in the text`;
  }
}

/** Everything that can be done with a text, as far as it goes. */
function exercise(text: string): void {
  const sources = [{ path: 'f.sql', text }];
  const statements = parsePipeline(sources, { path: 's3://b' });
  for (const statement of statements) {
    if (!('query' in statement) || !statement.query) continue;
    const { query } = statement;
    for (const { range } of query.reads) if (query.text.slice(...range).trim() === '') throw new Error('a read of nothing');
    if (rewriteReads(query, () => 'v') === '') throw new Error('a query became nothing');
    parseQueryText(query.text, query.location);
  }
  buildGraph(statements, { catalog: 'c', schema: 's' });
  const all = withQuarantine(sources, { path: 's3://b' });
  if (parsePipeline(all, { path: 's3://b' }).length < statements.length) throw new Error('the quarantine took statements away');
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
