import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DeleteObjectCommand, GetObjectCommand, ListObjectsV2Command, PutObjectCommand } from '@aws-sdk/client-s3';
import type { LocalContext } from '../src';
import {
  ensureServices,
  functionLog,
  pipelineEvents,
  query,
  readDeployment,
  reconcile,
  runSystem,
  serviceLog,
  serviceStatus,
  stopServices,
  tableRows,
  validateRun,
} from '../src';
import { awsClients } from '../src/aws/clients';
import { type TestHome, testHome } from './support/home';
import { stateOf, type TestResource } from './support/state';
import { writeZip } from './support/zip';

const arn = (service: string, name: string) => `arn:aws:${service}:eu-west-1:000000000000:${name}`;
const ROLE = 'arn:aws:iam::000000000000:role/any';
const QUEUE_POLICY = JSON.stringify({
  Version: '2012-10-17',
  Statement: [
    { Effect: 'Allow', Principal: { Service: 's3.amazonaws.com' }, Action: 'sqs:SendMessage', Resource: arn('sqs', 'events') },
  ],
});

/** Handlers in plain Node: they talk to S3 over HTTP, as the bundled SDK of a real one would. */
const PUBLISH = `
exports.handler = async ({ count, prefix, fail }) => {
  if (fail) { console.log('about to give up'); throw new RangeError('count is out of range'); }
  for (let i = 0; i < count; i++) await fetch(process.env.AWS_ENDPOINT_URL + '/inbox/' + prefix + i, { method: 'PUT', body: 'document ' + i });
  return { published: count };
};`;
const COPY = `
exports.handler = async ({ Records }) => {
  for (const record of Records) {
    for (const event of JSON.parse(record.body).Records ?? []) {
      const key = event.s3.object.key;
      const mended = (await fetch(process.env.AWS_ENDPOINT_URL + '/copies/mended')).ok;
      if (key.startsWith('poison') && !mended) throw new Error('poison');
      const body = await (await fetch(process.env.AWS_ENDPOINT_URL + '/inbox/' + key)).text();
      await fetch(process.env.AWS_ENDPOINT_URL + '/copies/' + key, { method: 'PUT', body: body.toUpperCase() });
    }
  }
};`;
const SYSTEM = {
  name: 'copying',
  runs: {
    publish: {
      kind: 'lambda',
      function: 'publish',
      payload: { count: 3, prefix: 'a', fail: false },
      options: ['count', 'prefix', 'fail'],
      drain: true,
    },
    redrive: { kind: 'redrive', function: 'copy' },
    'redrive-publish': { kind: 'redrive', function: 'publish' },
  },
  up: ['publish'],
};

function resources(): TestResource[] {
  const lambda = (name: string) => ({
    function_name: name,
    role: ROLE,
    runtime: 'nodejs22.x',
    handler: 'index.handler',
    filename: `${name}.zip`,
    timeout: 30,
  });
  return [
    ['aws_sqs_queue', 'dead', { name: 'dead' }],
    [
      'aws_sqs_queue',
      'events',
      {
        name: 'events',
        visibility_timeout_seconds: 180,
        redrive_policy: JSON.stringify({ deadLetterTargetArn: arn('sqs', 'dead'), maxReceiveCount: 1 }),
      },
      ['aws_sqs_queue.dead'],
    ],
    [
      'aws_sqs_queue_policy',
      'events',
      { queue_url: 'http://127.0.0.1/000000000000/events', policy: QUEUE_POLICY },
      ['aws_sqs_queue.events'],
    ],
    ['aws_s3_bucket', 'inbox', { bucket: 'inbox' }],
    ['aws_s3_bucket', 'copies', { bucket: 'copies' }],
    [
      'aws_s3_bucket_notification',
      'inbox',
      { bucket: 'inbox', queue: [{ queue_arn: arn('sqs', 'events'), events: ['s3:ObjectCreated:*'] }] },
    ],
    ['aws_lambda_function', 'publish', lambda('publish')],
    ['aws_lambda_function', 'copy', lambda('copy')],
    [
      'aws_lambda_event_source_mapping',
      'copy',
      { event_source_arn: arn('sqs', 'events'), function_name: 'copy', batch_size: 5, enabled: true },
    ],
  ];
}

describe('running a system', () => {
  let home: TestHome;
  let system: LocalContext;

  beforeAll(async () => {
    home = await testHome();
    system = await deploy(home);
  });
  afterAll(() => home.dispose());

  /** Services of this checkout, but a root of its own that holds the system and its assets. */
  async function deploy(context: TestHome): Promise<LocalContext> {
    const root = join(context.paths.home, 'project');
    mkdirSync(join(root, 'apps/copying'), { recursive: true });
    writeFileSync(join(root, 'apps/copying/system.json'), JSON.stringify(SYSTEM));
    writeZip(join(root, 'publish.zip'), 'index.js', PUBLISH);
    writeZip(join(root, 'copy.zip'), 'index.js', COPY);
    await ensureServices(context, { services: ['ministack'] });
    const own = { ...context, root };
    await reconcile(own, readDeployment(own, [stateOf('test', root, resources())]));
    return own;
  }

  async function copies(context: LocalContext): Promise<string[]> {
    const aws = awsClients(context);
    const { Contents = [] } = await aws.s3.send(new ListObjectsV2Command({ Bucket: 'copies' }));
    const bodies = Contents.map(async ({ Key }) => {
      const { Body } = await aws.s3.send(new GetObjectCommand({ Bucket: 'copies', Key }));
      return `${Key}: ${await Body?.transformToString()}`;
    });
    const all = await Promise.all(bodies);
    aws.close();
    return all.sort();
  }

  test('S3 -> SQS -> Lambda: returns when every event has been handled', async () => {
    const steps: string[] = [];
    const summary = await runSystem(system, 'copying', 'publish', {
      options: { count: '25', prefix: 'run-' },
      onProgress: ({ step }) => steps.push(step),
    });
    expect(summary).toMatchObject({ system: 'copying', run: 'publish', kind: 'lambda', result: { published: 25 }, events: 25 });
    expect(await copies(system)).toEqual(Array.from({ length: 25 }, (_, i) => `run-${i}: DOCUMENT ${i}`).sort());
    expect(steps[0]).toBe('invoking publish');
    expect(steps.at(-1)).toBe('handling S3 events: 25 of 25');
  });

  test('two clones at the same time know nothing of each other', async () => {
    const other = await testHome();
    try {
      const second = await deploy(other);
      await Promise.all([
        runSystem(second, 'copying', 'publish', { options: { prefix: 'second-' } }),
        runSystem(system, 'copying', 'publish', { options: { prefix: 'first-' } }),
      ]);
      expect(await copies(second)).toEqual(['second-0: DOCUMENT 0', 'second-1: DOCUMENT 1', 'second-2: DOCUMENT 2']);
      expect((await copies(system)).filter((copy) => copy.startsWith('second'))).toEqual([]);
    } finally {
      await other.dispose();
    }
  });

  test("a failing handler is an error with the handler's words and the end of its log", async () => {
    await expect(runSystem(system, 'copying', 'publish', { options: { fail: 'true' } })).rejects.toMatchObject({
      code: 'LOCAL_LAMBDA_FAILED',
      message: expect.stringMatching(/^publish failed: .*count is out of range[\s\S]*about to give up/),
    });
    expect(await functionLog(system, 'publish')).toMatch(/about to give up/);
    await expect(functionLog(system, 'nobody')).rejects.toMatchObject({ code: 'LOCAL_NO_LOG', exitCode: 2 });
  });

  test('a redrive that has nothing to move says so, one that has no queue is refused', async () => {
    expect(await runSystem(system, 'copying', 'redrive')).toMatchObject({ result: { dead_letters: 0, handled: 0 } });
    await expect(runSystem(system, 'copying', 'redrive-publish')).rejects.toMatchObject({ code: 'LOCAL_NO_DEAD_LETTER_QUEUE' });
  });

  test('dead letters fail the run that left them, not those after it, and come back when the cause is mended', async () => {
    const poison = () => runSystem(system, 'copying', 'publish', { options: { count: 2, prefix: 'poison-' } });
    await expect(poison()).rejects.toMatchObject({
      code: 'LOCAL_DEAD_LETTERS',
      message: 'events that could not be handled: 2 in dead',
      hint: expect.stringContaining('"lakewright run copying redrive" brings them back'),
    });
    const later = await runSystem(system, 'copying', 'publish', { options: { count: 1, prefix: 'later-' } });
    expect(later).toMatchObject({
      events: 1,
      notices: [expect.stringMatching(/^2 in dead from earlier runs, .* "lakewright run copying redrive" brings them back$/)],
    });
    await expect(poison()).rejects.toMatchObject({ message: 'events that could not be handled: 2 in dead' });
    await expect(runSystem(system, 'copying', 'redrive')).rejects.toMatchObject({
      code: 'LOCAL_DEAD_LETTERS',
      message: '4 dead letters were moved back; events that could not be handled: 4 in dead',
    });

    const aws = awsClients(system);
    await aws.s3.send(new PutObjectCommand({ Bucket: 'copies', Key: 'mended', Body: 'yes' }));
    const steps: string[] = [];
    const redriven = await runSystem(system, 'copying', 'redrive', { onProgress: ({ step }) => steps.push(step) });
    expect(redriven).toMatchObject({ kind: 'redrive', result: { dead_letters: 4, handled: 4 } });
    expect(steps.at(-1)).toBe('handling dead letters: 4 of 4');
    expect(await copies(system)).toEqual(expect.arrayContaining(['poison-0: DOCUMENT 0', 'poison-1: DOCUMENT 1']));
    const after = await runSystem(system, 'copying', 'publish', { options: { count: 1, prefix: 'after-' } });
    expect(after.notices).toEqual([]);
    await aws.s3.send(new DeleteObjectCommand({ Bucket: 'copies', Key: 'mended' }));
    aws.close();
  });

  test('the wait is bounded, and says what it waited for', async () => {
    await expect(
      runSystem(system, 'copying', 'publish', { options: { count: 1, prefix: 'poison-' }, drainTimeoutMs: 0 }),
    ).rejects.toMatchObject({
      code: 'LOCAL_DRAIN_TIMEOUT',
      message: expect.stringContaining('the events were not handled in time'),
    });
  });

  test.each([
    [
      ['nowhere', 'publish', {}],
      'CONFIG_UNKNOWN_SYSTEM',
      'there is no system "nowhere" (apps/nowhere/system.json)',
      'the systems are: copying',
    ],
    [
      ['copying', 'dance', {}],
      'LOCAL_UNKNOWN_RUN',
      'system copying has no run "dance"',
      'its runs are: publish, redrive, redrive-publish',
    ],
    [
      ['copying', 'publish', { speed: 3 }],
      'LOCAL_RUN_OPTION',
      'this run takes no option "speed"',
      'it takes: count, prefix, fail',
    ],
    [
      ['copying', 'publish', { count: 'many' }],
      'LOCAL_RUN_OPTION',
      'option "count" must be a number (got "many")',
      'its default is 3',
    ],
  ] as const)('%j is a usage error', async ([name, run, options], code, message, hint) => {
    await expect(runSystem(system, name, run, { options })).rejects.toMatchObject({ code, message, hint, exitCode: 2 });
  });
});

describe('all services together', () => {
  let home: TestHome;
  beforeAll(async () => {
    home = await testHome();
  });
  afterAll(() => home.dispose());

  test('come up, answer and are kept', async () => {
    const up = await ensureServices(home);
    expect(up.services.map(({ name, action, state }) => `${name} ${action} ${state}`)).toEqual([
      'ministack started running',
      'sail started running',
      'web started running',
    ]);
    expect((await query(home, 'SELECT 6 * 7 AS answer')).rows).toEqual([{ answer: 42 }]);
    expect(await tableRows(home)).toEqual([]);
    expect((await fetch(`http://127.0.0.1:${home.ports.web}/`)).status).toBe(200);
    expect((await ensureServices(home)).services.map(({ action }) => action)).toEqual(['kept', 'kept', 'kept']);
    expect(serviceLog(home, 'ministack', { lines: 50 })).toContain('services available');
    expect(() => serviceLog(home, 'mainframe')).toThrow('there is no service "mainframe"');
  });

  test('a pipeline reads from S3, fills its table, and does nothing the second time', async () => {
    const root = join(home.paths.home, 'project');
    mkdirSync(join(root, 'apps/notes'), { recursive: true });
    const manifest = { name: 'notes', runs: { update: { kind: 'pipeline', pipeline: 'notes' } }, up: ['update'] };
    writeFileSync(join(root, 'apps/notes/system.json'), JSON.stringify(manifest));
    writeFileSync(
      join(root, 'notes.sql'),
      "CREATE OR REFRESH STREAMING TABLE bronze.notes AS SELECT value AS note FROM STREAM read_files('${path}', format => 'text');",
    );
    const own = { ...home, root };
    const deployment = readDeployment(own, [
      stateOf('notes', root, [
        ['aws_s3_bucket', 'notes', { bucket: 'notes' }],
        ['databricks_workspace_file', 'notes', { path: '/Shared/notes.sql', source: 'notes.sql' }],
        [
          'databricks_pipeline',
          'notes',
          {
            name: 'notes',
            catalog: 'notes_local',
            schema: 'bronze',
            configuration: { path: 's3://notes/in/' },
            library: [{ file: [{ path: '/Workspace/Shared/notes.sql' }] }],
          },
          ['databricks_workspace_file.notes'],
        ],
      ]),
    ]);
    await reconcile(own, deployment);
    const aws = awsClients(own);
    for (const [Key, Body] of Object.entries({ 'in/a.txt': 'one', 'in/b.txt': 'two', 'out/c.txt': 'not this' })) {
      await aws.s3.send(new PutObjectCommand({ Bucket: 'notes', Key, Body }));
    }
    aws.close();

    expect(await validateRun(own, 'notes', 'update')).toEqual({
      datasets: [
        { dataset: 'bronze.notes', kind: 'streaming_table', status: 'valid', columns: [{ name: 'note', type: 'string' }] },
      ],
    });

    const steps: string[] = [];
    const first = await runSystem(own, 'notes', 'update', { onProgress: ({ step }) => steps.push(step) });
    expect(first).toMatchObject({ kind: 'pipeline', tables: [{ table: 'notes_local.bronze.notes', rows: 2 }] });
    expect(steps[0]).toBe('update started');
    expect(steps.at(-1)).toBe('update finished');
    expect((await query(own, 'SELECT note FROM notes_local.bronze.notes ORDER BY note')).rows).toEqual([
      { note: 'one' },
      { note: 'two' },
    ]);
    expect((await runSystem(own, 'notes', 'update')).tables).toEqual([{ table: 'notes_local.bronze.notes', rows: 2 }]);
    expect((await runSystem(own, 'notes', 'update', { fullRefresh: 'all' })).tables).toEqual(first.tables);
    expect((await runSystem(own, 'notes', 'update', { refresh: ['notes'] })).update?.datasets).toHaveLength(1);
    expect((await pipelineEvents(own, 'notes')).filter(({ type }) => type === 'update_finished')).toHaveLength(4);
    await expect(pipelineEvents(own, 'gone')).rejects.toMatchObject({
      code: 'LOCAL_UNKNOWN_PIPELINE',
      hint: 'deployed are: notes',
    });
  });

  test('go, and leave nothing running', async () => {
    expect((await stopServices(home)).sort()).toEqual(['ministack', 'sail', 'web']);
    expect((await serviceStatus(home)).map(({ state }) => state)).toEqual(['stopped', 'stopped', 'stopped']);
  });
});
