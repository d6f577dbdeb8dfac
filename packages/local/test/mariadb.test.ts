import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findMariaDb } from '../src/services/database/mariadb/binaries';

describe('finding a MariaDB', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'lakewright-mariadb-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  /** A server that only tells its version, as a package would lay it out. */
  function server(place: string, version: string, name = 'mariadbd'): string {
    const bin = join(folder, place, 'bin');
    const share = join(folder, place, 'share/mysql');
    for (const each of [bin, share]) mkdirSync(each, { recursive: true });
    writeFileSync(join(bin, name), `#!/bin/sh\necho "mariadbd  Ver ${version} for debian-linux-gnu on x86_64"\n`, {
      mode: 0o755,
    });
    writeFileSync(join(share, 'mysql_system_tables.sql'), '');
    return bin;
  }

  test('the first that is new enough, and never a MySQL', () => {
    const folders = [
      server('mysql', '8.4.2', 'mysqld'),
      server('old', '10.5.9-MariaDB'),
      server('new', '10.11.4-MariaDB-0+deb12u1', 'mysqld'),
      server('newer', '11.4.5-MariaDB'),
    ];
    expect(findMariaDb(folder, { folders })).toEqual({
      server: join(folder, 'new/bin/mysqld'),
      version: '10.11.4',
      share: join(folder, 'new/share/mysql'),
    });
  });

  test('for data that there is: one of its series, else a newer one, never an older one', () => {
    const folders = [server('a', '10.6.1-MariaDB'), server('b', '11.4.2-MariaDB'), server('c', '10.11.4-MariaDB')];
    const version = (dataVersion: string) => findMariaDb(folder, { folders, dataVersion }).version;
    expect(version('10.11.9')).toBe('10.11.4');
    expect(version('10.8.1')).toBe('11.4.2');
    expect(version('11.4.8')).toBe('11.4.2');
  });

  test('none, and none to be had: exit 3 and where to get one', () => {
    // A checkout without the tool that downloads it.
    expect(() => findMariaDb(folder, { folders: [folder] })).toThrow(
      expect.objectContaining({ code: 'LOCAL_NO_MARIADB', exitCode: 3, hint: expect.stringContaining('apt-get install') }),
    );
  });
});
