import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { type Ended, LocalPlane } from './support/clone';
import { type FoldedListing, foldListings } from './support/listings-fold';

/**
 * The main job as a user runs it: `lakewright up`, more publishing, another update; the gold tables against a fold over the
 * versions of the objects in the source bucket.
 */
jest.setTimeout(300_000);

const plane = new LocalPlane();
let up: Ended;
let fold: Map<string, FoldedListing>;

beforeAll(async () => {
  up = await plane.lakewright('up', 'listings', '--json');
});
afterAll(() => plane.remove());

interface CurrentListing {
  listing_id: string;
  is_deleted: boolean;
  city: string;
  price_amount: string | number;
}
interface HistoryRow {
  listing_id: string;
  is_current: boolean;
  end_at: string | null;
}
interface Interval {
  listing_id: string;
  opened: string;
  closed: string | null;
}

async function expectTablesEqualFold(): Promise<void> {
  fold = await foldListings(`http://127.0.0.1:${plane.ports().aws}`, 'eu-west-1');
  const current = await plane.rows<CurrentListing>(
    'SELECT listing_id, is_deleted, city, price_amount FROM listings_local.gold.current_listings',
  );
  const expected = [...fold.values()].map(({ listingId, deleted, document }) => ({
    listing_id: listingId,
    is_deleted: deleted,
    city: (document.address as { city: string }).city,
    price_amount: Number((document.price as { amount: number }).amount),
  }));
  const byId = (a: { listing_id: string }, b: { listing_id: string }) => a.listing_id.localeCompare(b.listing_id);
  expect(current.map((row) => ({ ...row, price_amount: Number(row.price_amount) })).sort(byId)).toEqual(expected.sort(byId));

  const history = await plane.rows<HistoryRow>('SELECT listing_id, is_current, end_at FROM listings_local.gold.listings_history');
  // Overlaps by sequencer, which orders the events of a key: S3's clock may disagree with it within milliseconds.
  const intervals = await plane.rows<Interval>(
    'SELECT listing_id, __START_AT.sequencer AS opened, __END_AT.sequencer AS closed FROM listings_local.gold.listings_versions',
  );
  for (const listing of fold.values()) {
    const versions = history.filter((row) => row.listing_id === listing.listingId);
    expect(versions.length).toBeGreaterThan(0);
    expect(versions.length).toBeLessThanOrEqual(listing.versions);
    expect(versions.filter((row) => row.is_current)).toHaveLength(listing.deleted ? 0 : 1);
    for (const version of versions) expect(version.is_current).toBe(version.end_at === null);
    const own = intervals.filter((row) => row.listing_id === listing.listingId).sort((a, b) => (a.opened < b.opened ? -1 : 1));
    for (const [index, { opened, closed }] of own.entries()) {
      if (closed !== null) expect(opened < closed).toBe(true);
      const next = own[index + 1];
      if (next) expect(closed !== null && closed <= next.opened).toBe(true);
    }
  }
}

test('up deploys, runs listings through and says what it did', () => {
  expect(up.stderr).not.toContain('failed');
  expect(up.code).toBe(0);
  const report = JSON.parse(up.stdout);
  expect(report.changes.map((change: { stack: string }) => change.stack)).toEqual(
    expect.arrayContaining(['aws-foundation', 'aws-listings', 'databricks-foundation', 'databricks-listings']),
  );
  expect(report.runs.map((run: { run: string }) => run.run)).toEqual(['publish', 'pipeline']);
});

test('gold equals the fold over the object versions', async () => {
  await expectTablesEqualFold();
  const states = [...fold.values()];
  expect(states.filter((listing) => listing.deleted).length).toBeGreaterThan(0);
  expect(states.filter((listing) => !listing.deleted && listing.versions > 1).length).toBeGreaterThan(0);
});

test('an update with nothing new writes nothing', async () => {
  const before = deltaCommits(join(plane.home, 'lake'));
  const ended = await plane.lakewright('run', 'listings', 'pipeline', '--json');
  expect(ended.code).toBe(0);
  expect(deltaCommits(join(plane.home, 'lake'))).toEqual(before);
});

let runId: string;

test('after more creations, updates and deletions the next update equals the fold again', async () => {
  const published = await plane.lakewright('run', 'listings', 'publish', '--count', '120', '--seed', '11', '--json');
  expect({ code: published.code, stderr: published.stderr }).toMatchObject({ code: 0 });
  const { runId: printed, result } = JSON.parse(published.stdout);
  runId = printed;
  expect(result.run_id).toBe(runId);
  const updated = await plane.lakewright('run', 'listings', 'pipeline', '--json');
  expect(updated.code).toBe(0);
  // What carries the id: everything but the deletions, which the update finds without one.
  const { created, updated: changed, deleted } = result;
  expect(JSON.parse(updated.stdout).update.runs).toEqual([
    { run: null, rows: deleted },
    { run: runId, rows: created + changed },
  ]);
  const before = fold.size;
  await expectTablesEqualFold();
  expect(fold.size).toBeGreaterThan(before);
});

test('the run id that publishing printed is in bronze, in silver, in the dashboard and in the logs', async () => {
  const found = await plane.rows<{ layer: string; events: number }>(
    `SELECT 'bronze' AS layer, count(*) AS events FROM listings_local.bronze.raw_listings WHERE run_id = '${runId}'
     UNION ALL SELECT 'silver', count(*) FROM listings_local.silver.listings WHERE run_id = '${runId}'`,
  );
  expect(found.map(({ events }) => events > 0)).toEqual([true, true]);
  const page = await (await fetch(`http://127.0.0.1:${plane.ports().web}/dashboards/active-listings`)).text();
  expect(page).toContain(runId);
  const logged = [
    (await plane.lakewright('logs', 'raw_listings_s3_event_lambda', '--lines', '1000')).stdout,
    readFileSync(join(plane.home, 'logs/lakewright.jsonl'), 'utf8'),
  ];
  for (const text of logged) {
    const lines = text.split('\n').filter((line) => line.includes(runId));
    expect(lines.length).toBeGreaterThan(0);
    for (const line of lines) expect(JSON.parse(line).level).toBe('INFO');
  }
});

test('up again changes nothing in Terraform and keeps the services', async () => {
  const again = await plane.lakewright('up', 'listings', '--no-run', '--json');
  expect(again.code).toBe(0);
  const report = JSON.parse(again.stdout);
  expect(report.changes.flatMap((change: { changes: unknown[] }) => change.changes)).toEqual([]);
  expect(report.services.map((service: { action: string }) => service.action)).toEqual(report.services.map(() => 'kept'));
});

test('the dashboard shows the number of living listings', async () => {
  const { web } = plane.ports();
  const rendered = (await (await fetch(`http://127.0.0.1:${web}/api/dashboards/active-listings`)).json()) as unknown;
  const living = [...fold.values()].filter((listing) => !listing.deleted).length;
  const page = await (await fetch(`http://127.0.0.1:${web}/dashboards/active-listings`)).text();
  expect(JSON.stringify(rendered)).toContain(String(living));
  expect(page).toMatch(new RegExp(`>\\s*${living}\\s*<`));
});

test('status, events and logs tell what is there', async () => {
  const status = JSON.parse((await plane.lakewright('status', '--json')).stdout);
  expect(status.services.map((service: { state: string }) => service.state)).toEqual(status.services.map(() => 'running'));
  const tables = status.tables.map((table: { table: string }) => table.table);
  expect(tables).toEqual(
    expect.arrayContaining(['listings_local.gold.current_listings', 'listings_local.silver.listings_quarantine']),
  );
  expect(status.freshness).toMatchObject([{ system: 'listings', state: 'ok', sloMinutes: 1440, lastRunId: runId }]);
  const { stdout: events } = await plane.lakewright('events', 'listings', '--json', '--last', '100');
  expect(events).toContain('current_listings');
  const read = events.split('\n').find((line) => line.includes('runs_read') && line.includes(runId));
  expect(JSON.parse(read ?? '{}')).toMatchObject({ type: 'runs_read', dataset: 'bronze.raw_listings' });
  expect((await plane.lakewright('logs', 'ministack')).code).toBe(0);
});

test('no absolute path and no credential in synth output and states', () => {
  const texts = [...files(join(plane.home, 'cdktf.out')), ...files(join(plane.home, '.state'))]
    .filter((file) => /\.(json|tfstate)$/.test(file))
    .map((file) => readFileSync(file, 'utf8'));
  expect(texts.length).toBeGreaterThan(7);
  for (const text of texts) {
    expect(text).not.toContain(plane.home);
    expect(text).not.toContain(process.cwd());
    expect(text).not.toMatch(/secret_string"|AKIA[0-9A-Z]{16}|dapi[0-9a-f]{32}/);
  }
});

test('down stops everything; a purge forgets it', async () => {
  const { aws, engine, web } = plane.ports();
  expect((await plane.lakewright('down', '--purge')).code).toBe(0);
  for (const port of [aws, engine, web]) await expect(fetch(`http://127.0.0.1:${port}/`)).rejects.toThrow();
  expect(existsSync(plane.home)).toBe(false);
});

/** Every file below a folder; links are not followed. */
function files(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

/** The Delta commits of the lake by name and size. */
function deltaCommits(lake: string): string[] {
  return files(lake)
    .filter((file) => /_delta_log\/\d+\.json$/.test(file))
    .map((file) => `${file} ${statSync(file).size}`)
    .sort();
}
