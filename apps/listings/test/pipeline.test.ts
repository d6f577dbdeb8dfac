import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '@lakewright/config';
import { readDefinition, renderDashboard } from '@lakewright/dashboard';
import { Lakehouse, runUpdate, withQuarantine } from '@lakewright/lakeflow';
import { withSail } from '../../../packages/lakeflow/test/support/sail';
import { activeListings } from '../dashboards/active_listings';
import { handleBatch } from '../lambdas/raw_listings_s3_event_lambda/batch';
import type { Message } from '../lambdas/raw_listings_s3_event_lambda/message';
import { readPayload } from '../lambdas/sales_and_rentals_publishing_service/payload';
import { publishRun } from '../lambdas/sales_and_rentals_publishing_service/run';
import { type ExpectedVersion, foldVersions, latestOf } from './reference-fold';
import { type ObjectVersion, VersionedBucket } from './versioned-bucket';

const sail = withSail();
const PIPELINES = join(projectRoot(), 'apps/listings/pipelines');
const SOURCES = withQuarantine(
  readdirSync(PIPELINES).map((file) => ({ path: `pipelines/${file}`, text: readFileSync(join(PIPELINES, file), 'utf8') })),
);

/** A lake of its own with a folder of messages: one test does not see another's rows. */
class Listings {
  readonly catalog: string;
  private readonly staging: string;
  private readonly house: Lakehouse;

  constructor(name: string) {
    this.catalog = `listings_${name}`;
    this.staging = join(sail.folder, 'staging', name, 'events');
    mkdirSync(this.staging, { recursive: true });
    this.house = new Lakehouse({ root: sail.lake, engine: sail.engine });
  }

  /** Announces object versions as S3 does and lets the Lambda stage their messages, some of them twice. */
  async deliver(versions: readonly ObjectVersion[]): Promise<void> {
    const bodies = versions.map(({ key, versionId, sequencer, time, content }, index) => ({
      messageId: `m${index}`,
      body: JSON.stringify({
        Records: [
          {
            eventName: content === null ? 'ObjectRemoved:DeleteMarkerCreated' : 'ObjectCreated:Put',
            eventTime: time,
            s3: { bucket: { name: 'listings' }, object: { key: encodeURIComponent(key), versionId, sequencer } },
          },
        ],
      }),
    }));
    const twice = bodies.filter((_, index) => index % 3 === 0);
    const answer = await handleBatch({ Records: [...bodies, ...twice] }, '', {
      read: async (_bucket, _key, versionId) => {
        const version = versions.find((each) => each.versionId === versionId);
        if (typeof version?.content !== 'string') return undefined;
        return { bytes: Buffer.from(version.content, 'utf8'), runId: version.runId };
      },
      stage: async (key, message) => this.stage(key, message),
      failed: (_messageId, error) => {
        throw error;
      },
    });
    expect(answer.batchItemFailures).toEqual([]);
  }

  stage(file: string, message: Partial<Message> | string): void {
    writeFileSync(join(this.staging, file), typeof message === 'string' ? message : `${JSON.stringify(message)}\n`);
  }

  async update() {
    return runUpdate({
      engine: sail.engine,
      lake: sail.lake,
      pipeline: {
        name: 'listings',
        catalog: this.catalog,
        schema: 'bronze',
        sources: SOURCES,
        configuration: { staging_path: `${this.staging}/` },
      },
    });
  }

  query = (sql: string) => this.house.query(sql);

  async rows(sql: string): Promise<Record<string, unknown>[]> {
    return [...(await this.query(sql)).rows];
  }

  async history(): Promise<Record<string, unknown>[]> {
    return plain(await this.rows(`SELECT * FROM ${this.catalog}.gold.listings_history ORDER BY listing_id, start_at, end_at`));
  }

  async current(): Promise<Record<string, unknown>[]> {
    return plain(await this.rows(`SELECT * FROM ${this.catalog}.gold.current_listings ORDER BY listing_id`));
  }

  /** Both gold tables are what the fold says. */
  async expectFold(versions: readonly ObjectVersion[]): Promise<void> {
    const expected = foldVersions(versions);
    expect(await this.history()).toEqual(expected.map(historyRow).sort(byIdAndTime));
    expect(await this.current()).toEqual(
      latestOf(expected)
        .map((version) => currentRow(version, expected))
        .sort(byIdAndTime),
    );
  }
}

const NUMBERS = ['latitude', 'longitude', 'price_amount', 'living_m2', 'plot_m2', 'bedrooms', 'bathrooms', 'year_built'];
const TIMES = ['published_at', 'updated_at', 'start_at', 'end_at', 'first_seen_at', 'changed_at', 'deleted_at'];

/** Rows of the engine with numbers as numbers and times as ISO texts. */
function plain(rows: readonly Record<string, unknown>[]): Record<string, unknown>[] {
  return rows.map((row) =>
    Object.fromEntries(
      Object.entries(row).map(([name, value]) => {
        if (value === null) return [name, null];
        if (NUMBERS.includes(name)) return [name, Number(value)];
        return [name, TIMES.includes(name) ? new Date(String(value)).toISOString() : value];
      }),
    ),
  );
}

function historyRow({ listing_id, properties, start_at, end_at }: ExpectedVersion) {
  return { listing_id, ...properties, start_at, end_at, is_current: end_at === null };
}

function currentRow(version: ExpectedVersion, history: readonly ExpectedVersion[]) {
  const { listing_id, properties, start_at, end_at } = version;
  const starts = history.filter((other) => other.listing_id === listing_id).map((other) => other.start_at);
  return {
    listing_id,
    is_deleted: end_at !== null,
    ...properties,
    first_seen_at: starts.sort()[0],
    changed_at: end_at ?? start_at,
    deleted_at: end_at,
  };
}

function byIdAndTime(a: Record<string, unknown>, b: Record<string, unknown>): number {
  const key = (row: Record<string, unknown>) => `${row.listing_id} ${row.start_at} ${row.end_at}`;
  return key(a) < key(b) ? -1 : 1;
}

async function published(...events: readonly Record<string, unknown>[]): Promise<ObjectVersion[]> {
  const bucket = new VersionedBucket();
  for (const event of events) await publishRun(readPayload(event), bucket);
  return bucket.versions;
}

test('first load, nothing new, late and out-of-order events: always the fold over what has arrived', async () => {
  const listings = new Listings('load');
  const versions = await published(
    { count: 80, seed: 4, mix: { create: 60, update: 30, delete: 10 } },
    { count: 80, seed: 5, mix: { create: 10, update: 60, delete: 30 } },
  );
  // Every third event is late, deletions of the first wave among them; within a wave the last come first.
  const [wave, late] = [versions.filter((_, index) => index % 3 !== 1), versions.filter((_, index) => index % 3 === 1)];
  expect(late.some(({ content }) => content === null)).toBe(true);

  await listings.deliver(wave.toReversed());
  await listings.update();
  await listings.expectFold(wave);

  const again = await listings.update();
  expect(again.datasets.map(({ status }) => status)).toEqual(again.datasets.map(() => 'unchanged'));

  await listings.deliver(late.toReversed());
  await listings.update();
  await listings.expectFold(versions);

  const [overlaps] = await listings.rows(`
    SELECT count(*) AS n
    FROM ${listings.catalog}.gold.listings_history AS a
    JOIN ${listings.catalog}.gold.listings_history AS b
      ON a.listing_id = b.listing_id AND a.start_at < b.start_at
    WHERE a.end_at IS NULL OR a.end_at > b.start_at`);
  expect(Number(overlaps?.n)).toBe(0);
  const living = (await listings.current()).filter((row) => !row.is_deleted).map(({ listing_id }) => listing_id);
  const open = (await listings.history()).filter((row) => row.is_current).map(({ listing_id }) => listing_id);
  expect(open).toEqual(living);
  expect(await listings.rows(`SELECT * FROM ${listings.catalog}.silver.listings_quarantine`)).toEqual([]);
});

describe('events of every kind', () => {
  const document = (id: string, more: Record<string, unknown> = {}) =>
    JSON.stringify({ listing_id: id, kind: 'sale', price: { amount: 100, currency: 'EUR' }, features: ['b', 'a'], ...more });
  let clock = 0;
  const version = (id: string, content: string | null, sequencer: string): ObjectVersion => {
    clock += 1;
    const time = new Date(Date.UTC(2026, 5, 1) + clock * 60_000).toISOString();
    return { key: `listings/${id}.json`, versionId: `${id}-${clock}`, sequencer, time, content };
  };
  const message = (id: string, more: Partial<Message> = {}): Message => ({
    message_id: id,
    event_type: 'ObjectCreated:Put',
    event_time: '2026-06-01T00:00:00.000Z',
    bucket: 'listings',
    key: `listings/${id}.json`,
    version_id: 'v',
    sequencer: '00A1',
    content: document(id),
    content_encoding: 'utf-8',
    content_missing: false,
    content_too_large: false,
    run_id: null,
    ...more,
  });

  test('saving again without a change, unknown properties, features in another order: no new version', async () => {
    const listings = new Listings('same');
    const versions = [
      version('a', document('a'), '00A1'),
      version('a', document('a'), '00A2'),
      version('a', document('a', { features: ['a', 'b'], virtual_tour: { url: 'https://example.org' } }), '00A3'),
      version('a', document('a', { price: { amount: 90, currency: 'EUR' } }), '00A4'),
      version('b', document('b', { title: 'Casa “Ñ” 🏠', address: { city: 'Évora', geo: { lat: 38.5, lon: -7.9 } } }), '00A1'),
    ];
    await listings.deliver(versions);
    await listings.update();
    await listings.expectFold(versions);
    expect((await listings.history()).map(({ listing_id, price_amount }) => [listing_id, price_amount])).toEqual([
      ['a', 100],
      ['a', 90],
      ['b', 100],
    ]);
  });

  test('deletion, return, deletion again, an update that comes after its deletion, sequencers of different lengths', async () => {
    const listings = new Listings('back');
    const [created, removed, back, removedAgain] = [
      version('a', document('a'), '00A1'),
      version('a', null, '00A2'),
      version('a', document('a'), '00A3'),
      version('a', null, '00A4'),
    ];
    const late = version('a', document('a', { title: 'late' }), '00A15');
    const neverCreated = version('ghost', null, '00A1');
    await listings.deliver([created, removed, neverCreated]);
    await listings.update();
    await listings.expectFold([created, removed]);
    await listings.deliver([removedAgain]);
    await listings.update();
    await listings.deliver([late, back]);
    await listings.update();
    await listings.expectFold([created, removed, back, removedAgain, late]);
    expect((await listings.current()).map(({ listing_id, is_deleted }) => [listing_id, is_deleted])).toEqual([['a', true]]);
    expect(await listings.history()).toHaveLength(3);
  });

  test('the run id goes along with every event, opens no version, and the last one is in the freshness', async () => {
    const listings = new Listings('runs');
    const by = (runId: string, made: ObjectVersion): ObjectVersion => ({ ...made, runId });
    const versions = [
      by('run-1', version('a', document('a'), '00A1')),
      by('run-2', version('a', document('a'), '00A2')),
      by('run-2', version('b', document('b'), '00A1')),
      version('b', null, '00A2'),
      version('c', document('c'), '00A1'),
    ];
    await listings.deliver(versions);
    await listings.update();
    await listings.expectFold(versions);
    expect((await listings.history()).map(({ listing_id, is_current }) => [listing_id, is_current])).toEqual([
      ['a', true],
      ['b', false],
      ['c', true],
    ]);
    const runs = (table: string) =>
      listings.rows(`SELECT run_id, count(*) AS events FROM ${listings.catalog}.${table} GROUP BY run_id ORDER BY run_id`);
    const counted = [
      { run_id: null, events: 2n },
      { run_id: 'run-1', events: 1n },
      { run_id: 'run-2', events: 2n },
    ];
    // Every third event was delivered twice: the message is there once.
    expect(await runs('bronze.raw_listings')).toEqual(counted);
    expect(await runs('silver.listings')).toEqual(counted);
    expect(await listings.rows(`SELECT last_run_id, events FROM ${listings.catalog}.gold.listings_freshness`)).toEqual([
      { last_run_id: 'run-2', events: 5n },
    ]);
  });

  test('one message staged under two names changes nothing', async () => {
    const listings = new Listings('twice');
    listings.stage('one.json', message('a'));
    listings.stage('two.json', message('a'));
    await listings.update();
    listings.stage('three.json', message('a'));
    await listings.update();
    expect(await listings.history()).toHaveLength(1);
    expect(await listings.rows(`SELECT event_id FROM ${listings.catalog}.silver.listings`)).toHaveLength(3);
  });

  test('what has no column, and what is not of its column’s type, is kept as rescued data', async () => {
    const listings = new Listings('rescue');
    const odd = {
      title: { text: 'a title' },
      virtual_tour: { url: 'https://example.org/?q="1"', rooms: [1, 2] },
      nothing: null,
      'line\nbreak }\n{': 'x',
      'address.city': 'not the city',
      address: { city: 'Porto', floor: 3, geo: { lat: 'NaN', lon: 181, height: 12.5 } },
      agent: { id: 7, agency: 'none' },
      price: { amount: '100', currency: 'EUR', tax: true },
      size: { living_m2: 'large', plot_m2: '12.5' },
      rooms: { bedrooms: 'three', bathrooms: 2.5, kitchens: 1 },
      features: 'garden',
      year_built: [1990],
      published_at: '12:00',
      updated_at: '294247-01-01T00:00:00Z',
    };
    listings.stage('odd.json', message('odd', { content: document('odd', odd) }));
    listings.stage(
      'flat.json',
      message('flat', { content: document('flat', { rooms: 3, address: 'here', size: [1], agent: 'Ann' }) }),
    );
    listings.stage('marked.json', message('marked', { content: `\uFEFF${document('marked', { title: 'marked' })}` }));
    listings.stage('twice.json', message('twice', { content: document('twice').replace('"sale"', '"rent","kind":"sale"') }));
    await listings.update();
    const rows = await listings.rows(`SELECT * FROM ${listings.catalog}.silver.listings ORDER BY listing_id`);
    expect(rows.map(({ listing_id, rescued_data }) => [listing_id, JSON.parse(String(rescued_data))])).toEqual([
      ['flat', { rooms: '3', address: 'here', size: '[1]', agent: 'Ann' }],
      ['marked', null],
      [
        'odd',
        {
          virtual_tour: '{"url":"https://example.org/?q=\\"1\\"","rooms":[1,2]}',
          'line\nbreak }\n{': 'x',
          'address.city': 'not the city',
          'address.floor': '3',
          'address.geo.lat': 'NaN',
          'address.geo.lon': '181',
          'address.geo.height': '12.5',
          'agent.agency': 'none',
          'price.tax': 'true',
          'size.living_m2': 'large',
          'rooms.bedrooms': 'three',
          'rooms.bathrooms': '2.5',
          'rooms.kitchens': '1',
          features: 'garden',
          year_built: '[1990]',
          published_at: '12:00',
          updated_at: '294247-01-01T00:00:00Z',
        },
      ],
      ['twice', null],
    ]);
    expect(plain(rows)[2]).toMatchObject({
      title: '{"text":"a title"}',
      city: 'Porto',
      latitude: null,
      longitude: null,
      agent_id: '7',
      price_amount: 100,
      plot_m2: 12.5,
      features: null,
      published_at: null,
    });
    expect(plain(rows).map(({ kind }) => kind)).toEqual(['sale', 'sale', 'sale', 'sale']);
  });

  test('a line in the staging bucket that is no message of ours ends in quarantine with its text', async () => {
    const listings = new Listings('strange');
    const lines = [
      'no JSON',
      '{"message_id":"cut',
      '[1]',
      '{"message_id":"x","colour":"red"}',
      '\0\u0001',
      JSON.stringify(message('good')),
    ];
    listings.stage('lines.json', lines.join('\n'));
    listings.stage('empty.json', '');
    const wrong = { ...message('wrong'), content: { listing_id: 'wrong' }, content_missing: 'perhaps' };
    listings.stage('wrong.json', JSON.stringify(wrong));
    await listings.update();
    const bronze = await listings.rows(`SELECT count(*) AS n FROM ${listings.catalog}.bronze.raw_listings`);
    expect(bronze).toEqual([{ n: 7n }]);
    const rows = await listings.rows(
      `SELECT rescued_data, _quarantine_reasons FROM ${listings.catalog}.silver.listings_quarantine ORDER BY rescued_data`,
    );
    const rescued = rows.map((row) => JSON.parse(String(row.rescued_data)) as Record<string, string>);
    expect(
      rescued
        .map((each) => each._corrupt_record)
        .filter(Boolean)
        .sort(),
    ).toEqual(['no JSON', '{"message_id":"cut', '[1]', '\0\u0001'].sort());
    expect(rescued).toContainEqual({ colour: 'red', _file_path: expect.stringContaining('lines.json') });
    expect(rescued).toContainEqual({ content_missing: 'perhaps', _file_path: expect.stringContaining('wrong.json') });
    const unreadable = rows.filter((row) => (row._quarantine_reasons as string[]).includes('message_is_readable'));
    expect(unreadable).toHaveLength(4);
    expect(await listings.rows(`SELECT event_id FROM ${listings.catalog}.silver.listings`)).toEqual([{ event_id: 'good' }]);
  });

  test('what cannot be a listing is kept in quarantine with the reason', async () => {
    const listings = new Listings('bad');
    const bad: Record<string, [Partial<Message>, string[]]> = {
      cut: [{ content: '{"listing_id":"cut", "kind":' }, ['document_is_json']],
      empty: [{ content: '' }, ['document_is_json']],
      list: [{ content: '[1]' }, ['document_is_json']],
      latin: [{ content: 'e+l9', content_encoding: 'base64' }, ['document_is_utf8']],
      gone: [{ content: null, content_encoding: null, content_missing: true }, ['document_was_there']],
      large: [{ content: null, content_encoding: null, content_too_large: true }, ['document_is_not_too_large']],
      more: [{ content: `${document('more')} and more` }, ['document_is_json']],
      deep: [{ content: document('deep').replace('{', `{"x":${'['.repeat(5000)}${']'.repeat(5000)},`) }, ['document_is_json']],
      huge: [{ content: document('huge').replace(':100,', ':1e400,') }, ['document_is_json']],
      vast: [{ content: document('vast').replace(':100,', `:${'9'.repeat(40)},`) }, ['price_is_positive']],
      nan: [{ content: document('nan').replace(':100,', ':NaN,') }, ['document_is_json']],
      control: [{ content: document('control', { title: '?' }).replace('?', '\u0001') }, ['document_is_json']],
      utf16: [{ content: [...document('utf16')].join('\0') }, ['document_is_json']],
      year: [{ event_time: '294247-01-01T00:00:00Z' }, ['event_has_time']],
      other: [{ content: document('somebody') }, ['document_is_of_its_key']],
      kind: [{ content: document('kind', { kind: 'swap' }) }, ['kind_is_known']],
      free: [{ content: document('free', { price: { amount: 0 } }) }, ['price_is_positive']],
      text: [{ content: document('text', { price: { amount: 'a lot' } }) }, ['price_is_positive']],
      flat: [{ content: document('flat', { price: 100 }) }, ['price_is_positive']],
      place: [{ key: 'drafts/place.json' }, ['key_names_a_listing', 'document_is_of_its_key']],
      time: [{ event_time: 'noon' }, ['event_has_time']],
      order: [{ sequencer: 'last' }, ['event_has_sequencer']],
      event: [{ event_type: 'ObjectTagging:Put' }, ['known_event']],
      purge: [{ event_type: 'ObjectRemoved:Delete', content: null }, ['removes_the_listing']],
    };
    for (const [id, [fields]] of Object.entries(bad)) listings.stage(`${id}.json`, message(id, fields));
    listings.stage('good.json', message('good'));
    listings.stage(
      'wrong-types.json',
      message('types', { content: document('types', { year_built: 'old', rooms: 3, address: 'here' }) }),
    );
    listings.stage(
      'plain-delete.json',
      message('good', { event_type: 'ObjectRemoved:Delete', version_id: null, content: null, sequencer: '00A2' }),
    );
    await listings.update();
    const quarantine = await listings.rows(
      `SELECT event_id, _quarantine_reasons FROM ${listings.catalog}.silver.listings_quarantine ORDER BY event_id`,
    );
    expect(Object.fromEntries(quarantine.map((row) => [row.event_id, row._quarantine_reasons]))).toEqual(
      Object.fromEntries(Object.entries(bad).map(([id, [, reasons]]) => [id, reasons])),
    );
    expect((await listings.current()).map(({ listing_id, is_deleted }) => [listing_id, is_deleted])).toEqual([
      ['good', true],
      ['types', false],
    ]);
    expect(await listings.rows(`SELECT content FROM ${listings.catalog}.bronze.raw_listings WHERE message_id = 'cut'`)).toEqual([
      { content: '{"listing_id":"cut", "kind":' },
    ]);
  });
});

describe('the dashboard', () => {
  const contentsOf = async (listings: Listings) => {
    const definition = readDefinition('Active listings', JSON.stringify(activeListings(listings.catalog)));
    const view = await renderDashboard({ id: 'active', name: 'Active listings', definition }, listings.query, new Date());
    return view.pages.flatMap(({ widgets }) => widgets);
  };

  test('shows what the tables hold', async () => {
    const listings = new Listings('shown');
    const versions = await published({ count: 60, seed: 8 });
    await listings.deliver(versions);
    await listings.update();
    const living = foldVersions(versions).filter(({ end_at }) => end_at === null);
    const widgets = await contentsOf(listings);
    const contentOf = (title: string) => widgets.find((widget) => widget.title === title)?.content;
    expect(widgets.filter(({ content }) => content.kind === 'notice')).toEqual([]);
    expect(contentOf('Active now')).toMatchObject({ value: String(living.length) });
    expect(contentOf('For sale')).toMatchObject({
      value: String(living.filter(({ properties }) => properties.kind === 'sale').length),
    });
    const runId = versions.find((each) => each.runId)?.runId;
    const lastRun = contentOf('Last run');
    expect(lastRun?.kind === 'table' && lastRun.table.rows.map((row) => row[0])).toEqual([runId]);
    expect(contentOf('Latest event')).toMatchObject({ kind: 'counter', detail: expect.stringContaining('2026') });
    const newest = [...living].sort((a, b) => (String(a.properties.published_at) < String(b.properties.published_at) ? 1 : -1));
    const table = contentOf('Newest listings');
    expect(table?.kind === 'table' && table.table.rows.map((row) => row[1])).toEqual(
      newest.slice(0, 8).map(({ properties }) => properties.title),
    );
    const cities = contentOf('Active listings by city');
    const counted = cities?.kind === 'chart' ? cities.table.rows.reduce((sum, row) => sum + Number(row.at(-1)), 0) : 0;
    expect(counted).toBe(living.length);
  });

  test('before the first update there are no rows yet', async () => {
    const contents = (await contentsOf(new Listings('nothing'))).map(({ content }) => content);
    expect(new Set(contents.map((content) => content.kind === 'notice' && content.tone))).toEqual(new Set(['empty']));
  });
});
