import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TestDatabase } from './mariadb';

/** A database for the tests of a file, and the folder that it and they work in; both end with them. */
export function useDatabase(
  options: readonly string[],
  started: (suite: { readonly folder: string; readonly database: TestDatabase }) => void,
): void {
  const folder = mkdtempSync(join(tmpdir(), 'lakewright-dms-'));
  let database: TestDatabase | undefined;
  beforeAll(async () => {
    database = await TestDatabase.start(join(folder, 'database'), options);
    started({ folder, database });
  });
  afterAll(async () => {
    await database?.stop();
    rmSync(folder, { recursive: true });
  });
}
