import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { historyOf, type JobRun, logFileOf } from '@lakewright/glue/history';
import { ensureServices, glueJobLog, glueJobStatus, readDeployment, reconcile, saveDeployment } from '../src';
import { glueFolders } from '../src/services/glue/folders';
import { instanceFile } from '../src/services/instance';
import { type TestHome, testHome } from './support/home';
import { stateOf, type TestResource } from './support/state';

/** What a user sees of Glue jobs while nothing runs, and what happens on a machine without Java. */
const JOB: TestResource = [
  'aws_glue_job',
  'users_cdc',
  {
    name: 'users_cdc',
    role_arn: 'arn:aws:iam::000000000000:role/any',
    glue_version: '5.1',
    command: [{ script_location: 's3://scripts/cdc.py' }],
  },
];
const STARTED = Date.parse('2026-06-01T12:00:00Z');
const before = { ...process.env };
let home: TestHome;

beforeAll(async () => {
  home = await testHome();
  const never: TestResource = ['aws_glue_job', 'never', { ...JOB[2], name: 'never' }];
  saveDeployment(home, readDeployment(home, [stateOf('test', 'test', [JOB, never])]));
});
afterAll(() => home?.dispose());
afterEach(() => {
  process.env = { ...before };
});

/** A run as the service writes it down, with its log. */
function ran(id: string, more: Partial<JobRun>, log?: string): JobRun {
  const { folder, logs } = glueFolders(home);
  const run: JobRun = { id, job: 'users_cdc', attempt: 0, state: 'SUCCEEDED', arguments: {}, startedOn: STARTED, ...more };
  historyOf(folder).save(run);
  const file = logFileOf(logs, run);
  mkdirSync(dirname(file), { recursive: true });
  if (log !== undefined) writeFileSync(file, log);
  return run;
}

test('a job that was not run yet', async () => {
  expect(await glueJobStatus(home)).toEqual([{ job: 'never' }, { job: 'users_cdc' }]);
  expect(() => glueJobLog(home, 'users_cdc')).toThrow(expect.objectContaining({ code: 'LOCAL_NO_LOG', exitCode: 2 }));
});

test('its last run, and what it wrote; an older one by its id or the beginning of it', async () => {
  ran('jr_aaa', { completedOn: STARTED + 5_000, state: 'FAILED', error: 'ValueError: no such column' }, 'reading\nValueError\n');
  ran('jr_bbb', { startedOn: STARTED + 60_000, completedOn: STARTED + 72_500 }, 'one\ntwo\nthree\n');
  const [, status] = await glueJobStatus(home);
  const startedAt = '2026-06-01T12:01:00.000Z';
  expect(status).toEqual({
    job: 'users_cdc',
    lastRun: { run: 'jr_bbb', attempt: 0, state: 'SUCCEEDED', startedAt, seconds: 12.5 },
  });
  expect(glueJobLog(home, 'users_cdc')).toBe('one\ntwo\nthree\n');
  expect(glueJobLog(home, 'users_cdc', { lines: 1 })).toBe('three\n');
  for (const run of ['jr_aaa', 'jr_a']) expect(glueJobLog(home, 'users_cdc', { run })).toBe('reading\nValueError\n');
  for (const run of ['jr_', 'jr_c', '']) {
    expect(() => glueJobLog(home, 'users_cdc', { run })).toThrow(
      expect.objectContaining({ hint: 'its last runs are: jr_bbb (SUCCEEDED), jr_aaa (FAILED)' }),
    );
  }
});

test('a run that wrote nothing says why', () => {
  ran('jr_ccc', {
    startedOn: STARTED + 120_000,
    completedOn: STARTED + 121_000,
    state: 'FAILED',
    error: 's3://a/b.py is not there',
  });
  expect(() => glueJobLog(home, 'users_cdc')).toThrow(/jr_ccc .* has written nothing: FAILED: s3:\/\/a\/b.py is not there/);
});

test('a run that was going on when its service was killed does not go on', async () => {
  ran('jr_ddd', { startedOn: STARTED + 180_000, state: 'RUNNING' });
  const [, status] = await glueJobStatus(home);
  expect(status?.lastRun).toMatchObject({ run: 'jr_ddd', state: 'ERROR', error: 'the service was stopped during the run' });
  expect(status?.lastRun).not.toHaveProperty('seconds');
});

describe('on a machine', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'lakewright-java-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  /** A folder for PATH whose `java` says that it is an old one. */
  function oldJava(): string {
    const said = 'console.error(\'openjdk version "11.0.10" 2021-01-19\')';
    writeFileSync(join(folder, 'java'), `#!${process.execPath}\n${said}\n`, { mode: 0o755 });
    return folder;
  }

  const missing = (found: string) => ({
    code: 'LOCAL_NO_SPARK',
    exitCode: 3,
    hint: undefined,
    message: `Glue jobs run on Apache Spark, and nothing stands in for it: Apache Spark needs Java 17 or later and ${found}. Get it from adoptium.net (Debian, Ubuntu: apt-get install openjdk-17-jre-headless)`,
  });

  test.each([
    ['without Java', () => folder, () => '', () => 'none is on PATH'],
    ['with an old Java', oldJava, () => '', () => 'this is Java 11'],
    ['whose JAVA_HOME has none', () => folder, () => folder, () => `JAVA_HOME (${folder}) has none`],
  ])('%s a job is not made, one line says why, and nothing is left that later commands would start', async (_, path, javaHome, said) => {
    Object.assign(process.env, { PATH: path(), JAVA_HOME: javaHome() });
    const deployment = readDeployment(home, [stateOf('test', 'test', [JOB])]);
    await expect(reconcile(home, deployment)).rejects.toMatchObject(missing(said()));
    expect(existsSync(instanceFile(home, 'glue'))).toBe(false);
  });

  test('without Java the service does not start either', async () => {
    Object.assign(process.env, { PATH: folder, JAVA_HOME: '' });
    await expect(ensureServices(home, { services: ['glue'] })).rejects.toMatchObject(missing('none is on PATH'));
  });
});
