import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateJobCommand, GetJobRunCommand, GetJobRunsCommand, GlueClient, StartJobRunCommand } from '@aws-sdk/client-glue';
import { freePorts } from '@lakewright/config';
import { type Glue, startGlue } from '../src';
import { historyOf, logFileOf } from '../src/history';

/** The service with a Python of its own: what it starts, writes down and answers. Spark is no part of this. */
const SCRIPTS: Readonly<Record<string, string>> = {
  'good.py': "console.log('rows: 4')",
  'killed.py': "console.log('begun'); process.kill(process.pid, 'SIGKILL')",
  'bad.py':
    'console.error(\'Traceback (most recent call last):\\n  File "bad.py", line 1\\nValueError: no such column\'); process.exit(1)',
};
/** Stands in for Python: a session that is there at once, and a script that is evaluated. */
const PYTHON = `#!${process.execPath}
const { readFileSync, writeFileSync } = require('node:fs');
const [, what, , , script] = process.argv.slice(2);
if (what === 'lakewright_glue.session') {
  process.stdin.once('data', (said) => writeFileSync(JSON.parse(said).sessionFile, '{}'));
  process.stdin.once('end', () => process.exit(0));
} else eval(readFileSync(script, 'utf8'));
`;

let folder: string;
let s3: Server;
let glue: Glue;
let client: GlueClient;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'lakewright-glue-'));
  const python = join(folder, 'python');
  writeFileSync(python, PYTHON, { mode: 0o755 });
  s3 = createServer(({ url = '' }, response) => {
    const script = SCRIPTS[new URL(url, 'http://s3').pathname.split('/').at(-1)!];
    if (script === undefined) response.writeHead(404).end();
    else response.end(script);
  });
  await new Promise<void>((resolve) => s3.listen(0, '127.0.0.1', resolve));
  const [port] = (await freePorts(1)) as [number];
  const credentials = { accessKeyId: 'any', secretAccessKey: 'any' };
  const endpoint = `http://127.0.0.1:${(s3.address() as AddressInfo).port}`;
  glue = await startGlue({
    port,
    folder,
    logs: join(folder, 'logs'),
    installation: { python, modules: folder },
    s3: { endpoint, region: 'eu-west-1', ...credentials },
  });
  client = new GlueClient({ endpoint: `http://127.0.0.1:${port}`, region: 'eu-west-1', credentials });
});
afterAll(async () => {
  client?.destroy();
  await glue?.close();
  await new Promise((resolve) => s3?.close(resolve));
  rmSync(folder, { recursive: true, force: true });
});

/** A run of a job with this script to its end; that of its last attempt. */
async function run(script: string, retries = 0) {
  const job = `${script}-${retries}`;
  await client.send(
    new CreateJobCommand({
      Name: job,
      Role: 'arn:aws:iam::000000000000:role/any',
      GlueVersion: '5.1',
      Command: { Name: 'glueetl', ScriptLocation: `s3://scripts/${script}`, PythonVersion: '3' },
      MaxRetries: retries,
    }),
  );
  const { JobRunId } = await client.send(new StartJobRunCommand({ JobName: job }));
  for (let attempt = 0; attempt <= retries; attempt += 1) {
    const RunId = attempt === 0 ? JobRunId : `${JobRunId}_attempt_${attempt}`;
    for (;;) {
      const found = await client.send(new GetJobRunCommand({ JobName: job, RunId })).catch(() => undefined);
      if (found?.JobRun?.CompletedOn) break;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
  const [last] = historyOf(folder).runs(job);
  const file = logFileOf(join(folder, 'logs'), last!);
  return { ...last!, log: existsSync(file) ? readFileSync(file, 'utf8') : undefined };
}

test('a run that succeeds, and what it wrote', async () => {
  const good = await run('good.py');
  expect(good).toMatchObject({ state: 'SUCCEEDED', attempt: 0, log: 'rows: 4\n' });
  expect(good).not.toHaveProperty('error');
});

test('one that fails tells its own error', async () => {
  expect(await run('bad.py')).toMatchObject({ state: 'FAILED', error: 'ValueError: no such column' });
});

test('one that a signal ended tells which', async () => {
  expect(await run('killed.py')).toMatchObject({ state: 'FAILED', error: 'the script ended with SIGKILL', log: 'begun\n' });
});

test('a script that is not there', async () => {
  expect(await run('none.py')).toMatchObject({
    state: 'FAILED',
    error: expect.stringContaining('s3://scripts/none.py'),
    log: undefined,
  });
});

test('each attempt is a run with a log of its own, the latest first', async () => {
  const last = await run('bad.py', 1);
  const { JobRuns } = await client.send(new GetJobRunsCommand({ JobName: last.job }));
  expect(JobRuns?.map(({ Id, Attempt, JobRunState }) => [Id, Attempt, JobRunState])).toEqual([
    [last.id, 1, 'FAILED'],
    [last.previousRunId, 0, 'FAILED'],
  ]);
  expect(last.log).toContain('ValueError');
});
