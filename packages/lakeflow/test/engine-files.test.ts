import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { deltaAddress } from '../src/engine';
import { withSail } from './support/sail';

const sail = withSail();

/** Names that engines decode, glob, hide or lose when they are given raw. */
const ODD_NAMES = [
  'two words.json',
  'bräu 日本 😀.json',
  'b[1].json',
  '100%.json',
  'p%20q.json',
  'what?.json',
  'st*r.json',
  'br{1,2}.json',
  'h#sh.json',
  "q'uote.json",
  'd"quote.json',
  'back\\slash.json',
  'a,b;c.json',
  'ti~de.json',
];

function write(folder: string, name: string, text: string): string {
  mkdirSync(join(sail.folder, folder), { recursive: true });
  const path = join(sail.folder, folder, name);
  writeFileSync(path, text);
  return path;
}

describe('a view over files', () => {
  test.each(ODD_NAMES)('reads %s', async (name) => {
    const path = write('odd names [x]', name, '{"k":1}\n');
    await sail.engine.createFileView('odd', { format: 'text', paths: [path] });
    expect((await sail.engine.sql('SELECT value FROM odd')).rows).toEqual([{ value: '{"k":1}' }]);
  });

  test('reads all of many paths, files and folders', async () => {
    const files = ['1', '2', '3'].map((n) => write('listed', `${n}.json`, `{"n":${n}}\n`));
    write('whole folder', '4.json', '{"n":4}\n');
    await sail.engine.createFileView('listed', { format: 'json', paths: [...files, join(sail.folder, 'whole folder')] });
    expect((await sail.engine.sql('SELECT sum(n) AS s FROM listed')).rows).toEqual([{ s: 10n }]);
  });

  test('takes a schema and gives null for what a file lacks', async () => {
    const path = write('lacking', 'a.json', '{"a":1}\n');
    await sail.engine.createFileView('lacking', { format: 'json', paths: [path], schema: 'a BIGINT, b ARRAY<STRING>' });
    expect((await sail.engine.sql('SELECT * FROM lacking')).rows).toEqual([{ a: 1n, b: null }]);
  });

  test('takes options', async () => {
    const path = write('csv', 'a.csv', 'x;y\n1;2\n');
    const options = { header: 'true', sep: ';' };
    await sail.engine.createFileView('csv', { format: 'csv', paths: [path], options, schema: 'x INT, y STRING' });
    expect((await sail.engine.sql('SELECT * FROM csv')).rows).toEqual([{ x: 1, y: '2' }]);
  });

  test('refuses a path that is not there, rather than give no rows', async () => {
    const paths = [write('there', 'a.json', '{}'), join(sail.folder, 'nosuch.json')];
    await expect(sail.engine.createFileView('v', { format: 'json', paths })).rejects.toMatchObject({
      code: 'ENGINE_MISSING_FILE',
      message: expect.stringContaining('nosuch.json'),
    });
  });

  test('refuses relative paths and no path at all', async () => {
    await expect(sail.engine.createFileView('v', { format: 'json', paths: ['a.json'] })).rejects.toMatchObject({
      code: 'ENGINE_MISSING_FILE',
      message: expect.stringContaining('is not absolute'),
    });
    await expect(sail.engine.createFileView('v', { format: 'json', paths: [] })).rejects.toMatchObject({
      code: 'ENGINE_MISSING_FILE',
    });
  });

  test.each(['_hidden.json', '.hidden.json'])('refuses %s, which engines skip without a word', async (name) => {
    const path = write('hidden', name, '{"k":1}\n');
    await expect(sail.engine.createFileView('v', { format: 'json', paths: [path] })).rejects.toMatchObject({
      code: 'ENGINE_HIDDEN_FILE',
      hint: expect.stringContaining('rename'),
    });
  });

  test('shows files of a Delta table, hidden folders included', async () => {
    const folder = join(sail.lake, '.pipelines', '_backing');
    await sail.engine.appendDelta('SELECT 1 AS a', folder, 'm');
    await sail.engine.createFileView('hidden_delta', { format: 'delta', paths: [folder] });
    expect((await sail.engine.sql('SELECT * FROM hidden_delta')).rows).toEqual([{ a: 1 }]);
  });
});

describe('a Delta folder below a path that Sail would take for another', () => {
  test.each(['My Projects', 'größe', 'lake [1]', '50%', 'a#b'])('%s', async (name) => {
    const folder = join(sail.folder, name, 'lake', 'orders');
    const address = deltaAddress(folder);
    await sail.engine.appendDelta('SELECT 1 AS a', folder, 'm');
    await sail.engine.execute(`CREATE OR REPLACE TEMPORARY VIEW here AS SELECT * FROM delta.\`${address}\``);
    await sail.engine.execute(`MERGE INTO delta.\`${address}\` t USING here s ON t.a = s.a WHEN MATCHED THEN UPDATE SET a = 2`);
    await sail.engine.createFileView('odd_delta', { format: 'delta', paths: [folder] });
    expect((await sail.engine.sql('SELECT * FROM odd_delta')).rows).toEqual([{ a: 2 }]);
    expect(readdirSync(join(sail.folder, name, 'lake'))).toEqual(['orders']);
    expect(readdirSync(folder)).toContain('_delta_log');
  });

  test('a plain path, and one on S3, is its own address', () => {
    expect(deltaAddress('/srv/lake-1/a_b/c.d')).toBe('/srv/lake-1/a_b/c.d');
    expect(deltaAddress('s3://bucket/any thing')).toBe('s3://bucket/any thing');
  });

  test('a relative path is refused', () => {
    expect(() => deltaAddress('lake/orders')).toThrow(expect.objectContaining({ code: 'ENGINE_PATH' }));
  });
});
