import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  CreateBucketCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  ListObjectVersionsCommand,
  PutBucketNotificationConfigurationCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import { CreateQueueCommand, DeleteMessageCommand, ReceiveMessageCommand, SetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import { ensureServices, recover, serviceStatus, stopServices } from '../src';
import { type AwsClients, awsClients } from '../src/aws/clients';
import { ministackData } from '../src/services/ministack/service';
import { type TestHome, testHome } from './support/home';

const QUEUE = 'arn:aws:sqs:eu-west-1:000000000000:changes';

interface S3Record {
  readonly eventName: string;
  readonly eventTime: string;
  readonly s3: { readonly object: { readonly key: string; readonly versionId: string; readonly sequencer: string } };
}

/** What S3 announces survives a kill as the object does: to the word, and only what may have been lost. */
describe('S3 events after a kill', () => {
  let home: TestHome;
  let aws: AwsClients;
  let QueueUrl: string;

  beforeEach(async () => {
    home = await testHome();
    aws = awsClients(home);
    await up();
    ({ QueueUrl } = (await aws.sqs.send(new CreateQueueCommand({ QueueName: 'changes' }))) as { QueueUrl: string });
    await aws.sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes: { Policy: POLICY } }));
    await aws.s3.send(new CreateBucketCommand({ Bucket: 'source' }));
    await aws.s3.send(new PutBucketVersioningCommand({ Bucket: 'source', VersioningConfiguration: { Status: 'Enabled' } }));
    await aws.s3.send(
      new PutBucketNotificationConfigurationCommand({
        Bucket: 'source',
        NotificationConfiguration: {
          QueueConfigurations: [{ QueueArn: QUEUE, Events: ['s3:ObjectCreated:*', 's3:ObjectRemoved:*'] }],
        },
      }),
    );
    await received();
  });
  afterEach(async () => {
    aws.close();
    await home.dispose();
  });

  const up = () => ensureServices(home, { services: ['ministack'] });
  const put = (Key: string, Body: string) => aws.s3.send(new PutObjectCommand({ Bucket: 'source', Key, Body }));
  const remove = (Key: string, VersionId?: string) => aws.s3.send(new DeleteObjectCommand({ Bucket: 'source', Key, VersionId }));

  async function kill(): Promise<void> {
    process.kill((await serviceStatus(home)).find(({ name }) => name === 'ministack')!.pid!, 'SIGKILL');
  }

  /** Takes every message out of the queue: the events of versions, in the order of their sequencers. */
  async function received(): Promise<S3Record[]> {
    const records: S3Record[] = [];
    for (let empty = 0; empty < 3; ) {
      const { Messages = [] } = await aws.sqs.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }));
      for (const { Body, ReceiptHandle } of Messages) {
        records.push(...((JSON.parse(Body!) as { Records?: S3Record[] }).Records ?? []));
        await aws.sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
      }
      empty = Messages.length === 0 ? empty + 1 : 0;
      if (empty > 0) await sleep(50);
    }
    return records.sort((a, b) => (a.s3.object.sequencer < b.s3.object.sequencer ? -1 : 1));
  }

  /** Waits until a checkpoint was taken after now. */
  async function checkpoint(): Promise<void> {
    const file = join(ministackData(home), 'checkpoint.json');
    const now = new Date().toISOString();
    const taken = () => (existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as { at: string }).at : '');
    while (taken() <= now) await sleep(50);
  }

  const identity = ({ eventName, eventTime, s3: { object } }: S3Record) => ({
    eventName,
    eventTime,
    key: object.key,
    versionId: object.versionId,
    sequencer: object.sequencer,
  });

  test('come again from the object versions exactly as they were, delete markers included', async () => {
    await checkpoint();
    for (const [key, body] of Object.entries({ a: 'one', b: 'two', 'with space': 'three' })) await put(key, body);
    await put('a', 'changed');
    await remove('b');
    await aws.s3.send(new DeleteObjectsCommand({ Bucket: 'source', Delete: { Objects: [{ Key: 'with space' }] } }));
    await remove('never there');
    const first = await received();
    expect(first.map(({ eventName, s3 }) => `${eventName} ${s3.object.key}`)).toEqual([
      ...['a', 'b', 'with+space', 'a'].map((key) => `ObjectCreated:Put ${key}`),
      ...['b', 'with+space'].map((key) => `ObjectRemoved:DeleteMarkerCreated ${key}`),
    ]);
    await kill();

    const ensured = await up();
    expect(await received()).toEqual([]);
    const recovery = await recover(home, ensured);
    expect(recovery?.replayed).toBeGreaterThanOrEqual(first.length);
    const again = (await received()).map(identity);
    expect(again.slice(-first.length)).toEqual(first.map(identity));
    expect(await recover(home, await up())).toBeUndefined();
  });

  test('are not sent again once a checkpoint has them, and never after a clean stop', async () => {
    await put('old', 'one');
    expect(await received()).toHaveLength(1);
    await checkpoint();
    await put('new', 'two');
    await received();
    await kill();
    expect(await recover(home, await up())).toMatchObject({ replayed: 1 });
    expect((await received()).map(({ s3 }) => s3.object.key)).toEqual(['new']);
    await stopServices(home);
    const ensured = await up();
    expect(ensured.uncleanStops).toEqual([]);
    expect(await recover(home, ensured)).toBeUndefined();
    expect(await received()).toEqual([]);
  });

  test('keep their order over kills: a later event has the greater sequencer, whatever the clock says', async () => {
    await put('a', 'one');
    const [before] = await received();
    await checkpoint();
    await kill();
    // As if the clock had been set back by years: the last number that was given is all that is left to go by.
    const file = join(ministackData(home), 'checkpoint.json');
    const future = '000FFFFFFFFFFFFFF0';
    writeFileSync(file, JSON.stringify({ at: new Date().toISOString(), settled: future }));
    await up();
    await put('a', 'two');
    const [after] = (await received()).slice(-1);
    expect(after!.s3.object.sequencer > before!.s3.object.sequencer).toBe(true);
    expect(after!.s3.object.sequencer > future).toBe(true);
  });

  test('a message that was being handled is there at once after a kill, and the receipt does not count', async () => {
    await checkpoint();
    await put('a', 'one');
    const MessageSystemAttributeNames = ['ApproximateReceiveCount' as const];
    await aws.sqs.send(new ReceiveMessageCommand({ QueueUrl, VisibilityTimeout: 600 }));
    await checkpoint();
    await kill();
    await up();
    const { Messages } = await aws.sqs.send(new ReceiveMessageCommand({ QueueUrl, MessageSystemAttributeNames }));
    expect(Messages).toMatchObject([{ Attributes: { ApproximateReceiveCount: '1' } }]);
  });

  test('a bucket, its versioning and its notification are kept from the moment they are acknowledged', async () => {
    await checkpoint();
    await aws.s3.send(new CreateBucketCommand({ Bucket: 'late' }));
    await aws.s3.send(new PutBucketVersioningCommand({ Bucket: 'late', VersioningConfiguration: { Status: 'Enabled' } }));
    await kill();
    await up();
    const first = await aws.s3.send(new PutObjectCommand({ Bucket: 'late', Key: 'a', Body: 'one' }));
    expect(first.VersionId).toMatch(/^[0-9a-f-]{36}$/);
    const { Versions } = await aws.s3.send(new ListObjectVersionsCommand({ Bucket: 'late' }));
    expect(Versions).toHaveLength(1);
  });
});

const POLICY = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { Service: 's3.amazonaws.com' }, Action: 'sqs:SendMessage', Resource: QUEUE }],
});
