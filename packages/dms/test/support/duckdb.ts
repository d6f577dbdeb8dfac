import { spawnSync } from 'node:child_process';
import { childEnvironment, projectRoot, pythonExecutable } from '@lakewright/config';

const SCRIPT = `
import json, sys, duckdb
con = duckdb.connect()
con.execute("SET TimeZone='UTC'; SET enable_progress_bar=false")
for sql in json.load(sys.stdin):
    rows = con.execute(sql)
    names = [d[0] for d in rows.description]
    print(json.dumps([dict(zip(names, row)) for row in rows.fetchall()], default=str))
`;

/** Rows of DuckDB's SQL, a list for each statement: an independent reader of Parquet. */
export function duckdb(...statements: readonly string[]): Record<string, unknown>[][] {
  const { status, stdout, stderr } = spawnSync(pythonExecutable(projectRoot()), ['-c', SCRIPT], {
    input: JSON.stringify(statements),
    encoding: 'utf8',
    env: childEnvironment(),
    maxBuffer: 512 * 1024 * 1024,
  });
  if (status !== 0) throw new Error(stderr);
  return stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>[]);
}
