import { parse, parseOne, refusal } from './parsing';

test('a streaming table with everything', () => {
  const table = parseOne(
    'streaming_table',
    `CREATE OR REFRESH STREAMING TABLE silver.\`My Orders\` (
       id BIGINT NOT NULL COMMENT 'the key',
       price DECIMAL(10, 2),
       tags ARRAY<STRUCT<name: STRING, n: MAP<STRING, INT>>>,
       note,
       CONSTRAINT priced EXPECT (price > 0 AND (price < 10 OR note IS NULL)) ON VIOLATION DROP ROW,
       CONSTRAINT known EXPECT (id IS NOT NULL) ON VIOLATION FAIL UPDATE,
       CONSTRAINT noted EXPECT (note <> ')')
     )
     USING DELTA
     COMMENT 'Orders, ' 'clean'
     TBLPROPERTIES ('delta.x' = 'true', pipelines.reset.allowed = false, quality 'silver', n = -1)
     CLUSTER BY (id, note)
     AS SELECT * FROM STREAM(bronze.orders)`,
  );
  expect(table).toMatchObject({
    name: { parts: ['silver', 'My Orders'] },
    columns: [
      { name: 'id', type: 'BIGINT', notNull: true, comment: 'the key' },
      { name: 'price', type: 'DECIMAL(10, 2)' },
      { name: 'tags', type: 'ARRAY<STRUCT<name: STRING, n: MAP<STRING, INT>>>' },
      { name: 'note' },
    ],
    expectations: [
      { name: 'priced', condition: { text: 'price > 0 AND (price < 10 OR note IS NULL)' }, action: 'drop' },
      { name: 'known', condition: { text: 'id IS NOT NULL' }, action: 'fail' },
      { name: 'noted', condition: { text: "note <> ')'" }, action: 'warn' },
    ],
    comment: 'Orders, clean',
    properties: { 'delta.x': 'true', 'pipelines.reset.allowed': 'false', quality: 'silver', n: '-1' },
    clusterBy: ['id', 'note'],
    query: { text: 'SELECT * FROM STREAM(bronze.orders)' },
    location: { file: 'p.sql', line: 1, column: 1 },
  });
});

test('the shortest of each', () => {
  const statements = parse(`
    CREATE STREAMING TABLE IF NOT EXISTS a;
    create or refresh streaming table b as select * from stream a;;
    CREATE MATERIALIZED VIEW c AS SELECT 1;
    CREATE TEMPORARY VIEW d AS SELECT 1;
    CREATE OR REFRESH TEMPORARY VIEW e AS TABLE c
  `);
  expect(statements.map(({ kind, name }) => `${kind} ${name.parts.join('.')}`)).toEqual([
    'streaming_table a',
    'streaming_table b',
    'materialized_view c',
    'temporary_view d',
    'temporary_view e',
  ]);
  expect(statements[0]).not.toHaveProperty('query');
});

test('an expectation may follow its column without a comma', () => {
  const table = parseOne(
    'streaming_table',
    'CREATE STREAMING TABLE t (id INT CONSTRAINT known EXPECT (id > 0) ON VIOLATION DROP ROW, b INT)',
  );
  expect(table.columns.map(({ name }) => name)).toEqual(['id', 'b']);
  expect(table.expectations.map(({ name }) => name)).toEqual(['known']);
});

test('a semicolon in a string ends nothing, and an empty file has no statements', () => {
  expect(parse("CREATE TEMPORARY VIEW v AS SELECT ';' AS s; -- ;\n/* ; */")).toHaveLength(1);
  expect(parse('-- nothing\n;')).toEqual([]);
});

describe('misspelled', () => {
  test.each([
    ['CRATE STREAMING TABLE t', '1:1', 'did you mean CREATE?'],
    ['CREATE OR REFRESH STREAMNG TABLE t', '1:19', 'did you mean STREAMING?'],
    ['CREATE STREAMING TABEL t', '1:18', 'did you mean TABLE?'],
    ['CREATE MATERIALIZED VEIW t AS SELECT 1', '1:21', 'did you mean VIEW?'],
    ['CREATE OR REFESH STREAMING TABLE t', '1:11', 'did you mean REFRESH?'],
    ["CREATE STREAMING TABLE t COMENT 'x'", '1:26', 'did you mean COMMENT?'],
    ['CREATE STREAMING TABLE t (CONSTRAINT c EXPCT (a > 0))', '1:40', 'did you mean EXPECT?'],
    ['CREATE STREAMING TABLE t (CONSTRAINT c EXPECT (a > 0) ON VIOLATION DORP ROW)', '1:68', 'did you mean DROP?'],
    ['CREATE STREAMING TABLE t (CONSTRAINT c EXPECT (a > 0) ON VILATION DROP ROW)', '1:58', 'did you mean VIOLATION?'],
    ['CREATE STREAMING TABLE t AS SELCT 1', '1:29', 'did you mean SELECT?'],
    ['CREATE MATERIALIZED VIEW t AS SELECT a FROM b c WEHRE a > 1', '1:49', 'did you mean WHERE?'],
  ])('%s', (text, place, hint) => {
    const shown = refusal(text);
    expect(shown).toContain(`p.sql:${place}: LAKEFLOW_SYNTAX`);
    expect(shown).toContain(hint);
  });
});

describe('wrong', () => {
  test.each([
    ['CREATE OR REPLACE STREAMING TABLE t', '1:8', 'write CREATE OR REFRESH'],
    ['CREATE STREAMING TABLE', '1:23', 'expected the name of the streaming table, found the end of the statement'],
    ['CREATE STREAMING TABLE a.b.c.d', '1:24', 'a.b.c.d has 4 parts'],
    ['CREATE STREAMING TABLE t (a INT, A STRING)', '1:34', 'the column A is declared twice'],
    [
      'CREATE STREAMING TABLE t (CONSTRAINT c EXPECT (a), CONSTRAINT C EXPECT (b))',
      '1:52',
      'the expectation C is declared twice',
    ],
    ['CREATE STREAMING TABLE t (CONSTRAINT c EXPECT ())', '1:48', 'the expectation c has no condition'],
    ['CREATE STREAMING TABLE t (a INT', '1:26', '"(" is not closed'],
    ['CREATE STREAMING TABLE t a INT)', '1:31', '")" closes nothing'],
    ["CREATE STREAMING TABLE t COMMENT 'a' COMMENT 'b'", '1:38', 'COMMENT is given twice'],
    ['CREATE MATERIALIZED VIEW t', '1:27', 'expected AS'],
    ['CREATE TEMPORARY VIEW s.v AS SELECT 1', '1:23', 'a temporary view lives in no schema'],
    ['CREATE TEMPORARY VIEW v AS SELECT (1', '1:35', '"(" is not closed'],
    ['CREATE TEMPORARY VIEW v AS SELECT a[1)', '1:38', 'expected "]" for the "[" at 1:36'],
    ['CREATE', '1:7', 'expected STREAMING TABLE, MATERIALIZED VIEW, TEMPORARY VIEW or FLOW'],
    ['hello', '1:1', 'expected CREATE OR REFRESH STREAMING TABLE'],
  ])('%s', (text, place, message) => {
    const shown = refusal(text);
    expect(shown).toContain(`p.sql:${place}: LAKEFLOW_SYNTAX`);
    expect(shown).toContain(message);
  });
});

test('keys are informational, in every form that they are written in', () => {
  const { columns, expectations } = parseOne(
    'streaming_table',
    `CREATE STREAMING TABLE t (
      id INT NOT NULL PRIMARY KEY NOT ENFORCED RELY COMMENT 'key',
      other INT CONSTRAINT o REFERENCES a.b.c (id) ON DELETE NO ACTION,
      third INT FOREIGN KEY REFERENCES d, primary INT,
      CONSTRAINT c EXPECT (id > 0),
      CONSTRAINT p PRIMARY KEY (id, other TIMESERIES) NORELY,
      FOREIGN KEY (other) REFERENCES a.b.c (id) MATCH FULL
    )`,
  );
  expect(columns.map(({ name, comment }) => [name, comment])).toEqual([
    ['id', 'key'],
    ['other', undefined],
    ['third', undefined],
    ['primary', undefined],
  ]);
  expect(expectations.map(({ name }) => name)).toEqual(['c']);
});

test('a private table or materialized view', () => {
  expect(parseOne('streaming_table', 'CREATE OR REFRESH PRIVATE STREAMING TABLE t')).toMatchObject({ private: true });
  expect(parseOne('materialized_view', 'CREATE PRIVATE MATERIALIZED VIEW m AS SELECT 1')).toMatchObject({ private: true });
});

describe('not supported', () => {
  test.each([
    ['CREATE OR REFRESH STREAMING LIVE TABLE t AS SELECT 1', 'write CREATE OR REFRESH STREAMING TABLE'],
    ['CREATE LIVE TABLE t AS SELECT 1', 'write CREATE OR REFRESH MATERIALIZED VIEW'],
    ['CREATE TEMPORARY LIVE VIEW t AS SELECT 1', 'write CREATE TEMPORARY VIEW'],
    ['CREATE MATERIALIZED VIEW t AS SELECT * FROM LIVE.s', 'write s without LIVE'],
    ['CREATE PRIVATE VIEW v AS SELECT 1', 'write CREATE TEMPORARY VIEW'],
    ['CREATE TEMPORARY STREAMING TABLE t', 'CREATE PRIVATE STREAMING TABLE'],
    ['CREATE TABLE t (a INT)', 'write CREATE OR REFRESH STREAMING TABLE'],
    ['CREATE VIEW v AS SELECT 1', 'write CREATE TEMPORARY VIEW'],
    ['CREATE SINK s', 'streaming table'],
    ['CREATE SCHEMA s', 'in the stack'],
    ['CREATE STREAMING TABLE t SCHEDULE EVERY 1 HOUR', 'schedule the pipeline with a job'],
    ['CREATE STREAMING TABLE t PARTITIONED BY (a)', 'write CLUSTER BY'],
    ["CREATE STREAMING TABLE t LOCATION 's3://x'", 'leave it out'],
    ['CREATE STREAMING TABLE t (a INT MASK f)', 'mask it in the query'],
    ['CREATE STREAMING TABLE t (a INT, CONSTRAINT k CHECK (a > 0))', 'ON VIOLATION FAIL UPDATE'],
    ['CREATE STREAMING TABLE t (CONSTRAINT k EXPECT (a IN (SELECT b FROM c)))', 'join what it needs'],
    ['SET a = b', 'configuration'],
    ['SELECT 1', 'give the query a name'],
    ['INSERT INTO t VALUES (1)', 'CREATE FLOW'],
    ['DROP TABLE t', 'remove the statement'],
    ['OPTIMIZE t', 'a pipeline has CREATE'],
  ])('%s', (text, hint) => {
    const shown = refusal(text);
    expect(shown).toMatch(/^p\.sql:1:\d+: LAKEFLOW_UNSUPPORTED: /);
    expect(shown.split('\n  hint: ')[1]).toContain(hint);
  });

  test('Python files', () => {
    const { parsePipeline } = jest.requireActual<typeof import('../../src/sql')>('../../src/sql');
    expect(() => parsePipeline([{ path: 'a.py', text: 'import dlt' }], {})).toThrow(
      'Python files of a pipeline are not supported',
    );
  });
});
