import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { projectRoot, pythonExecutable, taskEnvironment } from '@lakewright/config';

/** What `getResolvedOptions` gives for the arguments of a job; the text of its error where it raises one. */
function resolved(given: readonly string[], options: readonly string[]): unknown {
  const program = `
import json, sys
from awsglue.utils import GlueArgumentError, getResolvedOptions
try:
    print(json.dumps(getResolvedOptions(sys.argv, ${JSON.stringify(options)})))
except GlueArgumentError as error:
    print(json.dumps(f"GlueArgumentError: {error}"))
`;
  const env = taskEnvironment({ PYTHONPATH: join(projectRoot(), 'packages/glue/python'), PYTHONDONTWRITEBYTECODE: '1' });
  return JSON.parse(execFileSync(pythonExecutable(projectRoot()), ['-c', program, ...given], { env, encoding: 'utf8' }));
}

describe('getResolvedOptions (docs: "Accessing parameters using getResolvedOptions")', () => {
  test('gives the named arguments, as texts, and leaves the others alone', () => {
    const given = ['--JOB_NAME', 'load', '--count', '3', '--datalake-formats', 'hudi', '--conf', 'spark.a=1 --conf spark.b=2'];
    expect(resolved(given, ['JOB_NAME', 'count'])).toEqual({ JOB_NAME: 'load', count: '3' });
  });

  test('a name with hyphens is found by one with underscores', () => {
    expect(resolved(['--day-partition', 'a', '--s3_path', 'b'], ['day-partition', 's3_path'])).toEqual({
      day_partition: 'a',
      s3_path: 'b',
    });
  });

  test('a name is not taken for a longer one that begins with it', () => {
    expect(resolved(['--TABLES', 'all', '--TABLE', 'users'], ['TABLE'])).toEqual({ TABLE: 'users' });
    expect(resolved(['--TABLES', 'all'], ['TABLE'])).toMatch(/^GlueArgumentError: /);
  });

  test('one that is missing is named in the error', () => {
    expect(resolved(['--JOB_NAME', 'load'], ['JOB_NAME', 'TARGET'])).toBe(
      'GlueArgumentError: the following arguments are required: --TARGET',
    );
  });
});
