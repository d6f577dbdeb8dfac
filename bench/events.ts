import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  CreateEventSourceMappingCommand,
  CreateFunctionCommand,
  type FunctionConfiguration,
  GetFunctionCommand,
  LambdaClient,
} from '@aws-sdk/client-lambda';
import {
  CreateBucketCommand,
  ListObjectsV2Command,
  PutBucketNotificationConfigurationCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { CreateQueueCommand, SQSClient } from '@aws-sdk/client-sqs';
import { childEnvironment, freePorts, projectRoot, pythonExecutable } from '@lakewright/config';
import { endChild, killWithThisProcess } from '@lakewright/process';
import { newListing } from '../apps/listings/lambdas/sales_and_rentals_publishing_service/listing';
import { Random } from '../apps/listings/lambdas/sales_and_rentals_publishing_service/random';
import { LocalPlane } from '../test/support/clone';
import type { Benchmark } from './support/benchmark';
import { alternating, type Cost, measured } from './support/measure';
import { ratio, seconds } from './support/report';

const FUNCTION = 'raw_listings_s3_event_lambda';
const REGION = 'eu-west-1';
const PARALLEL_PUTS = 16;
/** Nothing more has arrived for so long: what is missing is lost. */
const PATIENCE_MS = 60_000;

/** An AWS API with the function and its buckets in it. */
interface Api {
  readonly s3: S3Client;
  readonly pid: number;
  readonly listings: string;
  readonly staging: string;
}

/** S3 -> SQS -> Lambda -> S3: the local plane as it is deployed, against ministack as it comes. */
export const events: Benchmark = {
  name: 'events',
  title: 'Events from S3 through SQS and a Lambda to S3',
  run: async ({ folder, events: count = 2000, rounds = 2, note }) => {
    const plane = new LocalPlane();
    const closing: (() => Promise<unknown>)[] = [() => plane.remove()];
    try {
      const up = await plane.lakewright('up', 'listings', '--no-run');
      if (up.code !== 0) throw new Error(up.stderr);
      const recorder = await deployedFunction(plane.ports().aws);
      const { LISTINGS_BUCKET: listings, STAGING_BUCKET: staging } = recorder.configuration.Environment?.Variables ?? {};
      const buckets = { listings: listings!, staging: staging! };
      const own: Api = { s3: s3Client(plane.ports().aws), pid: plane.servicePid('ministack')!, ...buckets };
      const alone = await startMinistack(folder);
      closing.push(alone.stop);
      const theirs: Api = { s3: s3Client(alone.port), pid: alone.pid, ...buckets };
      await deploy(theirs, alone.port, recorder);
      note('both are up');
      let lost = 0;
      const run = async (api: Api, round: number): Promise<Cost> => {
        const { cost, value } = await measured(() => publish(api, count, round), [api.pid]);
        lost += count - value;
        note(`${api === own ? 'Lakewright' : 'ministack'}: ${seconds(cost.seconds)}`);
        return cost;
      };
      const runs = await alternating(rounds, {
        own: (round) => run(own, round),
        theirs: (round) => run(theirs, round),
      });
      for (const { s3 } of [own, theirs]) s3.destroy();
      return {
        about:
          `${count} listings written to a versioned bucket by ${PARALLEL_PUTS} writers; S3 tells a queue, the queue feeds \`${FUNCTION}\` (batches of 10, ` +
          'at most 10 at once), which reads the object and writes a message to another bucket. The clock stops when the last message is there. Lakewright is what ' +
          '`lakewright up` deploys: every object on disk before it is acknowledged, a checkpoint every two seconds, a dead letter queue, ' +
          'encryption keys and policies. The rival is the same ministack, started by its own command, everything in memory, with the same function, ' +
          'queue and buckets and nothing else. Memory includes that of the Lambda processes and of the writers.',
        lines: [
          { what: 'Lakewright', runs: runs.own },
          { what: 'ministack alone', runs: runs.theirs },
        ],
        verdicts: [
          { what: 'Lakewright to ministack alone', value: ratio(runs.own, runs.theirs).text },
          { what: `events lost of ${2 * rounds * count}`, value: String(lost), goal: '0', met: lost === 0 },
        ],
      };
    } finally {
      for (const close of closing.reverse()) await close();
    }
  },
};

/** Writes listings and waits for their messages. @returns how many arrived */
async function publish({ s3, listings, staging }: Api, count: number, round: number): Promise<number> {
  const before = await messages(s3, staging);
  const random = new Random(String(round), 'bench');
  let next = 0;
  const writer = async () => {
    for (let index = next++; index < count; index = next++) {
      const id = `lst_${round}x${index}`;
      const Body = JSON.stringify(newListing(id, '2026-01-01T00:00:00.000Z', random));
      await s3.send(new PutObjectCommand({ Bucket: listings, Key: `listings/${id}.json`, Body }));
    }
  };
  await Promise.all(Array.from({ length: PARALLEL_PUTS }, writer));
  let arrived = 0;
  for (let since = Date.now(); arrived < count && Date.now() - since < PATIENCE_MS; await sleep(250)) {
    const now = (await messages(s3, staging)) - before;
    if (now > arrived) since = Date.now();
    arrived = now;
  }
  return arrived;
}

async function messages(s3: S3Client, bucket: string): Promise<number> {
  let count = 0;
  for (let token: string | undefined, more = true; more; ) {
    const page = await s3.send(new ListObjectsV2Command({ Bucket: bucket, Prefix: 'events/', ContinuationToken: token }));
    count += page.KeyCount ?? 0;
    token = page.NextContinuationToken;
    more = token !== undefined;
  }
  return count;
}

interface Deployed {
  readonly configuration: FunctionConfiguration;
  readonly code: Uint8Array;
}

/** The function as the local plane runs it. */
async function deployedFunction(port: number): Promise<Deployed> {
  const lambda = new LambdaClient(settings(port));
  const { Configuration, Code } = await lambda.send(new GetFunctionCommand({ FunctionName: FUNCTION }));
  lambda.destroy();
  const response = await fetch(Code!.Location!);
  return { configuration: Configuration!, code: new Uint8Array(await response.arrayBuffer()) };
}

/** The same function, queue and buckets by hand. */
async function deploy({ s3, listings, staging }: Api, port: number, { configuration, code }: Deployed): Promise<void> {
  const [lambda, sqs] = [new LambdaClient(settings(port)), new SQSClient(settings(port))];
  for (const Bucket of [listings, staging]) {
    await s3.send(new CreateBucketCommand({ Bucket }));
    await s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: 'Enabled' } }));
  }
  await sqs.send(new CreateQueueCommand({ QueueName: 'events', Attributes: { VisibilityTimeout: '180' } }));
  const queue = `arn:aws:sqs:${REGION}:000000000000:events`;
  const { FunctionName, Role, Runtime, Handler, Timeout, MemorySize, Environment } = configuration;
  const { Variables } = Environment!;
  await lambda.send(
    new CreateFunctionCommand({
      ...{ FunctionName, Role, Runtime, Handler, Timeout, MemorySize },
      Environment: { Variables },
      Code: { ZipFile: code },
    }),
  );
  await lambda.send(
    new CreateEventSourceMappingCommand({
      FunctionName,
      EventSourceArn: queue,
      BatchSize: 10,
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      ScalingConfig: { MaximumConcurrency: 10 },
    }),
  );
  const rules = [{ QueueArn: queue, Events: ['s3:ObjectCreated:*' as const] }];
  await s3.send(
    new PutBucketNotificationConfigurationCommand({
      Bucket: listings,
      NotificationConfiguration: { QueueConfigurations: rules },
    }),
  );
  lambda.destroy();
  sqs.destroy();
}

/** ministack by its own command, everything in memory, on loopback. */
async function startMinistack(folder: string): Promise<{ readonly port: number; readonly pid: number; stop(): Promise<void> }> {
  const [port] = (await freePorts(1)) as [number];
  const scratch = join(folder, 'ministack');
  mkdirSync(scratch);
  const log = openSync(join(folder, 'ministack.log'), 'a');
  const { PATH = '' } = childEnvironment();
  const child = spawn(pythonExecutable(projectRoot()), ['-m', 'ministack'], {
    cwd: scratch,
    stdio: ['ignore', log, log],
    env: {
      PATH: `${join(projectRoot(), 'node_modules/node22/bin')}:${PATH}`,
      ...{ GATEWAY_PORT: String(port), BIND_HOST: '127.0.0.1', MINISTACK_HOST: '127.0.0.1', MINISTACK_REGION: REGION },
      ...{ IOT_MTLS_ENABLED: '0', SFTP_ENABLED: '0', LAMBDA_EXECUTOR: 'local', LAMBDA_WARM_TTL_SECONDS: '10', TMPDIR: scratch },
      ...{ AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test', HOME: scratch },
    },
  });
  closeSync(log);
  killWithThisProcess(child);
  const stop = () => endChild(child);
  for (let tries = 0; tries < 600; tries += 1) {
    if (child.exitCode !== null) throw new Error(`ministack ended with ${child.exitCode}`);
    const answered = await fetch(`http://127.0.0.1:${port}/_ministack/health`).then(
      ({ ok }) => ok,
      () => false,
    );
    if (answered) return { port, pid: child.pid!, stop };
    await sleep(100);
  }
  await stop();
  throw new Error('ministack did not answer within a minute');
}

function s3Client(port: number): S3Client {
  return new S3Client({ ...settings(port), forcePathStyle: true });
}

function settings(port: number) {
  return {
    endpoint: `http://127.0.0.1:${port}`,
    region: REGION,
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  };
}
