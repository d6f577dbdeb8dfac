import { createHash } from 'node:crypto';
import { GetObjectCommand, NoSuchKey, S3Client } from '@aws-sdk/client-s3';
import { type BatchPorts, handleBatch } from '../lambdas/raw_listings_s3_event_lambda/batch';
import { handler } from '../lambdas/raw_listings_s3_event_lambda/handler';
import { LARGEST_DOCUMENT, type Message } from '../lambdas/raw_listings_s3_event_lambda/message';
import { readVersionFrom, stageMessagesIn } from '../lambdas/raw_listings_s3_event_lambda/s3';

interface RecordFields {
  readonly eventName?: string;
  readonly key?: string;
  readonly versionId?: string | null;
  readonly sequencer?: string;
  readonly size?: number;
}

/** A record as S3 writes it. */
function recordOf({
  eventName = 'ObjectCreated:Put',
  key = 'listings/a.json',
  versionId = 'v1',
  sequencer = '00AB',
  size,
}: RecordFields = {}) {
  return {
    eventVersion: '2.1',
    eventSource: 'aws:s3',
    eventTime: '2026-06-01T10:00:00.123Z',
    eventName,
    s3: { bucket: { name: 'listings-bucket' }, object: { key, ...(versionId && { versionId }), sequencer, size } },
  };
}

const sqs = (...bodies: unknown[]) => ({
  Records: bodies.map((body, index) => ({
    messageId: `m${index}`,
    body: typeof body === 'string' ? body : JSON.stringify(body),
  })),
});

/** Ports over objects in memory, keyed `<key>@<version>`. */
class Staging implements BatchPorts {
  readonly staged = new Map<string, Message>();
  readonly asked: string[] = [];
  readonly failures: string[] = [];

  constructor(
    private readonly objects: Record<string, Uint8Array | string> = {},
    private readonly runId?: string,
  ) {}

  read = async (bucket: string, key: string, versionId: string | null) => {
    this.asked.push(`${bucket}/${key}@${versionId}`);
    const content = this.objects[`${key}@${versionId}`];
    if (content === 'BROKEN') throw new Error('connection lost');
    return content === undefined ? undefined : { bytes: Buffer.from(content), runId: this.runId };
  };
  stage = async (key: string, message: Message) => {
    if (!this.staged.has(key)) this.staged.set(key, message);
  };
  failed = (messageId: string, error: unknown) => void this.failures.push(`${messageId}: ${(error as Error).message}`);

  get messages(): Message[] {
    return [...this.staged.values()];
  }
}

test('a created object becomes one message with the content of that very version', async () => {
  const staging = new Staging({ 'listings/a.json@v1': '{"a":"é"}', 'listings/a.json@v2': '{"a":2}' });
  expect(await handleBatch(sqs({ Records: [recordOf()] }), 'events/', staging)).toEqual({ batchItemFailures: [] });
  const id = createHash('sha256').update('["listings-bucket","listings/a.json","v1","00AB","ObjectCreated"]').digest('hex');
  expect([...staging.staged]).toEqual([
    [
      `events/${id}.json`,
      {
        message_id: id,
        event_type: 'ObjectCreated:Put',
        event_time: '2026-06-01T10:00:00.123Z',
        bucket: 'listings-bucket',
        key: 'listings/a.json',
        version_id: 'v1',
        sequencer: '00AB',
        content: '{"a":"é"}',
        content_encoding: 'utf-8',
        content_missing: false,
        content_too_large: false,
        run_id: null,
      },
    ],
  ]);
});

test('a removal carries no content and reads nothing', async () => {
  const staging = new Staging();
  await handleBatch(
    sqs({ Records: [recordOf({ eventName: 'ObjectRemoved:DeleteMarkerCreated', versionId: 'v9' })] }),
    'events/',
    staging,
  );
  expect(staging.messages).toMatchObject([{ version_id: 'v9', content: null, content_encoding: null, content_missing: false }]);
  expect(staging.asked).toEqual([]);
});

test.each([
  ['0197a3f2-7c11-7d0a-9a51-3b1f6f9a2c44', '0197a3f2-7c11-7d0a-9a51-3b1f6f9a2c44'],
  ['a run with spaces', null],
  ['x'.repeat(65), null],
  ['', null],
  [undefined, null],
])('the run %j in the metadata is run %j in the message', async (runId, expected) => {
  const staging = new Staging({ 'listings/a.json@v1': '{}' }, runId);
  await handleBatch(sqs({ Records: [recordOf()] }), 'events/', staging);
  expect(staging.messages).toMatchObject([{ run_id: expected }]);
});

test('a removal has no run: S3 keeps no metadata on delete markers', async () => {
  const staging = new Staging({ 'listings/a.json@v9': '{}' }, 'run-1');
  await handleBatch(sqs({ Records: [recordOf({ eventName: 'ObjectRemoved:DeleteMarkerCreated' })] }), 'events/', staging);
  expect(staging.messages).toMatchObject([{ run_id: null }]);
});

test('a version that is too large to be carried is told so, and large ones are handled one after the other', async () => {
  const keys = ['a', 'b', 'c', 'd'].map((name) => `listings/${name}.json`);
  const staging = new Staging(Object.fromEntries(keys.map((key) => [`${key}@v1`, '{}'])));
  let atWork = 0;
  const most: Record<string, number> = {};
  const counting: BatchPorts = {
    ...staging,
    read: async (bucket, key, versionId) => {
      if (key === keys[3]) return { bytes: null };
      if (key === keys[0]) throw new Error('connection lost');
      return staging.read(bucket, key, versionId);
    },
    stage: async (key, message) => {
      atWork += 1;
      await new Promise((resolve) => setTimeout(resolve, 5));
      most[message.key] = atWork;
      atWork -= 1;
      await staging.stage(key, message);
    },
  };
  const answer = await handleBatch(sqs(...keys.map((key) => ({ Records: [recordOf({ key, size: 10_000_000 })] }))), '', counting);
  expect(answer).toEqual({ batchItemFailures: [{ itemIdentifier: 'm0' }] });
  expect(most).toEqual({ [keys[1]!]: 1, [keys[2]!]: 1, [keys[3]!]: 1 });
  expect(staging.messages).toMatchObject([
    { key: keys[1], content: '{}', content_too_large: false },
    { key: keys[2], content: '{}', content_too_large: false },
    { key: keys[3], content: null, content_encoding: null, content_missing: false, content_too_large: true },
  ]);
});

test('a version that is gone is told as missing', async () => {
  const staging = new Staging();
  await handleBatch(sqs({ Records: [recordOf()] }), 'events/', staging);
  expect(staging.messages).toMatchObject([{ content: null, content_encoding: null, content_missing: true }]);
});

test.each([
  ['Latin-1', Buffer.from([0x7b, 0xe9, 0x7d])],
  ['a cut character', Buffer.from([0x7b, 0xc3])],
  ['gzip', Buffer.from([0x1f, 0x8b, 0x08])],
])('content that is not UTF-8 (%s) is kept byte for byte', async (_name, bytes) => {
  const staging = new Staging({ 'listings/a.json@v1': bytes });
  await handleBatch(sqs({ Records: [recordOf()] }), 'events/', staging);
  expect(staging.messages[0]?.content_encoding).toBe('base64');
  expect(Buffer.from(staging.messages[0]?.content as string, 'base64')).toEqual(bytes);
});

test('a byte order mark and an empty object are kept as they came', async () => {
  const staging = new Staging({ 'listings/a.json@v1': '\uFEFF{}', 'listings/a.json@v2': '' });
  await handleBatch(sqs({ Records: [recordOf(), recordOf({ versionId: 'v2' })] }), 'events/', staging);
  expect(staging.messages.map(({ content }) => content)).toEqual(['\uFEFF{}', '']);
});

test.each([
  ['listings/lst+1.json', 'listings/lst 1.json'],
  ['listings/caf%C3%A9%2B%25.json', 'listings/café+%.json'],
  ['listings/a/b.json', 'listings/a/b.json'],
])('the key %s is decoded', async (encoded, key) => {
  const staging = new Staging({ [`${key}@v1`]: '{}' });
  await handleBatch(sqs({ Records: [recordOf({ key: encoded })] }), 'events/', staging);
  expect(staging.messages).toMatchObject([{ key, content: '{}' }]);
});

test('the same event twice is one message; another version, sequencer or kind is another', async () => {
  const staging = new Staging({ 'listings/a.json@v1': '{}' });
  const twice = { Records: [recordOf(), recordOf()] };
  await handleBatch(sqs(twice, twice), 'events/', staging);
  await handleBatch(sqs(twice), 'events/', staging);
  // How an object was put makes no other event of it.
  await handleBatch(sqs({ Records: [recordOf({ eventName: 'ObjectCreated:Copy' })] }), 'events/', staging);
  expect(staging.staged.size).toBe(1);
  const others = [
    recordOf({ versionId: 'v2' }),
    recordOf({ sequencer: '00AC' }),
    recordOf({ eventName: 'ObjectRemoved:Delete' }),
    recordOf({ versionId: null }),
  ];
  await handleBatch(sqs({ Records: others }), 'events/', staging);
  expect(staging.staged.size).toBe(5);
});

test('the test message of S3 is taken without a trace', async () => {
  const staging = new Staging();
  const test = { Service: 'Amazon S3', Event: 's3:TestEvent', Bucket: 'listings-bucket' };
  expect(await handleBatch(sqs(test), 'events/', staging)).toEqual({ batchItemFailures: [] });
  expect(staging.staged.size).toBe(0);
});

test('what fails comes again, and only that; nothing else is lost', async () => {
  const staging = new Staging({
    'listings/a.json@v1': '{"a":1}',
    'listings/b.json@v1': 'BROKEN',
    'listings/c.json@v1': '{"c":1}',
  });
  const batch = sqs(
    { Records: [recordOf()] },
    { Records: [recordOf({ key: 'listings/b.json' }), recordOf({ key: 'listings/c.json' })] },
    'no JSON',
    { Records: [recordOf({ eventName: 'ObjectTagging:Put' })] },
    { other: 'message' },
    { Records: [{ ...recordOf(), eventTime: undefined }] },
  );
  expect(await handleBatch(batch, 'events/', staging)).toEqual({
    batchItemFailures: ['m1', 'm2', 'm3', 'm4', 'm5'].map((itemIdentifier) => ({ itemIdentifier })),
  });
  expect(staging.messages.map(({ key }) => key).sort()).toEqual(['listings/a.json', 'listings/c.json']);
  expect(staging.failures.sort()).toEqual([
    'm1: connection lost',
    'm2: the message body is not JSON: no JSON',
    'm3: Records[0].eventName is "ObjectTagging:Put": only ObjectCreated and ObjectRemoved are handled',
    'm4: the message body has no Records: it is no notification of S3',
    'm5: Records[0].eventTime is undefined: it must be a text',
  ]);
});

describe('on S3', () => {
  const clientOf = (answer: (command: { input: Record<string, unknown> }) => unknown) =>
    ({ send: async (command: { input: Record<string, unknown> }) => answer(command) }) as unknown as S3Client;
  const failing = (name: string) => () => {
    throw Object.assign(new Error(name), { name });
  };

  test('reads the version asked for', async () => {
    const commands: unknown[] = [];
    const client = clientOf((command) => {
      commands.push(command);
      return { Body: { transformToByteArray: async () => new Uint8Array([1]) }, Metadata: { 'run-id': 'run-1' } };
    });
    expect(await readVersionFrom(client)('b', 'k', 'v7')).toEqual({ bytes: new Uint8Array([1]), runId: 'run-1' });
    expect(commands).toEqual([expect.any(GetObjectCommand)]);
    expect(commands).toMatchObject([{ input: { Bucket: 'b', Key: 'k', VersionId: 'v7' } }]);
  });

  test('reads nothing of a version that no message carries', async () => {
    const Body = { transformToByteArray: jest.fn(), destroy: jest.fn() };
    const client = clientOf(() => ({ Body, ContentLength: LARGEST_DOCUMENT + 1, Metadata: { 'run-id': 'run-1' } }));
    expect(await readVersionFrom(client)('b', 'k', 'v')).toEqual({ bytes: null, runId: 'run-1' });
    expect(Body.transformToByteArray).not.toHaveBeenCalled();
    expect(Body.destroy).toHaveBeenCalled();
  });

  test('tells a version that is gone from a call that failed', async () => {
    expect(await readVersionFrom(clientOf(failing('NoSuchVersion')))('b', 'k', 'v')).toBeUndefined();
    const gone = clientOf(() => {
      throw new NoSuchKey({ message: 'gone', $metadata: {} });
    });
    expect(await readVersionFrom(gone)('b', 'k', null)).toBeUndefined();
    await expect(readVersionFrom(clientOf(failing('AccessDenied')))('b', 'k', 'v')).rejects.toThrow('AccessDenied');
  });

  test('writes one line of JSON, and leaves what is there', async () => {
    const inputs: Record<string, unknown>[] = [];
    const message = { message_id: 'x' } as Message;
    await stageMessagesIn(
      clientOf(({ input }) => inputs.push(input)),
      'staging',
    )('events/x.json', message);
    expect(inputs).toEqual([
      {
        Bucket: 'staging',
        Key: 'events/x.json',
        Body: '{"message_id":"x"}\n',
        ContentType: 'application/json',
        IfNoneMatch: '*',
      },
    ]);
    await stageMessagesIn(clientOf(failing('PreconditionFailed')), 'staging')('events/x.json', message);
    await expect(stageMessagesIn(clientOf(failing('SlowDown')), 'staging')('events/x.json', message)).rejects.toThrow('SlowDown');
  });
});

describe('the log', () => {
  const events = (body: unknown, id: string) => ({ Records: [{ messageId: id, body: JSON.stringify(body) }] });
  const logged = async (action: () => Promise<unknown>) => {
    const lines: Record<string, unknown>[] = [];
    const spies = (['info', 'error'] as const).map((name) =>
      jest.spyOn(console, name).mockImplementation((...given: unknown[]) => void lines.push(JSON.parse(String(given[0])))),
    );
    await action();
    for (const spy of spies) spy.mockRestore();
    return lines;
  };
  const settings = { STAGING_BUCKET: 'staging', STAGING_PREFIX: 'events/' };
  const send = jest.spyOn(S3Client.prototype, 'send');
  beforeEach(() => Object.assign(process.env, settings));
  afterEach(() => {
    for (const name of Object.keys(settings)) delete process.env[name];
  });
  afterAll(() => send.mockRestore());

  test('one line a batch: runs, counts, duration, request; nothing of a document or its key', async () => {
    const Body = { transformToByteArray: async () => Buffer.from('{"agent":{"name":"Ann Person"}}') };
    send.mockImplementation((async (command: unknown) =>
      command instanceof GetObjectCommand ? { Body, Metadata: { 'run-id': 'run-7' } } : {}) as never);
    const removed = recordOf({ eventName: 'ObjectRemoved:DeleteMarkerCreated', key: 'listings/ann.json', sequencer: '00AC' });
    const lines = await logged(() => handler(events({ Records: [recordOf(), removed] }, 'm0'), { awsRequestId: 'request-1' }));
    expect(lines).toEqual([
      {
        timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
        level: 'INFO',
        message: 'batch handled',
        run_ids: ['run-7'],
        received: 1,
        staged: 2,
        removals: 1,
        failed: 0,
        duration_ms: expect.any(Number),
        request_id: 'request-1',
      },
    ]);
    expect(JSON.stringify(lines)).not.toMatch(/Ann|ann\.json/);
  });

  test('a failed event is a line of its own', async () => {
    send.mockImplementation((async () => {
      throw Object.assign(new Error('no entry'), { name: 'AccessDenied' });
    }) as never);
    const lines = await logged(() => handler(events({ Records: [recordOf()] }, 'm0')));
    expect(lines).toMatchObject([
      { level: 'ERROR', message: 'event failed', sqs_message_id: 'm0', error: 'AccessDenied: no entry', request_id: null },
      { level: 'INFO', message: 'batch handled', run_ids: [], staged: 0, failed: 1 },
    ]);
  });
});
