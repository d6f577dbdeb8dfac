import {
  CreateBucketCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { GetQueueUrlCommand, PurgeQueueCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { LocalPlane } from './support/clone';
import { type Judgement, judge, type Properties } from './support/listing-judgement';
import { fuzzedDocuments, namedDocuments, type OddDocument } from './support/odd-documents';

/**
 * Whatever the backend writes into the listings bucket, through the real chain: the update goes on, every object is in silver or in
 * quarantine with the reason, and gold equals the fold over what was accepted. Messages that the Lambda cannot handle become dead
 * letters and come back.
 */
jest.setTimeout(300_000);

const LISTINGS = 'lakewright-listings-listings-local-000000000000';
const STAGING = 'lakewright-listings-staging-local-000000000000';
const QUEUE = 'raw_listings_s3_event_lambda_events';
const DEAD = `${QUEUE}_dead_letters`;

const plane = new LocalPlane();
let s3: S3Client;
let sqs: SQSClient;

beforeAll(async () => {
  const up = await plane.lakewright('up', 'listings', '--no-run');
  expect(up.code === 0 ? '' : up.stderr).toBe('');
  const local = {
    endpoint: `http://127.0.0.1:${plane.ports().aws}`,
    region: 'eu-west-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  };
  s3 = new S3Client({ ...local, forcePathStyle: true });
  sqs = new SQSClient(local);
});
afterAll(async () => {
  s3?.destroy();
  sqs?.destroy();
  await plane.remove();
});

/** A version of an object, or a delete marker, and what must become of it. */
interface Version {
  readonly key: string;
  readonly versionId: string;
  readonly judgement: Judgement | 'deleted';
}

/** Versions by key, each from the oldest to the newest: S3 lists them the other way round. */
async function versionsInS3(): Promise<Map<string, Version[]>> {
  const found: { Key?: string; VersionId?: string; marker: boolean; LastModified?: Date }[] = [];
  let position: { KeyMarker?: string; VersionIdMarker?: string } = {};
  for (;;) {
    const page = await s3.send(new ListObjectVersionsCommand({ Bucket: LISTINGS, ...position }));
    found.push(...(page.Versions ?? []).map((version) => ({ ...version, marker: false })));
    found.push(...(page.DeleteMarkers ?? []).map((marker) => ({ ...marker, marker: true })));
    if (!page.IsTruncated) break;
    position = { KeyMarker: page.NextKeyMarker, VersionIdMarker: page.NextVersionIdMarker };
  }
  const byKey = new Map<string, Version[]>();
  for (const { Key = '', VersionId = '', marker } of found) {
    const judgement = marker ? 'deleted' : judge(Key, await contentOf(Key, VersionId));
    // Markers come after all versions of a page; in this test a marker is always the newest of its key.
    byKey.set(
      Key,
      marker
        ? [...(byKey.get(Key) ?? []), { key: Key, versionId: VersionId, judgement }]
        : [{ key: Key, versionId: VersionId, judgement }, ...(byKey.get(Key) ?? [])],
    );
  }
  return byKey;
}

async function contentOf(Key: string, VersionId: string): Promise<Buffer> {
  const { Body } = await s3.send(new GetObjectCommand({ Bucket: LISTINGS, Key, VersionId }));
  return Buffer.from((await Body?.transformToByteArray()) ?? []);
}

/** Objects of one key one after the other, keys side by side. */
async function put(documents: readonly OddDocument[]): Promise<void> {
  const byKey = new Map<string, OddDocument[]>();
  for (const document of documents) byKey.set(document.key, [...(byKey.get(document.key) ?? []), document]);
  const queue = [...byKey.values()];
  const worker = async () => {
    for (let own = queue.shift(); own; own = queue.shift()) {
      for (const { key: Key, body: Body } of own) await s3.send(new PutObjectCommand({ Bucket: LISTINGS, Key, Body }));
    }
  };
  await Promise.all(Array.from({ length: 12 }, worker));
}

async function send(MessageBody: string): Promise<void> {
  const { QueueUrl } = await sqs.send(new GetQueueUrlCommand({ QueueName: QUEUE }));
  await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody }));
}

async function stagedObjects(): Promise<number> {
  let count = 0;
  let ContinuationToken: string | undefined;
  do {
    const page = await s3.send(new ListObjectsV2Command({ Bucket: STAGING, Prefix: 'events/', ContinuationToken }));
    count += page.KeyCount ?? 0;
    ContinuationToken = page.NextContinuationToken;
  } while (ContinuationToken);
  return count;
}

async function countRows(table: string): Promise<number> {
  const [row] = await plane.rows<{ n: string | number }>(`SELECT count(*) AS n FROM listings_local.${table}`);
  return Number(row?.n);
}

interface SilverRow extends Properties {
  readonly listing_id: string;
  readonly version_id: string;
  readonly rescued_data: string | null;
}

/** Silver, quarantine and gold are what the judgement of every object version says. */
async function expectTablesEqualJudgement(): Promise<void> {
  const versions = [...(await versionsInS3()).values()];
  const columns = 'title, city, latitude, agency_name, price_amount, living_m2, bedrooms, features, year_built';
  const silver = await plane.rows<SilverRow>(
    `SELECT listing_id, version_id, rescued_data, ${columns} FROM listings_local.silver.listings WHERE document_state = 'read'`,
  );
  const found = silver.map(({ version_id, rescued_data, ...properties }) => ({
    version_id,
    rescued: rescuedNames(rescued_data),
    ...numbers(properties),
  }));
  const accepted = versions
    .flat()
    .flatMap(({ key, versionId, judgement }) =>
      judgement !== 'deleted' && judgement.accepted
        ? [{ version_id: versionId, rescued: judgement.rescued, listing_id: idOf(key), ...judgement.properties }]
        : [],
    );
  expect(byVersion(found)).toEqual(byVersion(accepted));

  const quarantine = await plane.rows<{ version_id: string; _quarantine_reasons: string[] }>(
    'SELECT version_id, _quarantine_reasons FROM listings_local.silver.listings_quarantine WHERE event_id IS NOT NULL',
  );
  const refused = versions
    .flat()
    .flatMap(({ versionId, judgement }) =>
      judgement !== 'deleted' && !judgement.accepted ? [{ version_id: versionId, _quarantine_reasons: judgement.reasons }] : [],
    );
  expect(byVersion(quarantine)).toEqual(byVersion(refused));

  const gold = await plane.rows<{ listing_id: string; is_deleted: boolean } & Properties>(
    `SELECT listing_id, is_deleted, ${columns} FROM listings_local.gold.current_listings`,
  );
  const folded = versions.flatMap((ofKey) => {
    const effective = ofKey.filter(({ judgement }) => judgement === 'deleted' || judgement.accepted);
    const last = effective.findLast(({ judgement }) => judgement !== 'deleted');
    if (!last || last.judgement === 'deleted' || !last.judgement.accepted) return [];
    return [{ listing_id: idOf(last.key), is_deleted: effective.at(-1)?.judgement === 'deleted', ...last.judgement.properties }];
  });
  const byId = (a: { listing_id: string }, b: { listing_id: string }) => (a.listing_id < b.listing_id ? -1 : 1);
  expect(gold.map(numbers).sort(byId)).toEqual(folded.sort(byId));
}

const NUMBERS = ['latitude', 'price_amount', 'living_m2', 'bedrooms', 'year_built'];

function numbers<T extends object>(row: T): T {
  const entries = Object.entries(row).map(([name, value]) => [
    name,
    NUMBERS.includes(name) && value !== null ? Number(value) : value,
  ]);
  return Object.fromEntries(entries) as T;
}

function rescuedNames(rescued: string | null): string[] {
  return rescued === null ? [] : Object.keys(JSON.parse(rescued) as object).sort();
}

function byVersion<T extends { version_id: string }>(rows: readonly T[]): T[] {
  return [...rows].sort((a, b) => (a.version_id < b.version_id ? -1 : 1));
}

function idOf(key: string): string {
  return key.replace(/^listings\//, '').replace(/\.json$/, '');
}

const laterEvent = JSON.stringify({
  Records: [
    {
      eventName: 'ObjectCreated:Put',
      eventTime: '2026-06-01T00:00:00.000Z',
      s3: { bucket: { name: 'not-there-yet' }, object: { key: 'listings/good.json', sequencer: '01' } },
    },
  ],
});

test('a thousand damaged objects and some messages that cannot be handled: the run says how many were given up', async () => {
  const documents = [...namedDocuments(), ...fuzzedDocuments(1000, 7)];
  await put(documents);
  await s3.send(new DeleteObjectCommand({ Bucket: LISTINGS, Key: 'listings/good.json' }));
  await s3.send(new DeleteObjectCommand({ Bucket: LISTINGS, Key: 'listings/cut.json' }));
  await send('no notification of S3');
  await send(laterEvent);
  const published = await plane.lakewright('run', 'listings', 'publish', '--count', '10', '--seed', '3');
  expect(published.code).toBe(1);
  expect(published.stderr).toContain(`events that could not be handled: 2 in ${DEAD}`);
  expect(published.stderr).toContain('lakewright run listings redrive');
});

test('the update goes on, nothing is lost, and every object is where it belongs', async () => {
  const update = await plane.lakewright('run', 'listings', 'pipeline');
  expect(update.code === 0 ? '' : update.stderr).toBe('');
  const events = [...(await versionsInS3()).values()].flat().length;
  const [staged, bronze, silver, quarantine] = [
    await stagedObjects(),
    await countRows('bronze.raw_listings'),
    await countRows('silver.listings'),
    await countRows('silver.listings_quarantine'),
  ];
  expect(events).toBeGreaterThan(1030);
  expect({ staged, bronze, together: silver + quarantine }).toEqual({ staged: events, bronze: events, together: events });
  expect(quarantine).toBeGreaterThan(200);
  expect(silver).toBeGreaterThan(400);
  await expectTablesEqualJudgement();
});

test('dead letters of earlier runs are a notice, and come back when the cause is mended', async () => {
  const published = await plane.lakewright('run', 'listings', 'publish', '--count', '5', '--seed', '4');
  expect(published.code === 0 ? '' : published.stderr).toBe('');
  expect(published.stderr).toContain(`2 in ${DEAD} from earlier runs`);

  await s3.send(new CreateBucketCommand({ Bucket: 'not-there-yet' }));
  const good = namedDocuments().find(({ key }) => key === 'listings/good.json')!;
  await s3.send(new PutObjectCommand({ Bucket: 'not-there-yet', Key: good.key, Body: good.body }));
  const half = await plane.lakewright('run', 'listings', 'redrive');
  expect(half.code).toBe(1);
  expect(half.stderr).toContain(`2 dead letters were moved back; events that could not be handled: 1 in ${DEAD}`);

  const { QueueUrl } = await sqs.send(new GetQueueUrlCommand({ QueueName: DEAD }));
  await sqs.send(new PurgeQueueCommand({ QueueUrl }));
  const whole = await plane.lakewright('run', 'listings', 'redrive', '--json');
  expect(JSON.parse(whole.stdout)).toMatchObject({ kind: 'redrive', result: { dead_letters: 0, handled: 0 } });
});

test('lines in the staging bucket that are no messages end in quarantine with their text', async () => {
  const before = await countRows('bronze.raw_listings');
  const lines = {
    'no.json': 'no JSON\n',
    'cut.json': '{"message_id":"cut',
    'large.json': `{"message_id":"${'x'.repeat(20_000_000)}`,
  };
  for (const [name, Body] of Object.entries(lines)) {
    await s3.send(new PutObjectCommand({ Bucket: STAGING, Key: `events/${name}`, Body }));
  }
  expect((await plane.lakewright('run', 'listings', 'pipeline')).code).toBe(0);
  const rows = await plane.rows<{ text: string; size: number }>(
    `SELECT left(get_json_object(rescued_data, '$._corrupt_record'), 20) AS text, length(rescued_data) > 20000000 AS size
     FROM listings_local.silver.listings_quarantine WHERE array_contains(_quarantine_reasons, 'message_is_readable') ORDER BY text`,
  );
  expect(rows).toEqual([
    { text: 'no JSON', size: false },
    { text: '{"message_id":"cut', size: false },
    { text: '{"message_id":"xxxxx', size: true },
  ]);
  // The five operations published above, the one that came back, and these three lines.
  expect(await countRows('bronze.raw_listings')).toBe(before + 9);
  // What came back speaks of a version before the deletion of the same listing: it changes nothing.
  const redriven = await plane.rows("SELECT bucket FROM listings_local.bronze.raw_listings WHERE bucket = 'not-there-yet'");
  expect(redriven).toHaveLength(1);
});
