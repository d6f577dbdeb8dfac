import { mkdirSync, readdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { putFiles } from '../support/files';
import { TestLake } from '../support/lake';
import { withSail } from '../support/sail';

describe('STREAM read_files of CSV, Parquet and text', () => {
  const sail = withSail();
  let count = 0;
  const setUp = (options: string, select = '*') => {
    count += 1;
    const folder = join(sail.folder, `formats-${count}`);
    const files = join(folder, 'in');
    mkdirSync(files, { recursive: true });
    const sql = `CREATE OR REFRESH STREAMING TABLE t AS SELECT ${select} FROM STREAM read_files('\${files}', ${options});`;
    return { files, lake: new TestLake(sail.engine, join(folder, 'lake'), sql, { files }) };
  };
  const typesOf = async (lake: TestLake) =>
    (await sail.engine.describe(`SELECT * FROM ${lake.relation('t')}`)).map(({ name, type }) => `${name} ${type}`);

  /** Writes a Parquet file by the engine. */
  const putParquet = async (folder: string, name: string, query: string) => {
    const made = join(sail.folder, `parquet-${name}`);
    await sail.engine.appendDelta(query, made, 'test');
    const [file] = readdirSync(made).filter((each) => each.endsWith('.parquet'));
    mkdirSync(folder, { recursive: true });
    renameSync(join(made, file!), join(folder, name));
  };

  describe('CSV', () => {
    test('reads by header or by position, quotes, nulls and empty texts', async () => {
      const { files, lake } = setUp(
        "format => 'csv', header => true, schema => 'id INT, name STRING, price DECIMAL(8,2)', rescuedDataColumn => 'rest'",
      );
      putFiles(files, {
        'a.csv': 'id,name,price\r\n1,"a, ""b""",1.50\r\n\r\n2,,\r\n3,"",x\r\n',
        'b.csv': '\uFEFFprice,id,colour\n2.25,4,red\n9,5,blue,more\n',
        'empty.csv': '',
        'header-only.csv': 'id,name,price\n',
      });
      await lake.update();
      const rest = (file: string, text: string) => JSON.stringify(`{${text},"_file_path":"file://${files}/${file}"}`);
      expect(await lake.rows('t')).toEqual([
        '{"id":1,"name":"a, \\"b\\"","price":"1.50","rest":null}',
        '{"id":2,"name":null,"price":null,"rest":null}',
        `{"id":3,"name":"","price":null,"rest":${rest('a.csv', '"price":"x"')}}`,
        `{"id":4,"name":null,"price":"2.25","rest":${rest('b.csv', '"colour":"red"')}}`,
        `{"id":5,"name":null,"price":"9.00","rest":${rest('b.csv', '"colour":"blue","_c3":"more"')}}`,
      ]);
    });

    test('keeps the text of a record whose quote does not end, and takes line breaks in quotes when asked', async () => {
      const single = setUp(
        "format => 'csv', sep => ';', schema => 'id INT, name STRING', rescuedDataColumn => 'rest'",
        "id, name, rest LIKE '%_corrupt_record%' AS bad",
      );
      const lines = '1;"a\nb"\n2;c\n';
      putFiles(single.files, { 'a.csv': lines });
      await single.lake.update();
      expect(await single.lake.rows('t')).toEqual(
        ['{"bad":null,"id":2,"name":"c"}', '{"bad":false,"id":null,"name":null}', '{"bad":true,"id":null,"name":null}'].sort(),
      );
      const multi = setUp("format => 'csv', delimiter => ';', multiLine => true, schema => 'id INT, name STRING'");
      putFiles(multi.files, { 'a.csv': lines });
      await multi.lake.update();
      expect(await multi.lake.rows('t')).toEqual(['{"id":1,"name":"a\\nb"}', '{"id":2,"name":"c"}']);
    });

    test('infers types', async () => {
      const { files, lake } = setUp("format => 'csv', header => true, schemaHints => 'zip STRING'");
      putFiles(files, {
        'a.csv':
          'n,big,f,ok,day,at,zip,mixed\n1,3000000000,1.5,true,2024-02-29,2024-01-01T10:00:00Z,01234,1\n2,4,2,false,2024-03-01,2024-01-02 00:00:00,1,x\n',
      });
      await lake.update();
      expect(await typesOf(lake)).toEqual([
        'n int',
        'big bigint',
        'f double',
        'ok boolean',
        'day date',
        'at timestamp',
        'zip string',
        'mixed string',
        '_rescued_data string',
      ]);
      expect(await lake.rows('t', 'zip, at')).toEqual([
        '{"at":"2024-01-01T10:00:00.000Z","zip":"01234"}',
        '{"at":"2024-01-02T00:00:00.000Z","zip":"1"}',
      ]);
    });
  });

  describe('Parquet', () => {
    test('reads files with other columns and types; what has no place is rescued', async () => {
      const { files, lake } = setUp("format => 'parquet', schemaEvolutionMode => 'rescue'", '*, _metadata.file_name AS file');
      await putParquet(files, 'a.parquet', "SELECT 1L AS id, named_struct('x', array(1, 2)) AS s");
      await lake.update();
      await putParquet(files, 'b [1].parquet', "SELECT * FROM VALUES ('2', 'extra'), ('three', NULL) AS v(id, more)");
      putFiles(files, { 'c.parquet': '' });
      await lake.update();
      expect(await typesOf(lake)).toEqual(['id bigint', 's struct<x:array<int>>', '_rescued_data string', 'file string']);
      const path = `"_file_path":"file://${files}/b%20%5B1%5D.parquet"`;
      expect((await lake.rows('t')).map((row) => JSON.parse(row) as object)).toEqual(
        expect.arrayContaining([
          { id: 1, s: { x: [1, 2] }, _rescued_data: null, file: 'a.parquet' },
          { id: 2, s: null, _rescued_data: `{"more":"extra",${path}}`, file: 'b [1].parquet' },
          { id: null, s: null, _rescued_data: `{"id":"three",${path}}`, file: 'b [1].parquet' },
        ]),
      );
    });

    test('adds the columns of later files', async () => {
      const { files, lake } = setUp("format => 'parquet'");
      await putParquet(files, 'first.parquet', 'SELECT 1L AS id');
      await lake.update();
      await putParquet(files, 'second.parquet', "SELECT 2L AS id, DATE'2024-01-01' AS day");
      await lake.update();
      expect(await typesOf(lake)).toEqual(['id bigint', '_rescued_data string', 'day date']);
      expect(await lake.rows('t', 'id, day')).toEqual(['{"day":"2024-01-01","id":2}', '{"day":null,"id":1}']);
    });

    test('makes an empty table of a given schema', async () => {
      const { lake } = setUp("format => 'parquet', schema => 'id INT, at TIMESTAMP'", '*, _metadata.file_size AS size');
      await lake.update();
      expect(await lake.rows('t')).toEqual([]);
      expect(await typesOf(lake)).toEqual(['id int', 'at timestamp', 'size bigint']);
    });
  });

  describe('text', () => {
    test('gives a row a line, empty ones too', async () => {
      const { files, lake } = setUp("format => 'text'");
      putFiles(files, { 'a.txt': 'one\r\n\ntwo', 'b.txt': '' });
      await lake.update();
      expect(await lake.rows('t')).toEqual(['{"value":""}', '{"value":"one"}', '{"value":"two"}']);
    });

    test('gives a row a file with wholeText', async () => {
      const { files, lake } = setUp(
        "format => 'text', wholeText => true, fileNamePattern => '*.md'",
        'value, _metadata.file_name AS name',
      );
      putFiles(files, { 'a.md': '# one\ntwo\n', 'b.txt': 'x' });
      await lake.update();
      expect(await lake.rows('t')).toEqual(['{"name":"a.md","value":"# one\\ntwo\\n"}']);
    });
  });

  test('reads all files anew in a materialized view, when they changed', async () => {
    const { files, lake } = setUp('', '');
    lake.sql =
      "CREATE OR REFRESH MATERIALIZED VIEW t AS SELECT count(*) AS n, max(_metadata.file_name) AS last FROM read_files('${files}', format => 'json', schema => 'id INT');";
    putFiles(files, { 'a.json': [{ id: 1 }] });
    await lake.update();
    const before = sail.engine.statements;
    await lake.update();
    expect(sail.engine.statements).toBe(before);
    putFiles(files, { 'b.json': [{ id: 2 }, { id: 3 }] });
    await lake.update();
    expect(await lake.rows('t')).toEqual(['{"last":"b.json","n":3}']);
  });

  test.each([
    ["format => 'orc'", 'orc'],
    ["schema => 'id INT'", 'which format'],
    ["format => 'csv', header => true, delimiter => '||'", 'one character'],
    ["format => 'text', schema => 'id INT'", 'schema'],
  ])('refuses %s', async (options, named) => {
    const { lake } = setUp(options);
    await expect(lake.update()).rejects.toMatchObject({ code: 'LAKEFLOW_READ_OPTION', message: expect.stringContaining(named) });
  });
});
