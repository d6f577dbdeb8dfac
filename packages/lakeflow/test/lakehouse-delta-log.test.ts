import { appendFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { commitInfo, deltaColumns, deltaFingerprint, deltaVersion, filesAddedSince, findCommit } from '../src/lakehouse';
import { withSail } from './support/sail';

let folder: string;

beforeEach(() => {
  folder = join(mkdtempSync(join(tmpdir(), 'lakewright-log-')), 'table');
});
afterEach(() => rmSync(join(folder, '..'), { recursive: true }));

/** A commit as Delta's protocol writes it. */
function commit(version: number, ...actions: object[]): void {
  mkdirSync(join(folder, '_delta_log'), { recursive: true });
  const lines = actions.map((action) => JSON.stringify(action)).join('\n');
  writeFileSync(join(folder, '_delta_log', `${String(version).padStart(20, '0')}.json`), `${lines}\n`);
}
const add = (path: string, rows?: number, dataChange = true) => ({
  add: {
    path,
    size: 10,
    dataChange,
    partitionValues: {},
    ...(rows === undefined ? {} : { stats: JSON.stringify({ numRecords: rows }) }),
  },
});
const info = (userMetadata?: string) => ({ commitInfo: { operation: 'WRITE', userMetadata } });
const metaData = (...names: string[]) => ({
  metaData: {
    id: 'x',
    schemaString: JSON.stringify({ type: 'struct', fields: names.map((name) => ({ name, type: 'long', nullable: true })) }),
  },
});

describe('a folder without a table', () => {
  test('has no version and no files', () => {
    expect(deltaVersion(folder)).toBeUndefined();
    expect(deltaFingerprint(folder)).toBeUndefined();
    expect(filesAddedSince(folder, -1)).toEqual([]);
    expect(findCommit(folder, 'm')).toBeUndefined();
  });
});

describe('a log', () => {
  test('tells the newest version, whatever else lies beside the commits', () => {
    commit(0, info());
    commit(9, info());
    commit(10, info());
    writeFileSync(join(folder, '_delta_log', '00000000000000000010.checkpoint.parquet'), '');
    writeFileSync(join(folder, '_delta_log', '_last_checkpoint'), '{"version":10}');
    writeFileSync(join(folder, '_delta_log', '00000000000000000011.json.tmp'), '');
    writeFileSync(join(folder, '_delta_log', '00000000000000000012.crc'), '');
    expect(deltaVersion(folder)).toBe(10);
  });

  test('tells the files with new rows since a version', () => {
    commit(0, info(), metaData('a'), add('p=1/a%20b.parquet', 3), add('b.parquet'));
    commit(1, info(), add('compacted.parquet', 3, false), { remove: { path: 'b.parquet', dataChange: false } });
    commit(2, info(), add('c.parquet', 5));
    expect(filesAddedSince(folder, -1).map((file) => file.path)).toEqual([
      join(folder, 'p=1/a b.parquet'),
      join(folder, 'b.parquet'),
      join(folder, 'c.parquet'),
    ]);
    expect(filesAddedSince(folder, 0)).toEqual([{ version: 2, path: join(folder, 'c.parquet'), size: 10, rows: 5 }]);
    expect(filesAddedSince(folder, 2)).toEqual([]);
  });

  test.each([
    ['at the beginning', [2, 3], 0, 1],
    ['in the middle', [0, 1, 3], 0, 2],
  ])('with a gap %s is an error that names the commit, never fewer rows', (_, versions, since, missing) => {
    for (const version of versions) commit(version, info());
    expect(() => filesAddedSince(folder, since)).toThrow(
      expect.objectContaining({ code: 'LAKEHOUSE_LOG_GAP', message: expect.stringContaining(`commit ${missing} of`) }),
    );
  });

  test('whose old commits were cleaned up still answers for the newer ones', () => {
    commit(20, info('m-20'), add('x.parquet'));
    commit(21, info('m-21'), add('y.parquet'));
    expect(filesAddedSince(folder, 19)).toHaveLength(2);
    expect(findCommit(folder, 'm-21')?.version).toBe(21);
    expect(() => deltaColumns(folder)).toThrow(expect.objectContaining({ code: 'LAKEHOUSE_LOG_GAP' }));
  });

  test('finds a commit by its metadata, the newest first', () => {
    commit(0, info('same'));
    commit(1, info('same'));
    commit(2, info());
    expect(findCommit(folder, 'same')).toEqual({ version: 1, operation: 'WRITE', userMetadata: 'same' });
    expect(commitInfo(folder, 2)).toEqual({ version: 2, operation: 'WRITE', userMetadata: undefined });
    expect(() => commitInfo(folder, 3)).toThrow(expect.objectContaining({ code: 'LAKEHOUSE_LOG_GAP' }));
  });

  test('gives the columns of the newest schema', () => {
    commit(0, info(), metaData('a'));
    commit(1, info(), metaData('a', 'b'));
    commit(2, info());
    expect(deltaColumns(folder).map((column) => column.name)).toEqual(['a', 'b']);
  });

  test('that was damaged says where', () => {
    commit(0, info('m'));
    appendFileSync(join(folder, '_delta_log', '00000000000000000000.json'), '{"add":');
    expect(() => findCommit(folder, 'm')).toThrow(
      expect.objectContaining({ code: 'LAKEHOUSE_LOG', message: expect.stringContaining('commit 0 of') }),
    );
  });
});

describe('a table that Sail wrote', () => {
  const sail = withSail();

  test('is told by its log, past Sail’s checkpoints', async () => {
    const table = join(sail.lake, 'long');
    for (let batch = 0; batch < 12; batch += 1)
      await sail.engine.appendDelta(`SELECT id FROM range(${batch + 1})`, table, `b-${batch}`);
    expect(deltaVersion(table)).toBe(11);
    expect(filesAddedSince(table, 9).reduce((rows, file) => rows + (file.rows ?? 0), 0)).toBe(11 + 12);
    expect(findCommit(table, 'b-3')?.version).toBe(3);
    expect(deltaColumns(table)).toEqual([{ name: 'id', type: 'bigint' }]);
    const paths = filesAddedSince(table, 10).map((file) => file.path);
    await sail.engine.createFileView('new_rows', { format: 'parquet', paths });
    expect((await sail.engine.sql('SELECT count(*) AS n FROM new_rows')).rows).toEqual([{ n: 12n }]);
  });
});
