import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '@lakewright/config';
import { type Ended, LocalPlane } from '../../../test/support/clone';
import { foldGold, sorted } from './reference-fold';
import { generate, manifestsIn, rowsOf, TABLES } from './shop-files';

/**
 * The system as a user runs it: `lakewright up commerce`, the job again, killed at any moment; the tables against the generator's files.
 */
jest.setTimeout(300_000);

const KILLS = 10;
const plane = new LocalPlane();
const landing = join(plane.home, 'volumes/commerce_local/bronze/landing');
let up: Ended;
let jobMs: number;

beforeAll(async () => {
  up = await plane.lakewright('up', 'commerce', '--json');
});
afterAll(() => plane.remove());

/** The rows of each statement, from one command. */
async function ask(...statements: readonly string[]): Promise<unknown[][][]> {
  const file = join(plane.home, 'questions.sql');
  writeFileSync(file, statements.join(';\n').replaceAll('FROM ', 'FROM commerce_local.'));
  const asked = await plane.lakewright('sql', '--file', file, '--format', 'json');
  if (asked.code !== 0) throw new Error(asked.stderr);
  const answers = asked.stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { rows: Record<string, unknown>[] });
  return answers.map((answer) => sorted(answer.rows.map((row) => Object.values(row).map(plain))));
}

/** Numbers of every type as numbers. */
function plain(value: unknown): unknown {
  return typeof value === 'string' && /^\d+(\.\d+)?$/.test(value) ? Number(value) : value;
}

/** Gold is the fold of the files, and every record of them is once in bronze, and once in silver or its quarantine. */
async function expectTables(...updates: readonly number[][]): Promise<void> {
  const [days, sales, customers, products, ...tables] = await ask(
    'SELECT day, currency, payments, revenue FROM gold.daily_revenue',
    'SELECT category, currency, orders, units, sales FROM gold.sales_by_category',
    'SELECT customer_id, name, email, city, country, segment, __START_AT.sequence AS began, __END_AT.sequence AS ended FROM gold.dim_customers',
    'SELECT product_id, name, category, list_price, currency FROM gold.dim_products',
    ...TABLES.map(
      (
        table,
      ) => `SELECT (SELECT count(DISTINCT record_id) FROM bronze.${table}) AS known, (SELECT count(*) FROM bronze.${table}) AS bronze,
        (SELECT count(*) FROM silver.${table}) + (SELECT count(*) FROM silver.${table}_quarantine) AS judged`,
    ),
  );
  const expected = foldGold(landing, updates);
  expect(days).toEqual(expected.daily_revenue);
  expect(sales).toEqual(expected.sales_by_category);
  expect(customers).toEqual(expected.dim_customers);
  expect(products).toEqual(sorted(expected.dim_products.map((row) => row.map(plain))));
  const batches = updates.flat();
  for (const [index, table] of TABLES.entries()) {
    const all = batches.flatMap((batch) => rowsOf(landing, table, batch)).length;
    const manifests = manifestsIn(landing).filter(({ batch }) => batches.includes(batch));
    const unreadable = manifests.flatMap(({ tables: of }) => of[table].bad.broken_line ?? []).length;
    expect([table, tables[index]]).toEqual([table, [[all - unreadable, all, all]]]);
  }
}

async function alerts(): Promise<unknown> {
  return JSON.parse((await plane.lakewright('status', '--json')).stdout).alerts;
}

test('up deploys, and runs the job through: generator, medallion, dimensions', async () => {
  expect(up).toMatchObject({ code: 0, stderr: expect.not.stringContaining('failed') });
  const [{ job, seconds }] = JSON.parse(up.stdout).runs;
  expect(job.tasks.map(({ key, result }: { key: string; result: string }) => [key, result])).toEqual([
    ['generate', 'SUCCESS'],
    ['medallion', 'SUCCESS'],
    ['cdc', 'SUCCESS'],
  ]);
  jobMs = seconds * 1000;
  await expectTables([1]);
});

test('the queries of the how-to answer, and the alert says how it stands', async () => {
  const page = readFileSync(join(projectRoot(), 'docs/how-to/event-log.md'), 'utf8');
  const file = join(plane.home, 'how-to.sql');
  writeFileSync(file, [...page.matchAll(/```sql\n(.*?)```/gs)].map(([, query]) => query).join(';\n'));
  const asked = await plane.lakewright('sql', '--file', file);
  expect(asked).toMatchObject({ code: 0, stdout: expect.stringContaining('COMPLETED') });
  expect(asked.stdout).toContain('customer_is_known');
  expect(await alerts()).toEqual([
    { alert: 'commerce dropped rows', state: 'OK', condition: 'max(dropped_percent) > 15', value: expect.any(Number) },
  ]);
});

test(`${KILLS} times killed anywhere in the job, then run to its end: the tables of an undisturbed run`, async () => {
  const job = ['run', 'commerce', 'commerce_job', '--param', 'batch=2', '--param', 'bad_share=0.2'];
  const kills: number[] = [];
  for (let kill = 0; kill < KILLS; kill += 1) {
    const { pid, ended } = plane.start(...job);
    // A command needs most of a second before it begins.
    const after = Math.round(600 + Math.random() * Math.min(jobMs, 5000) * 0.7);
    kills.push(after);
    await new Promise((resolve) => setTimeout(resolve, after));
    process.kill(pid, 'SIGKILL');
    await ended;
  }
  const last = await plane.lakewright(...job);
  expect({ kills, ...last }).toMatchObject({ code: 0 });
  await expectTables([1], [2]);
  // A sixth of the rows was bad.
  expect(await alerts()).toMatchObject([{ state: 'TRIGGERED' }]);
});

test('sales that cannot be: the command fails and says what to do, gold stays, and goes on once the files are mended', async () => {
  generate(landing, '--batch', '3', '--bad', 'order_items.absurd_price=0.01');
  const sales = 'SELECT * FROM gold.sales_by_category';
  const before = await ask(sales);
  const failed = await plane.lakewright('run', 'commerce', 'medallion');
  expect(failed.code).toBe(1);
  expect(failed.stderr).toContain('sales_are_plausible');
  expect(failed.stderr).toContain('hint:');
  expect(await ask(sales)).toEqual(before);

  for (const name of ['order_items/batch-000003.jsonl', 'payments/batch-000003.jsonl', '_manifests/batch-000003.json']) {
    rmSync(join(landing, name));
  }
  generate(landing, '--batch', '3');
  const readme = readFileSync(join(projectRoot(), 'apps/commerce/README.md'), 'utf8');
  const mend = /lakewright (run commerce medallion --full-refresh (?:\\\n|.)+)/.exec(readme)![1]!.replaceAll('\\\n', ' ');
  expect(await plane.lakewright(...mend.trim().split(/\s+/))).toMatchObject({ code: 0 });
  expect(await plane.lakewright('run', 'commerce', 'cdc')).toMatchObject({ code: 0 });
  await expectTables([1, 2, 3]);
});
