import { type FileRow, manifestsIn, rowsOf, TABLES, type Table } from './shop-files';

/** Gold as it must be, computed from the generator's files alone: no SQL, no table, and what is bad by the manifests. */
export interface ExpectedGold {
  readonly daily_revenue: readonly (readonly [day: string, currency: string, payments: number, revenue: number])[];
  readonly sales_by_category: readonly (readonly [
    category: string,
    currency: string,
    orders: number,
    units: number,
    sales: number,
  ])[];
  /** Versions: customer, what was known of it, sequence of the change that began it and of the one that ended it. */
  readonly dim_customers: readonly (readonly (string | number | null)[])[];
  readonly dim_products: readonly (readonly (string | number | null)[])[];
  /** Payments that came after their day was closed. */
  readonly tooLate: number;
}

const DAY = 24 * 3600 * 1000;
/** Behind the latest payment seen: what gold_daily_revenue.sql says. */
const DELAY = 2 * DAY;

/** @param updates the batches that each update of the medallion pipeline took in: closing a day depends on it */
export function foldGold(output: string, updates: readonly (readonly number[])[]): ExpectedGold {
  const good = goodRows(output);
  const batches = updates.flat();
  const all = (table: Table) => batches.flatMap((batch) => good(table, batch));
  return {
    ...closedDays(updates.map((numbers) => numbers.flatMap((batch) => good('payments', batch)))),
    sales_by_category: salesOf(all('order_items'), all('orders'), all('products')),
    dim_customers: versions(all('customers'), 'customer_id', ['name', 'email', 'city', 'country', 'segment']),
    dim_products: versions(all('products'), 'product_id', ['name', 'category', 'list_price', 'currency'])
      .filter((version) => version.at(-1) === null)
      .map((version) => version.slice(0, -2)),
  };
}

function goodRows(output: string): (table: Table, batch: number) => FileRow[] {
  const manifests = manifestsIn(output);
  const bad = new Set(manifests.flatMap(({ tables }) => TABLES.flatMap((table) => Object.values(tables[table].bad).flat())));
  return (table, batch) => rowsOf(output, table, batch).filter(({ record_id }) => !bad.has(String(record_id)));
}

function closedDays(updates: readonly (readonly FileRow[])[]): Pick<ExpectedGold, 'daily_revenue' | 'tooLate'> {
  const closed = new Map<string, { payments: number; cents: number }>();
  let open: FileRow[] = [];
  let watermark = Number.NEGATIVE_INFINITY;
  let tooLate = 0;
  for (const payments of updates) {
    const ends = (row: FileRow) => (Math.floor(Date.parse(String(row.paid_at)) / DAY) + 1) * DAY;
    const inTime = payments.filter((row) => ends(row) > watermark);
    tooLate += payments.length - inTime.length;
    open.push(...inTime);
    watermark = Math.max(watermark, ...payments.map((row) => Date.parse(String(row.paid_at)) - DELAY));
    for (const row of open.filter((each) => ends(each) <= watermark)) {
      const key = `${new Date(ends(row) - DAY).toISOString().slice(0, 10)} ${row.currency}`;
      const sum = closed.get(key) ?? { payments: 0, cents: 0 };
      closed.set(key, { payments: sum.payments + 1, cents: sum.cents + cents(row.amount) });
    }
    open = open.filter((each) => ends(each) > watermark);
  }
  const daily_revenue = [...closed].map(([key, sum]) => {
    const [day = '', currency = ''] = key.split(' ');
    return [day, currency, sum.payments, sum.cents / 100] as const;
  });
  return { daily_revenue: sorted(daily_revenue), tooLate };
}

function salesOf(items: readonly FileRow[], orders: readonly FileRow[], products: readonly FileRow[]) {
  const currencies = new Map(orders.map(({ order_id, currency }) => [order_id, String(currency)]));
  const categories = new Map(
    products.flatMap(({ product_id, category }) => (category === null ? [] : [[product_id, String(category)] as const])),
  );
  const sums = new Map<string, { orders: Set<unknown>; units: number; cents: number }>();
  for (const { order_id, product_id, quantity, unit_price } of items) {
    const key = `${categories.get(product_id!)} ${currencies.get(order_id!)}`;
    const sum = sums.get(key) ?? { orders: new Set(), units: 0, cents: 0 };
    sum.orders.add(order_id);
    sums.set(key, {
      orders: sum.orders,
      units: sum.units + Number(quantity),
      cents: sum.cents + Number(quantity) * cents(unit_price),
    });
  }
  return sorted(
    [...sums].map(([key, sum]) => {
      const [category = '', currency = ''] = key.split(' ');
      return [category, currency, sum.orders.size, sum.units, sum.cents / 100] as const;
    }),
  );
}

/** Every version of every key, in the order of the changes however they came. */
function versions(changes: readonly FileRow[], key: string, columns: readonly string[]): (string | number | null)[][] {
  const byKey = new Map<string, Map<number, FileRow>>();
  for (const change of changes) {
    const id = String(change[key]);
    byKey.set(id, (byKey.get(id) ?? new Map()).set(Number(change.sequence), change));
  }
  const found: (string | number | null)[][] = [];
  for (const [id, ofKey] of byKey) {
    let current: (string | number | null)[] | undefined;
    for (const [sequence, change] of [...ofKey].sort(([a], [b]) => a - b)) {
      const values = columns.map((column) => change[column] ?? null);
      if (current && change.operation !== 'DELETE' && JSON.stringify(current.slice(1, -2)) === JSON.stringify(values)) continue;
      if (current) current[current.length - 1] = sequence;
      current = change.operation === 'DELETE' ? undefined : [id, ...values, sequence, null];
      if (current) found.push(current);
    }
  }
  return sorted(found);
}

function cents(amount: string | number | null | undefined): number {
  return Math.round(Number(amount) * 100);
}

/** By the whole row, as texts. */
export function sorted<T>(rows: readonly T[]): T[] {
  return [...rows].sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
}
