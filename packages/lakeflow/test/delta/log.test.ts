import { appendFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  dataFile,
  filesRemovedBy,
  hasTransaction,
  latestVersion,
  readCommit,
  readSnapshot,
  tableColumns,
  tableFingerprint,
  tableId,
} from '../../src/delta/log';
import { withSail } from '../support/sail';

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
const add = (path: string) => ({ add: { path, size: 10, dataChange: true, partitionValues: {}, modificationTime: 1 } });
const remove = (path: string) => ({ remove: { path, dataChange: true } });
const protocol = { protocol: { minReaderVersion: 1, minWriterVersion: 2 } };
const txn = (appId: string, version: number) => ({ txn: { appId, version } });
const metaData = (id: string, ...names: string[]) => ({
  metaData: {
    id,
    partitionColumns: [],
    schemaString: JSON.stringify({ type: 'struct', fields: names.map((name) => ({ name, type: 'long', nullable: true })) }),
  },
});
const error = (code: string, text: string) => expect.objectContaining({ code, message: expect.stringContaining(text) });

describe('a folder without a table', () => {
  test('has no version', () => {
    expect(latestVersion(folder)).toBe(-1);
    expect(tableFingerprint(folder)).toBeUndefined();
    expect(filesRemovedBy(folder, -1)).toEqual([]);
    expect(() => tableColumns(folder)).toThrow(error('DELTA_LOG_DAMAGED', 'no commit declares its columns'));
  });
});

describe('a log', () => {
  test('tells the newest version, whatever else lies beside the commits', () => {
    commit(0);
    commit(9);
    commit(10);
    writeFileSync(join(folder, '_delta_log', '00000000000000000010.checkpoint.parquet'), '');
    writeFileSync(join(folder, '_delta_log', '_last_checkpoint'), '{"version":10}');
    writeFileSync(join(folder, '_delta_log', '00000000000000000011.json.tmp'), '');
    writeFileSync(join(folder, '_delta_log', '00000000000000000012.crc'), '');
    expect(latestVersion(folder)).toBe(10);
  });

  test('replays to the files of a version', () => {
    commit(0, protocol, metaData('t', 'a'), add('p=1/a%20b.parquet'), add('b.parquet'));
    commit(1, remove('p=1/a%20b.parquet'), add('c.parquet'));
    expect([...readSnapshot(folder, 0).files.keys()]).toEqual(['p=1/a%20b.parquet', 'b.parquet']);
    const { version, files } = readSnapshot(folder);
    expect([version, ...files.keys()]).toEqual([1, 'b.parquet', 'c.parquet']);
    expect(filesRemovedBy(folder, 1)).toEqual([join(folder, 'p=1/a b.parquet')]);
    expect(dataFile(folder, { path: 'p=1/a%20b.parquet' })).toBe(join(folder, 'p=1/a b.parquet'));
  });

  test.each([
    ['at the beginning', [1, 2], 0],
    ['in the middle', [0, 2], 1],
  ])('with a gap %s is an error that names the commit, never fewer rows', (_, versions, missing) => {
    for (const version of versions) commit(version, protocol, metaData('t', 'a'));
    expect(() => readSnapshot(folder)).toThrow(error('DELTA_LOG_GAP', `commit ${missing} of`));
    expect(() => readCommit(folder, missing)).toThrow(error('DELTA_LOG_GAP', `commit ${missing} of`));
  });

  test('tells whether a transaction is in, looking only at commits after a version', () => {
    commit(0, txn('a', 3));
    commit(1, txn('b', 1));
    expect(hasTransaction(folder, 'a', 3, -1)).toBe(true);
    expect(hasTransaction(folder, 'a', 4, -1)).toBe(false);
    expect(hasTransaction(folder, 'a', 3, 0)).toBe(false);
    expect(hasTransaction(folder, 'b', 1, 0)).toBe(true);
  });

  test('gives the columns of the newest schema and the id of the first', () => {
    commit(0, protocol, metaData('first', 'a'));
    commit(1, metaData('second', 'a', 'b'));
    commit(2);
    expect(tableColumns(folder).map((column) => column.name)).toEqual(['a', 'b']);
    expect(tableId(folder)).toBe('first');
  });

  test('that was damaged says where', () => {
    commit(0, protocol);
    appendFileSync(join(folder, '_delta_log', '00000000000000000000.json'), '{"add":');
    expect(() => readCommit(folder, 0)).toThrow(error('DELTA_LOG_DAMAGED', 'commit 0 is no JSON'));
  });
});

describe('a table that Sail wrote', () => {
  const sail = withSail();

  test('is told by its log, past Sail’s checkpoints', async () => {
    const table = join(sail.lake, 'long');
    for (let batch = 0; batch < 12; batch += 1)
      await sail.engine.appendDelta(`SELECT id FROM range(${batch + 1})`, table, `b-${batch}`);
    expect(latestVersion(table)).toBe(11);
    expect(tableColumns(table)).toEqual([{ name: 'id', type: 'bigint' }]);
    const { files } = readSnapshot(table);
    const paths = [...files.values()].map((file) => dataFile(table, file));
    await sail.engine.createFileView('rows_of_log', { format: 'parquet', paths });
    expect((await sail.engine.sql('SELECT count(*) AS n FROM rows_of_log')).rows).toEqual([{ n: 78n }]);
  });
});
