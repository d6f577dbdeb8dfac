import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { childEnvironment } from '@lakewright/config';
import type { JobRun } from '@lakewright/jobs';
import { identify } from '@lakewright/process';
import { ensureServices, jobHistory, query, readDeployment, reconcile, volumeFolder } from '../src';
import { runDeployedJob } from '../src/runs/job-run';
import { type TestHome, testHome } from './support/home';
import { after, fileResource, jobResource, pipelineResource } from './support/job-resources';
import { stateOf, type TestResource } from './support/state';

const GENERATE = `
import json, os, pathlib, sys
from databricks.sdk.runtime import dbutils

folder, count = pathlib.Path(sys.argv[1].removeprefix("--output=")), int(sys.argv[2])
folder.mkdir(parents=True, exist_ok=True)
for number in range(count):
    (folder / f"{number}.json").write_text(json.dumps({"id": number}))
print("wrote", count, "files")
print("environment:", sorted(os.environ))
dbutils.jobs.taskValues.set("rows", count)
`;
/** Begins a process of its own, says who they are, and goes on for ever unless it may end. */
const HANG = `
import os, pathlib, signal, subprocess, sys, time

folder = pathlib.Path(sys.argv[1])
folder.mkdir(parents=True, exist_ok=True)
if not (folder / "go").exists():
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    child = subprocess.Popen(["sleep", "600"])
    (folder / "draft").write_text(f"{os.getpid()} {child.pid}")
    (folder / "draft").rename(folder / "pids")
    time.sleep(600)
print("went through")
`;
const READ = `
from databricks.sdk.runtime import dbutils
assert dbutils.jobs.taskValues.get("generate", "rows") == 3
assert dbutils.jobs.taskValues.get("generate", "none", default=7) == 7
try:
    dbutils.fs
except AttributeError as error:
    print(error)
`;
const ORDERS =
  "CREATE STREAMING TABLE orders AS SELECT id FROM STREAM read_files('/Volumes/shop/bronze/landing', format => 'json');";
const COUNTS = 'CREATE MATERIALIZED VIEW gold.counts AS SELECT count(*) AS n FROM bronze.orders;';
const CHECK = "SELECT assert_true(n = CAST(:expected AS INT)) FROM shop.gold.counts; SELECT ':expected', :none_of_job;";

/** The service principal of `local`. */
const SP = '00000000-0000-4000-8000-00000000005a';
const granted = (principal: string, ...privileges: string[]) => ({ grant: [{ principal, privileges }] });

/** The whole of a small lakehouse: a volume, a generator, a pipeline, and jobs over them. */
const RESOURCES: TestResource[] = [
  ['databricks_catalog', 'shop', { name: 'shop' }],
  ['databricks_schema', 'bronze', { catalog_name: 'shop', name: 'bronze' }],
  ['databricks_schema', 'gold', { catalog_name: 'shop', name: 'gold' }],
  ['databricks_volume', 'landing', { catalog_name: 'shop', schema_name: 'bronze', name: 'landing', volume_type: 'MANAGED' }],
  ['databricks_grants', 'catalog', { catalog: 'shop', ...granted(SP, 'USE_CATALOG') }],
  ['databricks_grants', 'volume', { volume: 'shop.bronze.landing', ...granted(SP, 'READ_VOLUME', 'WRITE_VOLUME') }],
  [
    'databricks_grants',
    'bronze',
    { schema: 'shop.bronze', ...granted(SP, 'USE_SCHEMA', 'CREATE_TABLE', 'CREATE_MATERIALIZED_VIEW', 'SELECT', 'MODIFY') },
  ],
  [
    'databricks_grants',
    'gold',
    { schema: 'shop.gold', ...granted(SP, 'USE_SCHEMA', 'CREATE_TABLE', 'CREATE_MATERIALIZED_VIEW', 'SELECT', 'MODIFY') },
  ],
  fileResource('/shop/generate.py', GENERATE),
  fileResource('/shop/read.py', READ),
  fileResource('/shop/fail.py', 'import sys; print("before"); sys.exit("no orders today")'),
  fileResource('/shop/hang.py', HANG),
  fileResource('/shop/orders.sql', ORDERS),
  fileResource('/shop/counts.sql', COUNTS),
  fileResource('/shop/check.sql', CHECK),
  pipelineResource('shop', ['/shop/orders.sql', '/shop/counts.sql']),
  jobResource('inner', {
    parameter: [{ name: 'expected', default: '0' }],
    tasks: [
      {
        task_key: 'check',
        sql_task: [{ warehouse_id: 'w', file: [{ path: '/shop/check.sql' }], parameters: { expected: '-1', none_of_job: 'x' } }],
      },
    ],
  }),
  jobResource('shop_job', {
    parameter: [{ name: 'count', default: '3' }],
    run_as: [{ service_principal_name: SP }],
    tasks: [
      {
        task_key: 'generate',
        spark_python_task: [
          {
            python_file: '/Workspace/shop/generate.py',
            parameters: ['--output=/Volumes/shop/bronze/landing/{{job.parameters.count}}', '{{job.parameters.count}}'],
          },
        ],
      },
      { task_key: 'read', depends_on: after('generate'), spark_python_task: [{ python_file: '/shop/read.py', parameters: [] }] },
      { task_key: 'update', depends_on: after('generate'), pipeline_task: [{ pipeline_id: 'shop-id' }] },
      {
        task_key: 'many',
        depends_on: after('update'),
        condition_task: [{ left: '{{tasks.generate.values.rows}}', op: 'GREATER_THAN', right: '2' }],
      },
      {
        task_key: 'check',
        depends_on: [{ task_key: 'many', outcome: 'true' }],
        run_job_task: [{ job_id: 1005, job_parameters: { expected: '{{tasks.generate.values.rows}}' } }],
      },
      {
        task_key: 'few',
        depends_on: [{ task_key: 'many', outcome: 'false' }],
        spark_python_task: [{ python_file: '/shop/fail.py', parameters: [] }],
      },
    ],
  }),
  ...['killed', 'late'].map((name) =>
    jobResource(`${name}_job`, {
      tasks: [
        { task_key: 'update', pipeline_task: [{ pipeline_id: 'shop-id' }] },
        {
          task_key: 'hang',
          depends_on: after('update'),
          spark_python_task: [{ python_file: '/shop/hang.py', parameters: [`/Volumes/shop/bronze/landing/${name}`] }],
          ...(name === 'late' && { timeout_seconds: 3 }),
        },
        { task_key: 'last', depends_on: after('hang'), pipeline_task: [{ pipeline_id: 'shop-id' }] },
      ],
    }),
  ),
  jobResource('denied_job', {
    // Nobody who may do anything with the volume.
    run_as: [{ user_name: 'analysts' }],
    tasks: [
      {
        task_key: 'generate',
        spark_python_task: [{ python_file: '/shop/generate.py', parameters: ['/Volumes/shop/bronze/landing/denied', '3'] }],
      },
      {
        task_key: 'ask',
        sql_task: [{ warehouse_id: 'w', file: [{ path: '/shop/check.sql' }], parameters: { expected: '3', none_of_job: '' } }],
      },
    ],
  }),
  jobResource('broken_job', {
    tasks: [
      { task_key: 'fail', spark_python_task: [{ python_file: '/shop/fail.py', parameters: [] }], max_retries: 1 },
      { task_key: 'never', depends_on: after('fail'), pipeline_task: [{ pipeline_id: 'shop-id' }] },
    ],
  }),
];

const results = (run: JobRun) => Object.fromEntries(run.tasks.map(({ key, result }) => [key, result]));

describe('deployed jobs', () => {
  let home: TestHome;

  beforeAll(async () => {
    home = await testHome();
    await ensureServices(home, { services: ['sail'] });
    await reconcile(home, readDeployment(home, [stateOf('test', home.root, RESOURCES)]));
  });
  afterAll(() => home.dispose());

  test('a job of Python, pipeline, condition, other job and SQL runs to its end', async () => {
    const run = await runDeployedJob(home, 'shop_job');
    expect(run.error).toBeUndefined();
    expect(results(run)).toEqual({
      generate: 'SUCCESS',
      read: 'SUCCESS',
      update: 'SUCCESS',
      many: 'SUCCESS',
      check: 'SUCCESS',
      few: 'EXCLUDED',
    });
    expect(run).toMatchObject({ result: 'SUCCESS', runAs: SP, parameters: { count: '3' } });
    expect((await query(home, 'SELECT n FROM shop.gold.counts')).rows).toEqual([{ n: 3n }]);
    expect(jobHistory(home.paths).latest('inner')).toMatchObject({
      result: 'SUCCESS',
      parameters: { expected: '3' },
      trigger: { type: 'run_job_task', parent: run.id },
    });
    const log = readFileSync(jobHistory(home.paths).logFile('shop_job', run.id, 'generate'), 'utf8');
    expect(log).toContain('wrote 3 files');
    const environment = /environment: (.*)/.exec(log)![1]!.replaceAll("'", '"');
    const allowed = ['PATH', 'LANG', 'LC_ALL', 'LC_CTYPE', 'TZ', 'TMPDIR', 'LAKEWRIGHT_TASK'];
    expect((JSON.parse(environment) as string[]).filter((name) => !allowed.includes(name))).toEqual([]);
    expect(readFileSync(jobHistory(home.paths).logFile('shop_job', run.id, 'read'), 'utf8')).toContain(
      'dbutils.fs does not run on a laptop',
    );
  });

  test('a task that fails is tried again, tells what it printed, and fails those after it', async () => {
    const run = await runDeployedJob(home, 'broken_job');
    expect(results(run)).toEqual({ fail: 'FAILED', never: 'UPSTREAM_FAILED' });
    expect(run.result).toBe('FAILED');
    expect(run.tasks[0]!.attempts).toHaveLength(2);
    expect(run.error).toMatchObject({
      code: 'LOCAL_PYTHON_TASK',
      message: expect.stringMatching(/^task fail: \/shop\/fail\.py ended with exit code 1:[\s\S]*before\nno orders today$/),
    });
  });

  test('a job whose principal may do nothing gets nothing: no folder of the volume, no row', async () => {
    const run = await runDeployedJob(home, 'denied_job');
    expect(run.tasks.map(({ error }) => error?.code)).toEqual(['CATALOG_DENIED', 'CATALOG_DENIED']);
    expect(existsSync(volumeFolder(home, '/Volumes/shop/bronze/landing/denied'))).toBe(false);
  });

  /** The processes that the hanging task has begun. */
  async function hanging(name: string): Promise<number[]> {
    const file = join(volumeFolder(home, `/Volumes/shop/bronze/landing/${name}`), 'pids');
    while (!existsSync(file)) await sleep(20);
    return readFileSync(file, 'utf8').split(' ').map(Number);
  }
  const alive = (pids: readonly number[]) => pids.filter((pid) => identify(pid) !== undefined);

  test('a Python task that hangs is ended at its timeout, with all that it began, though it ignores being asked to', async () => {
    const run = await runDeployedJob(home, 'late_job');
    expect(results(run)).toEqual({ update: 'SUCCESS', hang: 'TIMEDOUT', last: 'UPSTREAM_FAILED' });
    const pids = await hanging('late');
    expect(pids).toHaveLength(2);
    expect(alive(pids)).toEqual([]);
  });

  test('a run whose process is killed leaves nothing running, is told as interrupted, and is repaired', async () => {
    const args = ['tooling/run.mjs', 'packages/local/test/support/run-job.ts', JSON.stringify(home.ports)];
    const child = spawn(process.execPath, [...args, 'killed_job'], {
      cwd: home.root,
      env: childEnvironment({ LAKEWRIGHT_HOME: home.paths.home }),
      stdio: ['ignore', 'inherit', 'inherit'],
    });
    const pids = await hanging('killed');
    child.kill('SIGKILL');
    await once(child, 'exit');
    while (alive(pids).length > 0) await sleep(20);

    const history = jobHistory(home.paths);
    const run = history.latest('killed_job')!;
    expect(run).toMatchObject({
      state: 'INTERNAL_ERROR',
      result: 'FAILED',
      error: { code: 'JOB_INTERRUPTED', message: expect.stringMatching(/at work were: hang; not begun: last$/) },
    });
    expect(results(run)).toEqual({ update: 'SUCCESS', hang: 'FAILED', last: 'SKIPPED' });

    writeFileSync(join(volumeFolder(home, '/Volumes/shop/bronze/landing/killed'), 'go'), '');
    const repaired = await runDeployedJob(home, 'killed_job', { repair: true });
    expect(repaired).toMatchObject({ id: run.id, result: 'SUCCESS', repairs: 1 });
    expect(repaired.tasks.map(({ key, attempts }) => [key, attempts.length])).toEqual([
      ['update', 1],
      ['hang', 2],
      ['last', 1],
    ]);
    expect(readFileSync(history.logFile('killed_job', run.id, 'hang'), 'utf8')).toContain('went through');
  });
});
