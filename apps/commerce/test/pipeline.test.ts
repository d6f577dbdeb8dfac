import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '@lakewright/config';
import { Lakehouse, runUpdate, type UpdateOptions, withQuarantine } from '@lakewright/lakeflow';
import { withSail } from '../../../packages/lakeflow/test/support/sail';
import { type ExpectedGold, foldGold, sorted } from './reference-fold';
import { generate, manifestsIn, TABLES, type Table } from './shop-files';

const sail = withSail();
const PIPELINES = join(projectRoot(), 'apps/commerce/pipelines');
const sourcesOf = (name: 'medallion' | 'cdc') =>
  withQuarantine(
    readdirSync(join(PIPELINES, name)).map((file) => ({
      path: `${name}/${file}`,
      text: readFileSync(join(PIPELINES, name, file), 'utf8'),
    })),
  );
const SOURCES = { medallion: sourcesOf('medallion'), cdc: sourcesOf('cdc') };

/** The expectation that each kind of bad row of the generator breaks. */
const BROKEN: Readonly<Record<Table, Readonly<Record<string, string>>>> = {
  customers: {
    missing_key: 'has_key',
    unknown_operation: 'operation_is_known',
    missing_sequence: 'has_sequence',
    wrong_email: 'email_is_an_address',
  },
  products: {
    missing_key: 'has_key',
    unknown_operation: 'operation_is_known',
    missing_sequence: 'has_sequence',
    negative_price: 'price_is_positive',
  },
  orders: {
    broken_line: 'line_is_readable',
    missing_key: 'has_key',
    unknown_customer: 'customer_is_known',
    wrong_currency: 'currency_is_known',
    unreadable_date: 'date_is_readable',
    future_date: 'date_is_past',
  },
  order_items: {
    missing_key: 'has_key',
    unknown_order: 'order_is_known',
    unknown_product: 'product_is_known',
    negative_quantity: 'quantity_is_positive',
    negative_price: 'price_is_positive',
  },
  payments: {
    missing_key: 'has_key',
    unknown_order: 'order_is_known',
    unknown_method: 'method_is_known',
    wrong_amount: 'amount_matches_order',
    wrong_currency: 'currency_matches_order',
    future_date: 'date_is_past',
  },
};

/** A catalog and a volume of its own: one test does not see another's rows. */
class Shop {
  readonly catalog: string;
  readonly landing: string;
  private readonly volumes: string;
  private lakehouse?: Lakehouse;

  constructor(name: string) {
    this.catalog = `commerce_${name}`;
    this.volumes = join(sail.folder, 'volumes');
    this.landing = join(this.volumes, this.catalog, 'bronze', 'landing');
    mkdirSync(this.landing, { recursive: true });
  }

  update(pipeline: 'medallion' | 'cdc', options: Partial<UpdateOptions> = {}) {
    return runUpdate({
      engine: sail.engine,
      lake: sail.lake,
      volumes: this.volumes,
      pipeline: {
        name: `commerce_${pipeline}`,
        catalog: this.catalog,
        schema: 'bronze',
        sources: SOURCES[pipeline],
        configuration: { landing_path: `/Volumes/${this.catalog}/bronze/landing` },
      },
      ...options,
    });
  }

  async rows(sql: string): Promise<unknown[][]> {
    this.lakehouse ??= new Lakehouse({ root: sail.lake, engine: sail.engine });
    const { rows } = await this.lakehouse.query(sql.replaceAll('FROM ', `FROM ${this.catalog}.`));
    return rows.map((row) => Object.values(row).map((value) => (typeof value === 'bigint' ? Number(value) : value)));
  }

  async count(table: string): Promise<number> {
    const [[n] = []] = await this.rows(`SELECT count(*) FROM ${table}`);
    return n as number;
  }

  /** Gold as it is, in the shape of the fold. */
  async gold(): Promise<Omit<ExpectedGold, 'tooLate'>> {
    const read = async (sql: string) => sorted(await this.rows(sql)) as never;
    return {
      daily_revenue: await read('SELECT day, currency, payments, CAST(revenue AS DOUBLE) FROM gold.daily_revenue'),
      sales_by_category: await read(
        'SELECT category, currency, orders, units, CAST(sales AS DOUBLE) FROM gold.sales_by_category',
      ),
      dim_customers: await read(
        'SELECT customer_id, name, email, city, country, segment, __START_AT.sequence, __END_AT.sequence FROM gold.dim_customers',
      ),
      dim_products: await read('SELECT product_id, name, category, CAST(list_price AS STRING), currency FROM gold.dim_products'),
    };
  }

  /** Gold is what the fold says. @param updates batches by update @returns payments that came too late for their day */
  async expectFold(...updates: readonly number[][]): Promise<number> {
    const { tooLate, ...expected } = foldGold(this.landing, updates);
    const prices = expected.dim_products.map((row) =>
      row.map((value, index) => (index === 3 ? Number(value).toFixed(2) : value)),
    );
    expect(await this.gold()).toEqual({ ...expected, dim_products: sorted(prices) });
    return tooLate;
  }
}

describe('three days with bad rows, late and repeated changes', () => {
  const shop = new Shop('days');
  beforeAll(async () => {
    for (const batch of [1, 2, 3]) {
      generate(
        shop.landing,
        '--batch',
        `${batch}`,
        '--bad-share',
        '0.6',
        '--late-share',
        '0.3',
        '--duplicate-share',
        '0.3',
        '--count',
        '150',
      );
      await shop.update('medallion');
      await shop.update('cdc');
    }
  });

  test.each(TABLES)('%s: rows generated are rows in bronze, and in silver or its quarantine', async (table) => {
    const generated = manifestsIn(shop.landing).reduce((sum, { tables }) => sum + tables[table].rows, 0);
    expect(await shop.count(`bronze.${table}`)).toBe(generated);
    const refused = await shop.count(`silver.${table}_quarantine`);
    expect(refused).toBeGreaterThan(0);
    expect((await shop.count(`silver.${table}`)) + refused).toBe(generated);
  });

  test.each(TABLES)('%s: each kind of bad row is refused by its own expectation, row by row', async (table) => {
    const refused = await shop.rows(
      `SELECT coalesce(record_id, regexp_extract(_rescued_data, '${table}-[0-9]+-[0-9]+', 0)), array_join(_quarantine_reasons, ' ') FROM silver.${table}_quarantine`,
    );
    const made = manifestsIn(shop.landing).flatMap(({ tables }) =>
      Object.entries(tables[table].bad).flatMap(([kind, records]) => records.map((record) => [record, BROKEN[table][kind]])),
    );
    expect(sorted(refused)).toEqual(sorted(made));
    // Every kind there is was made: none is missing from the map above, and none from the data.
    expect(new Set(made.map(([, expectation]) => expectation))).toEqual(new Set(Object.values(BROKEN[table])));
  });

  test('gold equals a fold over the files; days that were closed before their late payments do not change', async () => {
    expect(await shop.expectFold([1], [2], [3])).toBeGreaterThan(0);
    expect(await shop.count('gold.daily_revenue')).toBeGreaterThan(5);
    expect(await shop.rows('SELECT count(*) FROM gold.dim_customers WHERE __END_AT IS NOT NULL')).not.toEqual([[0]]);
  });

  test('an update with nothing new changes nothing', async () => {
    const { datasets } = await shop.update('medallion');
    expect(datasets.filter(({ status }) => status !== 'unchanged')).toEqual([]);
  });

  test('a full refresh of everything leaves the history of customers, and one by its name is refused', async () => {
    const before = await shop.gold();
    const refused: unknown[] = [];
    await shop.update('cdc', {
      fullRefresh: 'all',
      onEvent: (event) => event.type === 'reset_refused' && refused.push(event.dataset),
    });
    expect(refused).toEqual(['gold.dim_customers']);
    expect(await shop.gold()).toEqual(before);
    await expect(shop.update('cdc', { fullRefresh: ['gold.dim_customers'] })).rejects.toMatchObject({
      code: 'LAKEFLOW_FULL_REFRESH',
    });
  });
});

test('sales that cannot be leave the table as it was; once the files are mended the next update goes through', async () => {
  const shop = new Shop('absurd');
  generate(shop.landing, '--batch', '1');
  await shop.update('medallion');
  await shop.update('cdc');
  const before = await shop.gold();

  generate(shop.landing, '--batch', '2', '--bad', 'order_items.absurd_price=0.01');
  expect(manifestsIn(shop.landing)[1]!.refused_by_gold['order_items.absurd_price']).toHaveLength(2);
  const failure = await shop.update('medallion').then(
    () => undefined,
    (error: unknown) => error,
  );
  expect(failure).toMatchObject({
    code: 'LAKEFLOW_EXPECTATION_FAILED',
    message: expect.stringContaining('sales_are_plausible'),
    hint: expect.any(String),
  });
  const after = await shop.gold();
  expect(after.sales_by_category).toEqual(before.sales_by_category);
  // As on the platform a table that breaks nothing is brought up to date: the days that closed before the absurd one.
  expect(after.daily_revenue).toEqual(foldGold(shop.landing, [[1], [2]]).daily_revenue);

  for (const table of ['order_items', 'payments']) rmSync(join(shop.landing, table, 'batch-000002.jsonl'));
  rmSync(join(shop.landing, '_manifests/batch-000002.json'));
  generate(shop.landing, '--batch', '2');
  const anew = ['order_items', 'payments'].flatMap((table) => [
    `bronze.${table}`,
    `silver.${table}`,
    `silver.${table}_quarantine`,
  ]);
  await shop.update('medallion', {
    fullRefresh: [...anew, 'gold.daily_revenue'],
    refresh: ['silver.order_totals', 'gold.sales_by_category'],
  });
  await shop.update('cdc');
  await shop.expectFold([1, 2]);
});
