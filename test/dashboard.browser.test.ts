import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '@lakewright/config';
import { type DashboardServer, type DashboardSource, type PipelineView, startDashboardServer } from '@lakewright/dashboard';
import {
  buildGraph,
  Lakehouse,
  parsePipeline,
  readEvents,
  runUpdate,
  type SqlSource,
  updateProgress,
  withQuarantine,
} from '@lakewright/lakeflow';
import { pipelineView } from '@lakewright/local/pipeline-view';
import type { Page } from 'playwright-core';
import { activeListings } from '../apps/listings/dashboards/active_listings';
import { handleBatch } from '../apps/listings/lambdas/raw_listings_s3_event_lambda/batch';
import { readPayload } from '../apps/listings/lambdas/sales_and_rentals_publishing_service/payload';
import { publishRun } from '../apps/listings/lambdas/sales_and_rentals_publishing_service/run';
import { VersionedBucket } from '../apps/listings/test/versioned-bucket';
import { withSail } from '../packages/lakeflow/test/support/sail';
import {
  chromiumOnPath,
  drawn,
  faultsOf,
  HeadlessBrowser,
  inBrowser,
  NO_FAULTS,
  type PageFaults,
  redrawn,
} from './support/browser';
import { expectGoodLooks } from './support/served-page';

/**
 * The dashboard of listings as a reader has it: in a browser, over tables that the system's own pipeline made. What the page says is
 * compared with queries written here by hand, never with what the renderer computed.
 */
const executable = chromiumOnPath();
const WIDE = { viewport: { width: 1440, height: 1100 } };
const NARROW = { viewport: { width: 375, height: 800 } };
const REFRESH_MS = 10_000;
/** Euros: the bins of the histogram of sale prices. */
const BIN = 100_000;

const sail = withSail();
const bucket = new VersionedBucket();
let lake: Lakehouse;
/** Where the server looks: the lake, or in one test an empty one first. */
let shown: Lakehouse;
let browser: HeadlessBrowser;
let server: DashboardServer;

beforeAll(async () => {
  if (!executable) return;
  lake = new Lakehouse({ root: sail.lake, engine: sail.engine });
  shown = lake;
  server = await startDashboardServer({
    port: 0,
    dashboards: async () => DASHBOARDS,
    query: (sql) => shown.query(sql),
    pipelines: { list: async () => [PIPELINE], view: pipelineNow },
  });
  browser = await HeadlessBrowser.launch(executable);
  await publish(120, 3);
});
afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

afterEach(() => {
  shown = lake;
});

/** Widgets of the dashboard's definition: each is a card. */
const WIDGETS = activeListings('listings_local').pages.reduce((sum, page) => sum + page.layout.length, 0);

const DASHBOARDS: readonly DashboardSource[] = [
  { id: 'active', name: 'Active listings', definition: activeListings('listings_local') },
  { id: 'broken', name: 'Broken', definition: withBrokenSales() },
];

/** The dashboard with one dataset that asks for a column that is not there. */
function withBrokenSales(): unknown {
  const { datasets, ...rest } = activeListings('listings_local');
  const queryLines = ['SELECT price_in_gold AS price FROM listings_local.gold.current_listings'];
  return {
    ...rest,
    datasets: datasets.map((dataset) => (dataset.name === 'sales_in_euros' ? { ...dataset, queryLines } : dataset)),
  };
}

/** Publishes changes and lets the pipeline take them in, as the deployed system does. */
async function publish(count: number, seed: number): Promise<void> {
  const staging = join(sail.folder, 'staging');
  mkdirSync(staging, { recursive: true });
  const known = bucket.versions.length;
  await publishRun(readPayload({ count, seed }), bucket);
  const Records = bucket.versions.slice(known).map(({ key, versionId, sequencer, time, content }, index) => ({
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
  const answer = await handleBatch({ Records }, '', {
    read: async (_bucket, _key, id) => ({
      bytes: Buffer.from(bucket.versions.find(({ versionId }) => versionId === id)?.content ?? ''),
    }),
    stage: async (file, message) => writeFileSync(join(staging, file.replaceAll('/', '-')), `${JSON.stringify(message)}\n`),
    failed: (_id, error) => {
      throw error;
    },
  });
  expect(answer.batchItemFailures).toEqual([]);
  await runUpdate({
    engine: sail.engine,
    lake: sail.lake,
    pipeline: {
      ...PIPELINE,
      sources: sources(),
      configuration: { staging_path: `${staging}/` },
    },
  });
}

const PIPELINE = { id: 'listings', name: 'listings', catalog: 'listings_local', schema: 'bronze' };

function sources(): readonly SqlSource[] {
  const folder = join(projectRoot(), 'apps/listings/pipelines');
  return withQuarantine(readdirSync(folder).map((path) => ({ path, text: readFileSync(join(folder, path), 'utf8') })));
}

/** What the local plane shows of the pipeline; the rows are counted here by hand. */
async function pipelineNow(): Promise<PipelineView> {
  const graph = buildGraph(parsePipeline(sources(), { staging_path: '/staging/' }), PIPELINE);
  const counts = new Map<string, number>();
  for (const { catalog, schema, name } of lake.tables()) {
    counts.set(`${schema}.${name}`, await one(`SELECT count(*) FROM ${catalog}.${schema}.${name}`));
  }
  const progress = updateProgress(graph, readEvents(sail.lake, PIPELINE));
  return pipelineView(PIPELINE.name, graph, progress, { alive: false, rows: counts });
}

const ACTIVE = 'listings_local.gold.current_listings WHERE NOT is_deleted';

const BY_TYPE = `SELECT CAST(count(*) AS STRING) AS Listings, initcap(property_type) AS Type FROM ${ACTIVE} GROUP BY property_type`;
const BY_CITY = `SELECT CAST(count(*) AS STRING) AS Listings, city AS City, if(kind = 'sale', 'For sale', 'To rent') AS Offer FROM ${ACTIVE} GROUP BY city, kind`;

async function rows<T>(sql: string): Promise<T[]> {
  return [...(await lake.query(sql)).rows] as T[];
}

async function one(sql: string): Promise<number> {
  return Number(Object.values((await rows<Record<string, unknown>>(sql))[0] ?? {})[0]);
}

function card(page: Page, title: string) {
  return page.locator('.card', { has: page.getByRole('heading', { name: title, exact: true }) });
}

/** The number that a counter shows. */
async function counted(page: Page, title: string): Promise<number> {
  return Number((await card(page, title).locator('.value').innerText()).replaceAll(/[^\d.-]/g, ''));
}

/** What the marks of a drawn chart tell a screen reader: `Listings: 3; City: Porto` becomes `{ Listings: '3', City: 'Porto' }`. */
async function marks(page: Page, title: string): Promise<Record<string, string>[]> {
  const labels = await card(page, title)
    .locator('.shown svg [aria-roledescription="bar"]')
    .evaluateAll((bars: { getAttribute(name: string): string | null }[]) =>
      bars.map((bar) => bar.getAttribute('aria-label') ?? ''),
    );
  return labels.map((label) => Object.fromEntries(label.split('; ').map((part) => part.split(': ') as [string, string])));
}

function sorted(rows: readonly object[]): string[] {
  return rows.map((row) => JSON.stringify(row)).sort();
}

const text = (number: unknown) => Number(number).toLocaleString('en-GB');

inBrowser('an empty lake: every widget says so, nothing fails; the first rows then show up by themselves', async () => {
  shown = new Lakehouse({ root: join(sail.folder, 'empty'), engine: await sail.connect() });
  const { page, complaints } = await browser.open(`${server.url}/dashboards/active`, WIDE, 'stopped clock');
  const cards = await page.locator('.card').count();
  expect(cards).toBe(WIDGETS);
  expect(await page.locator('.notice.empty').count()).toBe(cards);
  expect(await faultsOf(page)).toEqual(NO_FAULTS);

  shown = lake;
  await page.clock.fastForward(REFRESH_MS);
  await page.locator('.shown svg').first().waitFor();
  await drawn(page);
  expect(await counted(page, 'Active now')).toBe(await one(`SELECT count(*) FROM ${ACTIVE}`));
  expect(await page.locator('.notice').count()).toBe(0);
  expect(complaints).toEqual([]);
});

inBrowser('every number in the page is what SQL says', async () => {
  const { page, complaints } = await browser.open(`${server.url}/dashboards/active`, WIDE);

  expect(await counted(page, 'Active now')).toBe(await one(`SELECT count(*) FROM ${ACTIVE}`));
  expect(await counted(page, 'For sale')).toBe(await one(`SELECT count(*) FROM ${ACTIVE} AND kind = 'sale'`));
  expect(await counted(page, 'To rent')).toBe(await one(`SELECT count(*) FROM ${ACTIVE} AND kind = 'rent'`));
  const sales = (
    await rows<{ price: unknown }>(`SELECT price_amount AS price FROM ${ACTIVE} AND kind = 'sale' AND price_currency = 'EUR'`)
  )
    .map(({ price }) => Number(price))
    .sort((a, b) => a - b);
  const middle = (sales[Math.floor((sales.length - 1) / 2)]! + sales[Math.floor(sales.length / 2)]!) / 2;
  expect(await counted(page, 'Median sale price')).toBe(Math.round(middle));

  expect(sorted(await marks(page, 'Active listings by city'))).toEqual(sorted(await rows(BY_CITY)));
  expect(sorted(await marks(page, 'Active listings by type'))).toEqual(sorted(await rows(BY_TYPE)));
  const bins = new Map<number, number>();
  for (const price of sales) bins.set(Math.floor(price / BIN), (bins.get(Math.floor(price / BIN)) ?? 0) + 1);
  expect(await marks(page, 'Sale prices')).toEqual(
    [...bins]
      .sort(([one], [other]) => one - other)
      .map(([bin, count]) => ({
        'Asking price (EUR)': `${text(bin * BIN)} – ${text((bin + 1) * BIN)}`,
        Listings: String(count),
      })),
  );

  const newest = await rows<{ title: string; price: unknown }>(
    `SELECT title, price_amount AS price FROM ${ACTIVE} ORDER BY published_at DESC, listing_id LIMIT 8`,
  );
  expect(await card(page, 'Newest listings').locator('tbody tr td:nth-child(2)').allInnerTexts()).toEqual(
    newest.map(({ title }) => title),
  );
  expect(await card(page, 'Newest listings').locator('tbody tr td:nth-child(3)').allInnerTexts()).toEqual(
    newest.map(({ price }) => text(price)),
  );
  const market = await rows<{ city: string; price: unknown }>(
    `SELECT city, price_amount AS price FROM ${ACTIVE} ORDER BY city, price_amount DESC, listing_id`,
  );
  expect(await card(page, 'On the market').locator('tbody tr td:nth-child(1)').allInnerTexts()).toEqual(
    market.map(({ city }) => city),
  );
  expect(await card(page, 'On the market').locator('tbody tr td:nth-child(5)').allInnerTexts()).toEqual(
    market.map(({ price }) => text(price)),
  );
  expect(complaints).toEqual([]);
});

inBrowser('light, dark and narrow: nothing sideways, cut off, over another or hard to read', async () => {
  const { page, complaints } = await browser.open(`${server.url}/dashboards/active`, { ...WIDE, colorScheme: 'dark' });
  expect(await page.locator('.shown svg').count()).toBe(3);
  const faults: Record<string, PageFaults> = {};
  for (const [name, { viewport }] of Object.entries({ wide: WIDE, narrow: NARROW })) {
    await page.setViewportSize(viewport);
    for (const colorScheme of ['light', 'dark'] as const) {
      await redrawn(page, () => page.emulateMedia({ colorScheme }));
      faults[`${name}, ${colorScheme}`] = await faultsOf(page);
    }
  }
  expect(faults).toEqual(Object.fromEntries(Object.keys(faults).map((look) => [look, NO_FAULTS])));
  expect(Object.keys(faults)).toHaveLength(4);
  expect(complaints).toEqual([]);
});

inBrowser('the picture of a pipeline: every dataset where nothing covers it, with the rows that SQL counts', async () => {
  const { page, complaints } = await browser.open(`${server.url}/pipelines/listings`, { ...WIDE, colorScheme: 'light' });
  const drawnRows = await page.locator('svg.pipeline g.dataset').allTextContents();
  for (const { schema, name, catalog } of lake.tables()) {
    const box = drawnRows.find((text) => text.includes(`${schema}.${name}`));
    const count = await one(`SELECT count(*) FROM ${catalog}.${schema}.${name}`);
    expect(box).toContain(`${text(count)} ${count === 1 ? 'row' : 'rows'}`);
  }
  expect(drawnRows).toHaveLength(lake.tables().length + 1);
  await expectGoodLooks(page);
  expect(complaints).toEqual([]);
});

inBrowser('a query that fails shows its error in its widget; the others are right', async () => {
  const { page } = await browser.open(`${server.url}/dashboards/broken`, WIDE);
  for (const title of ['Median sale price', 'Sale prices']) {
    expect(await card(page, title).getByRole('alert').innerText()).toMatch(/The query failed\s+.*price_in_gold/s);
  }
  expect(await page.getByRole('alert').count()).toBe(2);
  expect(await counted(page, 'Active now')).toBe(await one(`SELECT count(*) FROM ${ACTIVE}`));
  expect(await faultsOf(page)).toEqual(NO_FAULTS);
});

inBrowser('new rows are seen without a reload: nothing jumps, open details and scroll positions stay', async () => {
  const { page, complaints } = await browser.open(`${server.url}/dashboards/active`, NARROW, 'stopped clock');
  await page.evaluate('window.first = document.querySelector(".card")');
  await card(page, 'Active listings by type').locator('summary').click();
  await page.evaluate(
    '[...document.querySelectorAll(".scroll")].find((area) => area.scrollHeight > area.clientHeight + 90).scrollTo(0, 90); scrollTo(0, 700)',
  );
  const places = () =>
    page.evaluate(
      `[scrollY, [...document.querySelectorAll(".scroll")].find((area) => area.scrollHeight > area.clientHeight + 90).scrollTop,
        document.querySelectorAll("details[open]").length, ...[...document.querySelectorAll(".card")].map((card) => card.getBoundingClientRect().top)]`,
    );
  const before = await places();
  expect((before as number[]).slice(0, 3)).toEqual([700, 90, 1]);

  await publish(80, 4);
  const active = await one(`SELECT count(*) FROM ${ACTIVE}`);
  expect(active).not.toBe(await counted(page, 'Active now'));
  await page.clock.fastForward(REFRESH_MS);
  await card(page, 'Active now').getByText(String(active), { exact: true }).waitFor();
  await drawn(page);
  expect(await places()).toEqual(before);
  expect(await page.evaluate('window.first === document.querySelector(".card")')).toBe(true);
  expect(sorted(await marks(page, 'Active listings by type'))).toEqual(sorted(await rows(BY_TYPE)));
  expect(complaints).toEqual([]);

  // The server goes away: the page says so and keeps its numbers; when it is back they are current again.
  const told = page.getByText('No answer from the server');
  expect(await told.isVisible()).toBe(false);
  await page.route('**/content', (route) => route.abort());
  await page.clock.fastForward(REFRESH_MS);
  await told.waitFor();
  expect(await counted(page, 'Active now')).toBe(active);
  await page.unroute('**/content');
  await page.getByRole('link', { name: 'Refresh' }).click();
  await told.waitFor({ state: 'hidden' });
});

inBrowser('the look at a page finds what it should', async () => {
  const { page } = await browser.open('about:blank', NARROW);
  await page.setContent(`<body style="margin:0;background:rgb(255, 255, 255)">
    <div class="card" style="width:500px;height:20px;color:rgb(0, 0, 0)">wide</div>
    <div class="card" style="width:90px;height:20px;overflow:hidden;white-space:nowrap;color:rgb(0, 0, 0)">longer than its card</div>
    <div class="scroll" style="width:300px;overflow:auto;color:rgb(0, 0, 0)"><div style="width:450px">wider</div></div>
    <p style="color:rgb(150, 150, 150)">faint</p>
    <p style="margin:0;color:rgb(0, 0, 0)">below</p><p style="margin:-18px 0 0;color:rgb(0, 0, 0)">above</p>`);
  expect(await faultsOf(page)).toEqual({
    sideways: ['HTML: 500', 'DIV: 450'],
    clipped: ['longer than its card'],
    overlapping: ['below | above'],
    faint: ['faint'],
  });
});
