import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '@lakewright/config';
import { parse, parseOne, refusal } from './parsing';

interface Scenario {
  readonly name: string;
  readonly sql: string;
  readonly error?: { readonly stage: string };
}
const golden = JSON.parse(readFileSync(join(projectRoot(), 'packages/lakeflow/test/fixtures/autocdc.json'), 'utf8')) as {
  readonly scenarios: readonly Scenario[];
  readonly errors: readonly Scenario[];
};

test.each(golden.scenarios)('what Spark ran is parsed: $name', ({ sql }) => {
  const [table, flow, ...others] = parse(sql);
  expect(others).toEqual([]);
  expect(table).toMatchObject({ kind: 'streaming_table', name: { parts: ['target'] } });
  expect(flow).toMatchObject({
    kind: 'auto_cdc_flow',
    target: { parts: ['target'] },
    cdc: {
      source: { kind: 'table', name: { parts: ['source'] }, streaming: true, range: [0, 'STREAM(source)'.length] },
      scdType: sql.includes('TYPE 2') ? 2 : 1,
    },
  });
});

test.each(golden.errors.filter(({ error }) => error?.stage === 'parsing'))('what Spark could not parse is refused: $name', ({
  sql,
}) => {
  expect(refusal(sql)).toContain('LAKEFLOW_SYNTAX');
});

test.each(golden.errors.filter(({ error }) => error?.stage !== 'parsing'))('what fails only with its data is parsed: $name', ({
  sql,
}) => {
  expect(parse(sql)).toHaveLength(2);
});

test('every clause of AUTO CDC', () => {
  const flow = parseOne(
    'auto_cdc_flow',
    `CREATE FLOW f COMMENT 'why' AS AUTO CDC INTO gold.t
     FROM STREAM silver.\`s\`
     KEYS (id, \`the region\`)
     APPLY AS DELETE WHEN op = 'd' OR (op IS NULL AND columns.keys = 1)
     SEQUENCE BY struct(ts, coalesce(n, 0))
     COLUMNS * EXCEPT (op, ts)
     STORED AS SCD TYPE 2
     TRACK HISTORY ON * EXCEPT (seen)`,
  );
  expect(flow).toMatchObject({
    name: { parts: ['f'] },
    target: { parts: ['gold', 't'] },
    cdc: {
      source: { kind: 'table', name: { parts: ['silver', 's'] }, streaming: true },
      keys: ['id', 'the region'],
      applyAsDeleteWhen: { text: "op = 'd' OR (op IS NULL AND columns.keys = 1)", location: { line: 4, column: 27 } },
      sequenceBy: { text: 'struct(ts, coalesce(n, 0))' },
      columns: { kind: 'except', names: ['op', 'ts'] },
      scdType: 2,
      trackHistory: { kind: 'except', names: ['seen'] },
    },
  });
});

test('the clauses left out have their documented meaning', () => {
  const { cdc } = parseOne('auto_cdc_flow', 'CREATE FLOW f AS AUTO CDC INTO t FROM STREAM(s) KEYS (id) SEQUENCE BY n');
  expect(cdc).toEqual({
    source: expect.anything(),
    keys: ['id'],
    sequenceBy: { text: 'n', location: { file: 'p.sql', line: 1, column: 71 } },
    columns: { kind: 'all' },
    scdType: 1,
    trackHistory: { kind: 'all' },
  });
});

test('columns as a list, with or without parentheses', () => {
  const columns = (list: string) =>
    parseOne(
      'auto_cdc_flow',
      `CREATE FLOW f AS AUTO CDC INTO t FROM STREAM(s) KEYS (id) SEQUENCE BY n COLUMNS ${list} STORED AS SCD TYPE 1`,
    ).cdc.columns;
  expect(columns('(id, a)')).toEqual({ kind: 'list', names: ['id', 'a'] });
  expect(columns('id, a')).toEqual({ kind: 'list', names: ['id', 'a'] });
  expect(columns('*')).toEqual({ kind: 'all' });
});

test('files can be the source', () => {
  const { cdc } = parseOne(
    'auto_cdc_flow',
    "CREATE FLOW f AS AUTO CDC INTO t FROM STREAM read_files('s3://x', format => 'json') KEYS (id) SEQUENCE BY n",
  );
  expect(cdc.source).toMatchObject({ kind: 'files', path: 's3://x', options: { format: 'json' }, streaming: true });
});

test('APPLY CHANGES INTO is the older way to say it; the flow takes the name of the target', () => {
  const flow = parseOne('auto_cdc_flow', 'APPLY CHANGES INTO gold.t FROM STREAM(s) KEYS (id) SEQUENCE BY n STORED AS SCD TYPE 2');
  expect(flow).toMatchObject({ name: { parts: ['gold', 't'] }, target: { parts: ['gold', 't'] }, cdc: { scdType: 2 } });
});

test('an inline flow is a table and a flow of its name', () => {
  const statements = parse(`CREATE OR REFRESH STREAMING TABLE t COMMENT 'x' FLOW AUTO CDC FROM STREAM(s) KEYS (id) SEQUENCE BY n;
    CREATE STREAMING TABLE u FLOW INSERT BY NAME SELECT * FROM STREAM(s)`);
  expect(statements).toMatchObject([
    { kind: 'streaming_table', name: { parts: ['t'] }, comment: 'x' },
    { kind: 'auto_cdc_flow', name: { parts: ['t'] }, target: { parts: ['t'] } },
    { kind: 'streaming_table', name: { parts: ['u'] } },
    { kind: 'append_flow', name: { parts: ['u'] }, query: { text: 'SELECT * FROM STREAM(s)' } },
  ]);
});

test('an append flow', () => {
  const flow = parseOne('append_flow', 'CREATE FLOW f AS INSERT INTO gold.t BY NAME SELECT * FROM STREAM(s)');
  expect(flow).toMatchObject({
    name: { parts: ['f'] },
    target: { parts: ['gold', 't'] },
    query: { reads: [{ streaming: true }] },
  });
});

test.each([
  'CREATE FLOW f AS INSERT ONCE INTO t BY NAME SELECT * FROM s',
  'CREATE FLOW f AS INSERT INTO ONCE t BY NAME SELECT * FROM s',
  'CREATE FLOW f AS INSERT ONCE INTO once BY NAME SELECT * FROM s',
])('a flow that runs once: %s', (text) => {
  expect(parseOne('append_flow', text)).toMatchObject({ once: true, target: { parts: [expect.stringMatching(/^(t|once)$/)] } });
});

test('a table may be called once, and an inline flow may run once', () => {
  const plain = parseOne('append_flow', 'CREATE FLOW f AS INSERT INTO once BY NAME SELECT * FROM STREAM(s)');
  expect([plain.target.parts, plain.once]).toEqual([['once'], undefined]);
  expect(parse('CREATE STREAMING TABLE t FLOW INSERT ONCE BY NAME SELECT 1 AS a')[1]).toMatchObject({ once: true });
});

describe('refused', () => {
  const cdc = (clauses: string) => refusal(`CREATE FLOW f AS AUTO CDC INTO t\nFROM ${clauses}`);
  test.each([
    ['s KEYS (id) SEQUENCE BY n', '2:6: LAKEFLOW_SYNTAX', 'write FROM STREAM(s)'],
    ["read_files('x') KEYS (id) SEQUENCE BY n", '2:6: LAKEFLOW_SYNTAX', 'write FROM STREAM read_files(...)'],
    ['(SELECT 1) KEYS (id) SEQUENCE BY n', '2:6: LAKEFLOW_SYNTAX', 'temporary view'],
    ['STREAM(SELECT 1) KEYS (id) SEQUENCE BY n', '2:13: LAKEFLOW_SYNTAX', 'put STREAM into the FROM'],
    ['STREAM(s) SEQUENCE BY n', '1:1: LAKEFLOW_SYNTAX: AUTO CDC without KEYS', 'KEYS (id)'],
    ['STREAM(s) KEYS (id)', '1:1: LAKEFLOW_SYNTAX: AUTO CDC without SEQUENCE BY', 'SEQUENCE BY updated_at'],
    ['STREAM(s) KEYS () SEQUENCE BY n', '2:22: LAKEFLOW_SYNTAX', 'expected a key'],
    ['STREAM(s) KEYS (id, ID) SEQUENCE BY n', '2:26: LAKEFLOW_SYNTAX', 'ID is named twice'],
    ['STREAM(s) KEYS (a.b) SEQUENCE BY n', 'LAKEFLOW_UNSUPPORTED', 'a field of a struct'],
    ['STREAM(s) KEYS (id) KEYS (id) SEQUENCE BY n', '2:26: LAKEFLOW_SYNTAX', 'KEYS is given twice'],
    ["STREAM(s) KEYS (id) APPLY AS DELETE WHEN op = 'd' SEQENCE BY n", '2:56: LAKEFLOW_SYNTAX', 'did you mean SEQUENCE?'],
    ['STREAM(s) KEYS (id) SEQUENCE BY n STORD AS SCD TYPE 1', '2:40: LAKEFLOW_SYNTAX', 'did you mean STORED?'],
    ['STREAM(s) KYES (id) SEQUENCE BY n', '2:16: LAKEFLOW_SYNTAX', 'did you mean KEYS?'],
    ['STREAM(s) KEYS (id) SEQUENCE BY', 'LAKEFLOW_SYNTAX', 'the expression of SEQUENCE BY'],
    ['STREAM(s) KEYS (id) SEQUENCE BY n STORED AS SCD TYPE 3', '2:59: LAKEFLOW_SYNTAX', 'expected 1 or 2'],
    ['STREAM(s) KEYS (id) SEQUENCE BY n STORED AS SCD TYPE 1 TRACK HISTORY ON (a)', 'LAKEFLOW_SYNTAX', 'SCD TYPE 2'],
    ['STREAM(s) KEYS (id) SEQUENCE BY n COLUMNS * EXCEPT (ID)', 'LAKEFLOW_SYNTAX', 'the key id is not among COLUMNS'],
    [
      'STREAM(s) KEYS (id) SEQUENCE BY n COLUMNS (id) STORED AS SCD TYPE 2 TRACK HISTORY ON (a)',
      'LAKEFLOW_SYNTAX',
      'the tracked column a',
    ],
    ['STREAM(s) KEYS (id) SEQUENCE BY n SYSTEM SEQUENCE BY m', '2:40: LAKEFLOW_UNSUPPORTED', 'SCD TYPE 2'],
    ['STREAM(s) KEYS (id) SEQUENCE BY n STORED AS BITEMPORAL', '2:50: LAKEFLOW_UNSUPPORTED', 'SCD TYPE 2'],
    ['STREAM(s) KEYS (id) SEQUENCE BY n COLUMNS TO UPDATE c', '2:40: LAKEFLOW_UNSUPPORTED', 'IGNORE NULL UPDATES'],
    ['STREAM(s) KEYS (id) IGNORE NULL UPDATES ON (a) SEQUENCE BY n COLUMNS (id)', 'LAKEFLOW_SYNTAX', 'a is not among COLUMNS'],
    ["STREAM(s) KEYS (id) APPLY AS TRUNCATE WHEN op = 't' SEQUENCE BY n STORED AS SCD TYPE 2", 'LAKEFLOW_SYNTAX', 'SCD TYPE 1'],
    ['STREAM(s) KEYS (id) APPLY AS DELETE WHEN id IN (SELECT 1) SEQUENCE BY n', 'LAKEFLOW_UNSUPPORTED', 'subquery'],
  ])('AUTO CDC FROM %s', (clauses, place, hint) => {
    const shown = cdc(clauses);
    expect(shown).toContain(place);
    expect(shown).toContain(hint);
  });

  test.each([
    ['CREATE FLOW f AS INSERT INTO t SELECT * FROM STREAM(s)', '1:32: LAKEFLOW_SYNTAX', 'expected BY'],
    [
      'CREATE FLOW f AS INSERT INTO t BY NAME REPLACE USING (a) SEQUENCE BY b SELECT 1',
      '1:40: LAKEFLOW_UNSUPPORTED',
      'REPLACE USING',
    ],
    ['CREATE FLOW f AS SELECT 1', '1:18: LAKEFLOW_SYNTAX', 'expected AUTO CDC INTO or INSERT INTO'],
    ['CREATE STREAMING TABLE t FLOW AUTO CDC INTO u FROM STREAM(s)', '1:40: LAKEFLOW_SYNTAX', 'has no INTO'],
    ['CREATE STREAMING TABLE t FLOW REPLACE WHERE a BY NAME SELECT 1', '1:31: LAKEFLOW_UNSUPPORTED', 'REPLACE WHERE'],
    ['AUTO CDC INTO t FROM STREAM(s) KEYS (id) SEQUENCE BY n', '1:1: LAKEFLOW_UNSUPPORTED', 'CREATE FLOW name AS AUTO CDC INTO'],
  ])('%s', (text, place, hint) => {
    const shown = refusal(text);
    expect(shown).toContain(place);
    expect(shown).toContain(hint);
  });
});
