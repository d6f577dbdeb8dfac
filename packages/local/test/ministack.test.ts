import { spawn, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { CreateKeyCommand, DescribeKeyCommand } from '@aws-sdk/client-kms';
import { CreateFunctionCommand, InvokeCommand } from '@aws-sdk/client-lambda';
import { CreateBucketCommand, GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { CreateQueueCommand, GetQueueUrlCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import { freePorts, pythonExecutable } from '@lakewright/config';
import { groupMembers, identify } from '@lakewright/process';
import { ensureServices, serviceStatus, stopServices, type UncleanStop } from '../src';
import { type AwsClients, awsClients } from '../src/aws/clients';
import { delegatedPorts, ministackData } from '../src/services/ministack/service';
import { listeners } from '../src/services/sockets';
import { type TestHome, testHome } from './support/home';
import { writeZip } from './support/zip';

describe('the local AWS API', () => {
  let home: TestHome;
  let aws: AwsClients;

  beforeEach(async () => {
    home = await testHome();
    aws = awsClients(home);
  });
  afterEach(async () => {
    aws.close();
    await home.dispose();
  });

  const up = () => ensureServices(home, { services: ['ministack'] });
  const pidOf = async () => (await serviceStatus(home)).find(({ name }) => name === 'ministack')!.pid!;

  async function createFunction(name: string, code: string): Promise<void> {
    const zip = join(home.paths.home, `${name}.zip`);
    writeZip(zip, 'index.js', code);
    await aws.lambda.send(
      new CreateFunctionCommand({
        FunctionName: name,
        Role: 'arn:aws:iam::000000000000:role/any',
        Runtime: 'nodejs22.x',
        Handler: 'index.handler',
        Code: { ZipFile: readFileSync(zip) },
      }),
    );
  }

  async function invoke(name: string): Promise<unknown> {
    const { Payload } = await aws.lambda.send(new InvokeCommand({ FunctionName: name, Payload: Buffer.from('{}') }));
    return JSON.parse(Buffer.from(Payload!).toString());
  }

  test('killed without warning, it keeps what was older than two seconds, S3 to the last object, and says so', async () => {
    expect((await up()).notices).toEqual([]);
    await aws.s3.send(new CreateBucketCommand({ Bucket: 'kept' }));
    const { QueueUrl } = await aws.sqs.send(new CreateQueueCommand({ QueueName: 'kept' }));
    await aws.sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'hello' }));
    await createFunction('kept', 'exports.handler = async () => process.version');
    const created = Date.now();
    await sleep(4_500);
    await aws.s3.send(new PutObjectCommand({ Bucket: 'kept', Key: 'last', Body: 'written just before' }));
    process.kill(await pidOf(), 'SIGKILL');

    const again = await up();
    expect(again.services).toMatchObject([{ name: 'ministack', state: 'running', action: 'restarted' }]);
    const [{ lostAfter }] = again.uncleanStops as [UncleanStop];
    expect(Date.parse(lostAfter!)).toBeGreaterThan(created);
    expect(again.notices).toEqual([
      `the AWS API was not stopped cleanly: S3 has lost nothing, other services may have lost what they acknowledged after ${lostAfter}`,
    ]);
    const object = await aws.s3.send(new GetObjectCommand({ Bucket: 'kept', Key: 'last' }));
    expect(await object.Body?.transformToString()).toBe('written just before');
    expect((await aws.sqs.send(new GetQueueUrlCommand({ QueueName: 'kept' }))).QueueUrl).toContain('/kept');
    expect(await invoke('kept')).toMatch(/^v22\./);
  });

  test('stopped and started again, it keeps the last write and has nothing to report', async () => {
    await up();
    await aws.sqs.send(new CreateQueueCommand({ QueueName: 'last-moment' }));
    expect(await stopServices(home)).toEqual(['ministack']);
    const again = await up();
    expect(again.notices).toEqual([]);
    expect(again.services).toMatchObject([{ action: 'started' }]);
    expect((await aws.sqs.send(new GetQueueUrlCommand({ QueueName: 'last-moment' }))).QueueUrl).toContain('/last-moment');
  });

  test('listens on loopback only, Lambda workers included, and ends them with itself', async () => {
    await up();
    await createFunction('pid', 'exports.handler = async () => process.pid');
    const worker = (await invoke('pid')) as number;
    const leader = identify(await pidOf())!;
    const members = groupMembers(leader);
    expect(members).toContain(worker);
    expect(listeners(members)).toEqual([{ pid: leader.pid, port: home.ports.aws, loopback: true }]);
    await stopServices(home);
    expect(identify(worker)).toBeUndefined();
    expect(groupMembers(leader)).toEqual([]);
  });

  test('gives handlers none of the environment of the user', async () => {
    process.env.AWS_SESSION_TOKEN = 'of-the-user';
    process.env.A_SECRET_OF_THE_USER = 'x';
    try {
      await up();
    } finally {
      delete process.env.AWS_SESSION_TOKEN;
      delete process.env.A_SECRET_OF_THE_USER;
    }
    await createFunction('environment', 'exports.handler = async () => process.env');
    const environment = (await invoke('environment')) as Record<string, string>;
    expect(environment.AWS_ENDPOINT_URL).toBe(`http://127.0.0.1:${home.ports.aws}`);
    expect(environment.AWS_SESSION_TOKEN || undefined).toBeUndefined();
    expect(environment).not.toHaveProperty('A_SECRET_OF_THE_USER');
  });

  test('refuses a data folder that another one holds', async () => {
    await up();
    const [port] = await freePorts(1);
    const launcher = join(home.root, 'packages/local/src/services/ministack/launcher.py');
    const second = spawnSync(
      pythonExecutable(home.root),
      [launcher, '--port', String(port), '--data', ministackData(home), '--region', 'eu-west-1', ...delegatedPorts(home)],
      { encoding: 'utf8' },
    );
    expect(second).toMatchObject({ status: 3, stderr: expect.stringContaining('is in use by another ministack') });
    expect((await serviceStatus(home)).find(({ name }) => name === 'ministack')!.state).toBe('running');
  });

  test('makes keys with the ids that the Terraform state knows', async () => {
    await up();
    const id = '8f9d7b1e-0000-4000-8000-3c2b1a000001';
    await aws.kms.send(new CreateKeyCommand({ Tags: [{ TagKey: 'lakewright:key-id', TagValue: id }] }));
    const other = await aws.kms.send(new CreateKeyCommand({}));
    const { KeyMetadata } = await aws.kms.send(new DescribeKeyCommand({ KeyId: id }));
    expect(KeyMetadata?.Arn).toBe(`arn:aws:kms:${home.environment.aws.region}:000000000000:key/${id}`);
    expect(other.KeyMetadata?.KeyId).not.toBe(id);
  });

  test('leaves no worker behind when it is killed', async () => {
    await up();
    await createFunction('sleeper', 'exports.handler = async () => process.pid');
    const worker = (await invoke('sleeper')) as number;
    process.kill(await pidOf(), 'SIGKILL');
    await stopServices(home);
    expect(identify(worker)).toBeUndefined();
  });

  test('names the process that holds its port, and leaves it alone', async () => {
    const holder = spawn(process.execPath, ['-e', `require('net').createServer().listen(${home.ports.aws}, '127.0.0.1')`]);
    try {
      await sleep(500);
      await expect(up()).rejects.toMatchObject({
        code: 'LOCAL_PORT_TAKEN',
        message: expect.stringMatching(
          new RegExp(`port ${home.ports.aws} of the service ministack is taken by .*pid ${holder.pid}`),
        ),
      });
      expect(holder.exitCode).toBeNull();
    } finally {
      holder.kill();
    }
  });
});
