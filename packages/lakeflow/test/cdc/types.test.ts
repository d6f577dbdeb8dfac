import { join } from 'node:path';
import { UpdateError } from '../../src';
import { TestLake } from '../support/lake';
import { plainRows } from '../support/plain-rows';
import { withSail } from '../support/sail';

type Row = Readonly<Record<string, unknown>>;
interface Case {
  readonly name: string;
  readonly columns: string;
  /** What follows FROM STREAM(...). */
  readonly clauses: string;
  readonly batches: readonly (readonly Row[])[];
  readonly expected: readonly Row[];
}

/** Three events of one key: the first, a late one before it, and the last. */
const inThree = (sequences: readonly [unknown, unknown, unknown], rest: Row = {}): readonly (readonly Row[])[] => [
  [{ id: 1, name: 'b', seq: sequences[1], ...rest }],
  [{ id: 1, name: 'a', seq: sequences[0], ...rest }],
  [{ id: 1, name: 'c', seq: sequences[2], ...rest }],
];
const SCD2 = 'KEYS (id) SEQUENCE BY seq COLUMNS * EXCEPT (seq) STORED AS SCD TYPE 2';
const versions = (sequences: readonly unknown[]): readonly Row[] =>
  ['a', 'b', 'c'].map((name, n) => ({ id: 1, name, __START_AT: sequences[n], __END_AT: sequences[n + 1] ?? null }));

/** A sequence of a type: three values in their order, and as rows show them where that differs. */
function sequence(type: string, values: readonly [unknown, unknown, unknown], shown: readonly unknown[] = values): Case {
  return {
    name: `a sequence of ${type}`,
    columns: `id INT, name STRING, seq ${type}`,
    clauses: SCD2,
    batches: inThree(values),
    expected: versions(shown),
  };
}

/** A key of a type: two of them, the second deleted. */
function key(type: string, one: unknown, other: unknown): Case {
  const event = (id: unknown, n: number, seq: number, op: string | null = null) => ({ id, n, seq, op });
  return {
    name: `a key of ${type}`,
    columns: `id ${type}, n INT, seq INT, op STRING`,
    clauses: "KEYS (id) APPLY AS DELETE WHEN op = 'd' SEQUENCE BY seq COLUMNS * EXCEPT (seq, op) STORED AS SCD TYPE 1",
    batches: [[event(one, 1, 1), event(other, 2, 1)], [event(one, 3, 2), event(other, 4, 3, 'd')], [event(other, 5, 2)]],
    expected: [{ id: one, n: 3 }],
  };
}

/** A tracked column of a type: twice the same, then another, then null. */
function tracked(type: string, one: unknown, other: unknown): Case {
  const event = (v: unknown, seq: number) => ({ id: 1, v, seq });
  const version = (v: unknown, from: number, to: number | null) => ({ id: 1, v, __START_AT: from, __END_AT: to });
  return {
    name: `a tracked column of ${type}`,
    columns: `id INT, v ${type}, seq INT`,
    clauses: SCD2,
    batches: [
      [event(one, 1), event(null, 9)],
      [event(other, 5), event(one, 3)],
    ],
    expected: [version(one, 1, 5), version(other, 5, 9), version(null, 9, null)],
  };
}

/** An ignored null of a type: kept over a null, replaced by a value. */
function kept(type: string, one: unknown, other: unknown): Case {
  const event = (v: unknown, seq: number, id: number) => ({ id, v, seq });
  return {
    name: `an ignored null of ${type}`,
    columns: `id INT, v ${type}, seq INT`,
    clauses: 'KEYS (id) IGNORE NULL UPDATES SEQUENCE BY seq COLUMNS * EXCEPT (seq) STORED AS SCD TYPE 1',
    batches: [
      [event(one, 1, 1), event(one, 1, 2)],
      [event(null, 2, 1), event(other, 2, 2)],
      [event(null, 3, 2), event(null, 1, 3)],
    ],
    expected: [
      { id: 1, v: one },
      { id: 2, v: other },
      { id: 3, v: null },
    ],
  };
}

const bytes = (...values: number[]) => Uint8Array.from(values);
const VALUES: readonly (readonly [string, unknown, unknown])[] = [
  ['DECIMAL(20,4)', '1.5000', '-12345678901234.0001'],
  ['BINARY', bytes(0, 255), bytes(0)],
  ['DATE', '2026-01-01', '1969-12-31'],
  ['BOOLEAN', true, false],
  ['STRUCT<a: INT, b: ARRAY<STRUCT<c: STRING>>>', { a: 1, b: [{ c: 'x' }, null] }, { a: 1, b: [{ c: null }, null] }],
  ['ARRAY<ARRAY<INT>>', [[1], [], null], [[1], [], [null]]],
  ['MAP<STRING, ARRAY<INT>>', { k: [1, null] }, { k: [1] }],
];

const TYPES: readonly Case[] = [
  sequence('STRING', ['10', '9', 'a']),
  sequence('DATE', ['1969-12-31', '2026-01-01', '2026-01-02']),
  sequence('DECIMAL(20,4)', ['-0.0001', '9.0000', '10.0000']),
  sequence('DOUBLE', [-1.5, 10, Number.NaN]),
  sequence('BINARY', [bytes(0), bytes(0, 1), bytes(255)]),
  sequence('TIMESTAMP_NTZ', ['2026-01-01T00:00:00.000001', '2026-01-01T00:00:00.000002', '2026-01-01T00:00:01.000']),
  sequence('STRUCT<at: DATE, part: STRUCT<n: INT, s: STRING>>', [
    { at: null, part: null },
    { at: '2026-01-01', part: { n: null, s: 'z' } },
    { at: '2026-01-01', part: { n: 1, s: 'a' } },
  ]),
  sequence('ARRAY<INT>', [[1], [1, 2], [2]]),
  ...VALUES.filter(([type]) => !type.startsWith('MAP')).map(([type, one, other]) => key(type, one, other)),
  ...VALUES.filter(([type]) => !type.startsWith('MAP')).map(([type, one, other]) => tracked(type, one, other)),
  ...VALUES.filter(([type]) => /^(?:DECIMAL|BINARY|STRUCT|MAP)/.test(type)).map(([type, one, other]) => kept(type, one, other)),
];

/** Names of columns that SQL would read otherwise when they are not quoted. */
const ODD =
  '`order` INT, `from` STRING, `a b` STRING, `c.d` INT, `e``f` STRUCT<`g h`: INT, `i.j`: STRING>, `Ünï` INT, `select` INT';
const odd = (seq: number, id: number, from: string | null, nested: unknown, gone: number | null = null) => ({
  order: id,
  from,
  'a b': 'x',
  'c.d': 1,
  'e`f': nested,
  Ünï: seq,
  select: gone,
});

const NAMES: readonly Case[] = [1, 2].map((type) => ({
  name: `odd names of columns, SCD ${type}`,
  columns: ODD,
  clauses:
    'KEYS (`ORDER`, `c.D`) IGNORE NULL UPDATES ON (`FROM`, `E``f`) APPLY AS DELETE WHEN `select` = 1 SEQUENCE BY `Ünï` ' +
    `COLUMNS * EXCEPT (\`ünï\`, \`Select\`) STORED AS SCD TYPE ${type}${type === 2 ? ' TRACK HISTORY ON (`FROM`)' : ''}`,
  batches: [
    [odd(1, 1, 'a', { 'g h': 1, 'i.j': null }), odd(1, 2, 'a', null)],
    [odd(3, 1, null, { 'g h': null, 'i.j': 'z' }), odd(3, 2, 'b', null, 1)],
  ],
  expected: [
    {
      order: 1,
      from: 'a',
      'a b': 'x',
      'c.d': 1,
      'e`f': { 'g h': 1, 'i.j': 'z' },
      ...(type === 2 ? { __START_AT: 1, __END_AT: null } : {}),
    },
    ...(type === 2 ? [{ order: 2, from: 'a', 'a b': 'x', 'c.d': 1, 'e`f': null, __START_AT: 1, __END_AT: 3 }] : []),
  ],
}));

const SEQUENCES: readonly Case[] = [
  {
    name: 'a sequence of two columns',
    columns: 'id INT, name STRING, day STRING, n INT',
    clauses: 'KEYS (id) SEQUENCE BY (day, n) COLUMNS (name, id) STORED AS SCD TYPE 2',
    batches: [[{ id: 1, name: 'b', day: 'x', n: 1 }], [{ id: 1, name: 'a', day: 'x', n: null }]],
    expected: [
      { id: 1, name: 'a', __START_AT: { day: 'x', n: null }, __END_AT: { day: 'x', n: 1 } },
      { id: 1, name: 'b', __START_AT: { day: 'x', n: 1 }, __END_AT: null },
    ],
  },
  {
    name: 'a sequence that is computed, truncates of a struct, without keys',
    columns: 'id INT, name STRING, day STRING, n INT',
    clauses:
      "KEYS (id) APPLY AS DELETE WHEN name = 'd' APPLY AS TRUNCATE WHEN name = 't' SEQUENCE BY struct(CAST(day AS DATE), n)",
    batches: [
      [
        { id: 1, name: 'a', day: '2026-01-01', n: 1 },
        { id: 2, name: 'b', day: '2026-01-02', n: 2 },
      ],
      [
        { id: null, name: 't', day: '2026-01-02', n: 1 },
        { id: 3, name: 't', day: '2026-01-01', n: null },
      ],
      [
        { id: 4, name: 'late', day: '2026-01-02', n: null },
        { id: 5, name: 'same', day: '2026-01-02', n: 1 },
      ],
    ],
    expected: [
      { id: 2, name: 'b', day: '2026-01-02', n: 2 },
      { id: 5, name: 'same', day: '2026-01-02', n: 1 },
    ],
  },
];

const CASES = [...TYPES, ...NAMES, ...SEQUENCES];

describe('AUTO CDC of every type', () => {
  const sail = withSail();
  let lake: TestLake;
  const failures = new Map<string, string>();

  beforeAll(async () => {
    const sql = CASES.map(
      ({ clauses }, n) => `CREATE STREAMING TABLE t${n}; CREATE FLOW f${n} AS AUTO CDC INTO t${n} FROM STREAM(s${n}) ${clauses};`,
    );
    lake = new TestLake(sail.engine, join(sail.folder, 'types'), sql.join('\n'));
    for (let batch = 0; batch < 3; batch += 1) {
      for (const [n, { columns, batches }] of CASES.entries()) await lake.append(`s${n}`, columns, batches[batch] ?? []);
      const { datasets } = await lake.update().catch((error: unknown) => {
        if (error instanceof UpdateError) return error.result;
        throw error;
      });
      for (const each of datasets) if (each.status === 'failed') failures.set(each.dataset, each.message);
    }
  }, 120_000);

  test.each(CASES.map((each, number) => ({ ...each, number })))('$name', async ({ number, expected }) => {
    expect(failures.get(`s.t${number}`)).toBeUndefined();
    expect(await lake.rows(`t${number}`)).toEqual(plainRows(expected));
  });
});
