import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { BatchStopJobRunCommand, GetJobCommand, StartJobRunCommand, UpdateJobCommand } from '@aws-sdk/client-glue';
import { CreateBucketCommand, GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { awsEndpoint, ensureServices } from '@lakewright/local';
import { identify } from '@lakewright/process';
import { describeWithSpark } from '../../../test/support/spark';
import { type TestHome, testHome } from '../../local/test/support/home';
import { writeZip } from '../../local/test/support/zip';
import { GlueProcess } from './support/glue-process';
import * as scripts from './support/scripts';

const SECRET = 'a-secret-key-that-no-process-list-shows';
/** A minute of a job's timeout, so that a test of it does not take one. */
const MINUTE_MS = 1_000;

jest.setTimeout(300_000);

describeWithSpark('Glue jobs on one warm Spark', (installation) => {
  const folder = mkdtempSync(join(tmpdir(), 'lakewright-glue-'));
  let home: TestHome;
  let s3: S3Client;
  let glue: GlueProcess;

  beforeAll(async () => {
    home = await testHome();
    await ensureServices(home, { services: ['ministack'] });
    const { endpoint, region } = awsEndpoint(home);
    const access = { accessKeyId: 'test', secretAccessKey: SECRET };
    s3 = new S3Client({ endpoint, region, credentials: access, forcePathStyle: true });
    for (const Bucket of ['scripts', 'lake']) await s3.send(new CreateBucketCommand({ Bucket }));
    const options = { installation: installation(), s3: { endpoint, region, ...access }, minuteMs: MINUTE_MS };
    glue = await GlueProcess.start(folder, options);
  });
  afterAll(async () => {
    await glue?.close();
    s3?.destroy();
    await home?.dispose();
    rmSync(folder, { recursive: true, force: true });
  });

  const put = (Key: string, Body: string | Buffer) => s3.send(new PutObjectCommand({ Bucket: 'scripts', Key, Body }));
  const createJob = (...job: [name: string, script: string, more?: object]) => glue.createJob(s3, ...job);
  const session = () => JSON.parse(readFileSync(sessionFile(), 'utf8')) as { readonly port: number; readonly token: string };
  const sessionFile = () => join(folder, 'glue/spark/session.json');

  test('a job file runs unchanged: its arguments, modules beside it, its output in the log', async () => {
    await put('greeting.py', 'from punctuation import MARK\ndef greet(who):\n    return f"hello {who}{MARK}"\n');
    const zip = join(folder, 'more.zip');
    writeZip(zip, 'punctuation.py', 'MARK = ", "\n');
    await put('more.zip', readFileSync(zip));
    await createJob('greets', scripts.ARGUMENTS, {
      DefaultArguments: {
        '--extra-py-files': 's3://scripts/greeting.py,s3://scripts/more.zip',
        '--WHO': 'nobody',
        '--MARK': 'nothing',
      },
      NonOverridableArguments: { '--MARK': 'welcome' },
    });
    const run = await glue.run('greets', { '--WHO': 'world', '--MARK': 'not this' });
    expect(run).toMatchObject({ JobRunState: 'SUCCEEDED', Attempt: 0, JobName: 'greets', GlueVersion: '5.1' });
    expect(run.Id).toMatch(/^jr_[0-9a-f]{64}$/);
    expect(run.CompletedOn!.getTime()).toBeGreaterThan(run.StartedOn!.getTime());
    expect(glue.log(run.Id!)).toContain("hello world, welcome greets 3\n['hello 0, ', 'hello 1, ']\n");
    expect((await glue.runs('greets')).map(({ Id }) => Id)).toEqual([run.Id]);
  });

  test('a job that fails is FAILED with the last line of its own error', async () => {
    await createJob('fails', scripts.FAILS);
    const run = await glue.run('fails');
    expect(run).toMatchObject({ JobRunState: 'FAILED', ErrorMessage: "ValueError: no column 'price' among 3" });
    expect(glue.log(run.Id!)).toContain('begins\n');
    expect(await glue.runs('fails')).toHaveLength(1);
  });

  test('a failure is tried again as often as the job says, each attempt a run', async () => {
    await createJob('fails-once', scripts.FAILS_ONCE, { MaxRetries: 2 });
    const first = await glue.run('fails-once', { '--MARK': join(folder, 'mark') });
    expect(first).toMatchObject({ JobRunState: 'FAILED', ErrorMessage: 'RuntimeError: the first time' });
    const second = await glue.ended('fails-once', `${first.Id}_attempt_1`);
    expect(second).toMatchObject({ JobRunState: 'SUCCEEDED', Attempt: 1, PreviousRunId: first.Id });
    expect(await glue.runs('fails-once')).toHaveLength(2);
  });

  test('a script or module that is not there fails the run by name', async () => {
    await createJob('gone', 'print(1)', { DefaultArguments: { '--extra-py-files': 's3://scripts/none.py' } });
    expect(await glue.run('gone')).toMatchObject({
      JobRunState: 'FAILED',
      ErrorMessage: 's3://scripts/none.py cannot be read: NoSuchKey',
    });
    const { Job } = await glue.client.send(new GetJobCommand({ JobName: 'gone' }));
    const Command = { ...Job!.Command, ScriptLocation: 's3://scripts/none/at/all.py' };
    const JobUpdate = { Role: Job!.Role, GlueVersion: '5.1', Command };
    await glue.client.send(new UpdateJobCommand({ JobName: 'gone', JobUpdate }));
    expect(await glue.run('gone')).toMatchObject({ ErrorMessage: 's3://scripts/none/at/all.py cannot be read: NoSuchKey' });
    await put('none/at/all.py', 'print(1)');
    expect((await glue.run('gone', { '--extra-py-files': 's3://scripts/a.jar' })).ErrorMessage).toBe(
      '--extra-py-files: must be .py or .zip (got s3://scripts/a.jar)',
    );
  });

  test('two runs at once have sessions of their own: neither sees views or settings of the other', async () => {
    const meeting = join(folder, 'meeting');
    mkdirSync(meeting);
    await createJob('meets', scripts.OWN_SESSION, { ExecutionProperty: { MaxConcurrentRuns: 2 } });
    const given = (NAME: string, OTHER: string) => ({ '--NAME': NAME, '--OTHER': OTHER, '--FOLDER': meeting });
    const runs = await Promise.all([glue.run('meets', given('UTC', 'CET')), glue.run('meets', given('CET', 'UTC'))]);
    expect(runs.map(({ JobRunState }) => JobRunState)).toEqual(['SUCCEEDED', 'SUCCEEDED']);
    const said = runs.map(({ Id }) => /sees .*/.exec(glue.log(Id!))?.[0]);
    expect(said).toEqual(["sees ['mine_UTC'] UTC", "sees ['mine_CET'] CET"]);
  });

  test('a job that stops its Spark goes on, and harms nobody', async () => {
    await createJob('stops', scripts.STOPS_SPARK);
    for (const _ of ['once', 'and again']) {
      const run = await glue.run('stops');
      expect({ state: run.JobRunState, error: run.ErrorMessage }).toEqual({ state: 'SUCCEEDED' });
      expect(glue.log(run.Id!)).toContain('again 2 True\n');
    }
  });

  test('--conf: what a session may set is set in its own, what Spark was started with is accepted', async () => {
    const serializer = 'spark.serializer=org.apache.spark.serializer.KryoSerializer';
    await createJob('set', scripts.SETTINGS, {
      DefaultArguments: {
        '--conf': `spark.sql.shuffle.partitions=7 --conf ${serializer} --conf spark.sql.ansi.enabled=true`,
      },
    });
    const run = await glue.run('set');
    expect({ state: run.JobRunState, error: run.ErrorMessage }).toEqual({ state: 'SUCCEEDED' });
    expect(glue.log(run.Id!)).toContain(
      'spark.sql.shuffle.partitions 7\nspark.sql.ansi.enabled true\nspark.serializer org.apache.spark.serializer.KryoSerializer\n',
    );
    const plain = await glue.run('set', { '--conf': serializer });
    expect(glue.log(plain.Id!)).toContain('spark.sql.shuffle.partitions 4\nspark.sql.ansi.enabled false\n');
  });

  test.each([
    [
      'spark.sql.warehouse.dir=/tmp/elsewhere',
      /SettingRefused: spark\.sql\.warehouse\.dir=\/tmp\/elsewhere: no setting of a session/,
    ],
    ['spark.sql.shuffle.partition=3', /SettingRefused: spark\.sql\.shuffle\.partition=3: no setting of a session/],
    ['spark.sql.shuffle.partitions=many', /spark\.sql\.shuffle\.partitions should be int, but was many/],
  ])('--conf %s fails the run', async (conf, reason) => {
    expect(await glue.run('set', { '--conf': conf })).toMatchObject({
      JobRunState: 'FAILED',
      ErrorMessage: expect.stringMatching(reason),
    });
  });

  test('--conf that only a Spark of its own could have is refused before there is a run', async () => {
    const before = await glue.runs('set');
    await expect(glue.begin('set', { '--conf': 'spark.executor.memory=4g' })).rejects.toMatchObject({
      name: 'InvalidInputException',
      message: expect.stringMatching(/spark\.executor\.memory is decided when Spark starts, and all jobs share one/),
    });
    expect(await glue.runs('set')).toHaveLength(before.length);
  });

  test('a context with settings of the script: the same rules', async () => {
    await createJob('own-context', scripts.OWN_CONTEXT);
    const run = await glue.run('own-context', { '--SET': 'spark.sql.shuffle.partitions=9' });
    expect({ state: run.JobRunState, error: run.ErrorMessage }).toEqual({ state: 'SUCCEEDED' });
    expect(glue.log(run.Id!)).toContain('partitions 9\n');
    expect((await glue.run('own-context', { '--SET': 'spark.executor.memory=4g' })).ErrorMessage).toMatch(
      /SettingRefused: spark\.executor\.memory=4g/,
    );
  });

  test('no more runs at once than the job allows; one that is stopped is STOPPED, and Spark works for it no longer', async () => {
    await createJob('endless', scripts.ENDLESS, { MaxRetries: 1 });
    await createJob('busy', scripts.BUSY);
    const id = await glue.begin('endless');
    await glue.printed('endless', id, 'begins');
    await expect(glue.begin('endless')).rejects.toMatchObject({
      name: 'ConcurrentRunsExceededException',
      message: 'Concurrent runs exceeded for endless: 1 at once',
    });
    const stop = new BatchStopJobRunCommand({ JobName: 'endless', JobRunIds: [id] });
    expect((await glue.client.send(stop)).SuccessfulSubmissions).toEqual([{ JobName: 'endless', JobRunId: id }]);
    expect(await glue.ended('endless', id)).toMatchObject({ JobRunState: 'STOPPED' });
    expect((await glue.client.send(stop)).SuccessfulSubmissions).toEqual([]);
    expect(await glue.runs('endless')).toHaveLength(1);
    expect(glue.log((await glue.run('busy')).Id!)).toContain('active jobs 0\n');
  });

  test('a run that takes too long is TIMEOUT and is not tried again', async () => {
    await createJob('late', scripts.SLEEPS, { MaxRetries: 1 });
    const { JobRunId } = await glue.client.send(new StartJobRunCommand({ JobName: 'late', Timeout: 3 }));
    expect(await glue.ended('late', JobRunId!)).toMatchObject({
      JobRunState: 'TIMEOUT',
      ErrorMessage: 'Job run exceeded the timeout of 3 minutes',
    });
    expect(await glue.runs('late')).toHaveLength(1);
  });

  test('a Hudi table of version 6 that one job writes, another reads, in S3', async () => {
    await createJob('writes', scripts.WRITES_HUDI);
    await createJob('reads', scripts.READS_HUDI);
    const target = { '--TARGET': 's3://lake/orders' };
    const written = await glue.run('writes', target);
    expect({ state: written.JobRunState, error: written.ErrorMessage }).toEqual({ state: 'SUCCEEDED' });
    const read = await glue.run('reads', target);
    expect(glue.log(read.Id!)).toContain('rows 20 [30, 40]\n');
    const properties = await s3.send(new GetObjectCommand({ Bucket: 'lake', Key: 'orders/.hoodie/hoodie.properties' }));
    expect(await properties.Body!.transformToString()).toMatch(/^hoodie\.table\.version=6$/m);
  });

  test('who may not read the session file cannot attach; no command line and no log has a key', async () => {
    expect(statSync(sessionFile()).mode & 0o777).toBe(0o600);
    expect(statSync(join(folder, 'glue')).mode & 0o777).toBe(0o700);
    await createJob('sleeps', scripts.SLEEPS);
    const id = await glue.begin('sleeps');
    await glue.printed('sleeps', id, 'pid');
    const { token } = session();
    const of = processes();
    // The service's session, its JVM, and the run.
    expect(of.length).toBeGreaterThanOrEqual(3);
    expect(of.filter(({ line, environment }) => [SECRET, token].some((secret) => (line + environment).includes(secret)))).toEqual(
      [],
    );
    const logs = [
      join(folder, 'glue/spark/session.log'),
      ...readdirSync(glue.options.logs).map((log) => join(glue.options.logs, log)),
    ];
    expect(logs.filter((log) => [SECRET, token].some((secret) => readFileSync(log, 'utf8').includes(secret)))).toEqual([]);
    await glue.client.send(new BatchStopJobRunCommand({ JobName: 'sleeps', JobRunIds: [id] }));
    await glue.ended('sleeps', id);
  });

  test('a Spark that was killed is started again for the next job; a service that was killed leaves no run behind', async () => {
    const { port } = session();
    process.kill(jvm()!, 'SIGKILL');
    while (existsSync(sessionFile())) await sleep(20);
    const id = await glue.begin('sleeps');
    await glue.printed('sleeps', id, 'pid');
    expect(session().port).not.toBe(port);
    const script = Number(/pid (\d+)/.exec(glue.log(id))?.[1]);
    const spark = jvm()!;
    await glue.kill();
    while (identify(script) || identify(spark)) await sleep(50);

    await glue.start();
    expect(await glue.get('sleeps', id)).toMatchObject({
      JobRunState: 'ERROR',
      ErrorMessage: 'the service was stopped during the run',
    });
    expect(existsSync(join(folder, 'glue/work', id))).toBe(false);
  });

  const jvm = () => processes().find(({ line }) => line.startsWith('java ') || line.includes('/bin/java '))?.pid;

  /** What works in the folder of this test, as the process list shows it (Linux). */
  function processes(): { readonly pid: number; readonly line: string; readonly environment: string }[] {
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .flatMap((pid) => {
        try {
          if (!readlinkSync(`/proc/${pid}/cwd`).startsWith(join(folder, 'glue'))) return [];
          const [line, environment] = ['cmdline', 'environ'].map((file) =>
            readFileSync(`/proc/${pid}/${file}`, 'utf8').replaceAll('\0', ' '),
          );
          return [{ pid: Number(pid), line: line!, environment: environment! }];
        } catch {
          return [];
        }
      });
  }
});
