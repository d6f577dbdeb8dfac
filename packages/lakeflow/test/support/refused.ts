/**
 * What Databricks runs and this runtime refuses, an example each: a test holds that it is refused with a reason and a way out, and
 * the reference page shows both.
 */
export const REFUSED: readonly { readonly what: string; readonly sql: string }[] = [
  { what: 'published views', sql: 'CREATE VIEW v AS SELECT 1 AS a;' },
  { what: 'sinks', sql: 'CREATE SINK s;' },
  { what: 'plain tables', sql: 'CREATE TABLE t (a INT);' },
  { what: 'the LIVE schema', sql: 'CREATE OR REFRESH STREAMING LIVE TABLE t AS SELECT 1 AS a;' },
  { what: 'CHECK constraints', sql: 'CREATE STREAMING TABLE t (a INT, CONSTRAINT c CHECK (a > 0)) AS SELECT a FROM STREAM(s);' },
  { what: 'column masks', sql: 'CREATE STREAMING TABLE t (a INT MASK f) AS SELECT a FROM STREAM(s);' },
  { what: 'generated columns', sql: 'CREATE STREAMING TABLE t (a INT GENERATED ALWAYS AS (1)) AS SELECT a FROM STREAM(s);' },
  { what: 'row filters', sql: 'CREATE MATERIALIZED VIEW m WITH ROW FILTER f ON (a) AS SELECT 1 AS a;' },
  { what: 'partitions', sql: 'CREATE MATERIALIZED VIEW m PARTITIONED BY (a) AS SELECT 1 AS a;' },
  { what: 'a schedule of its own', sql: 'CREATE MATERIALIZED VIEW m SCHEDULE EVERY 1 HOUR AS SELECT 1 AS a;' },
  {
    what: 'REPLACE WHERE flows',
    sql: 'CREATE STREAMING TABLE t; CREATE FLOW f AS INSERT INTO t BY NAME REPLACE WHERE a > 0 SELECT 1 AS a;',
  },
  {
    what: 'expectations on a target of AUTO CDC with IGNORE NULL UPDATES',
    sql: 'CREATE STREAMING TABLE t (CONSTRAINT c EXPECT (a > 0)); CREATE FLOW f AS AUTO CDC INTO t FROM STREAM(s) KEYS (a) IGNORE NULL UPDATES SEQUENCE BY a;',
  },
  {
    what: 'bitemporal tables',
    sql: 'CREATE STREAMING TABLE t; CREATE FLOW f AS AUTO CDC INTO t FROM STREAM(s) KEYS (a) SEQUENCE BY a STORED AS BITEMPORAL;',
  },
  {
    what: 'SYSTEM SEQUENCE BY of AUTO CDC',
    sql: 'CREATE STREAMING TABLE t; CREATE FLOW f AS AUTO CDC INTO t FROM STREAM(s) KEYS (a) SEQUENCE BY a SYSTEM SEQUENCE BY b;',
  },
  {
    what: 'COLUMNS TO UPDATE of AUTO CDC',
    sql: 'CREATE STREAMING TABLE t; CREATE FLOW f AS AUTO CDC INTO t FROM STREAM(s) KEYS (a) SEQUENCE BY a COLUMNS TO UPDATE c;',
  },
  {
    what: 'a subquery in an expectation',
    sql: 'CREATE MATERIALIZED VIEW m (CONSTRAINT c EXPECT (a IN (SELECT b FROM u))) AS SELECT a FROM s;',
  },
  { what: 'joins of two streams', sql: 'CREATE STREAMING TABLE t AS SELECT a.x FROM STREAM(a) JOIN STREAM(b) ON a.x = b.x;' },
  {
    what: 'aggregates over a stream without an end',
    sql: 'CREATE STREAMING TABLE t AS SELECT a, count(*) AS n FROM STREAM(s) GROUP BY a;',
  },
  {
    what: 'aggregates over a stream in a temporary view',
    sql: "CREATE TEMPORARY VIEW v AS SELECT count(*) AS n FROM STREAM(s) WATERMARK at DELAY OF INTERVAL 1 DAY GROUP BY window(at, '1 hour');",
  },
  { what: 'SELECT DISTINCT over a stream', sql: 'CREATE STREAMING TABLE t AS SELECT DISTINCT a FROM STREAM(s);' },
  { what: 'ORDER BY and LIMIT over a stream', sql: 'CREATE STREAMING TABLE t AS SELECT a FROM STREAM(s) ORDER BY a;' },
  {
    what: 'window functions over a stream',
    sql: 'CREATE STREAMING TABLE t AS SELECT row_number() OVER (ORDER BY a) AS n FROM STREAM(s);',
  },
  { what: 'options of a table read', sql: 'CREATE STREAMING TABLE t AS SELECT a FROM STREAM(s) WITH (skipChangeCommits);' },
  { what: 'time travel', sql: 'CREATE MATERIALIZED VIEW m AS SELECT a FROM s VERSION AS OF 1;' },
  { what: 'message buses', sql: "CREATE STREAMING TABLE t AS SELECT * FROM STREAM read_kafka(bootstrapServers => 'x');" },
  { what: 'other file formats', sql: "CREATE STREAMING TABLE t AS SELECT * FROM STREAM read_files('/in', format => 'avro');" },
];
