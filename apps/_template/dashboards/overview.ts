import { bar, counter, dashboard, dataset, type LakeviewDefinition } from '@lakewright/constructs/dashboard-builder';

/**
 * The dashboard of newsystem.
 * @param catalog the system's catalog of the environment, such as `newsystem_local`
 */
export function overview(catalog: string): LakeviewDefinition {
  const categories = dataset({
    name: 'categories',
    displayName: 'Categories',
    query: `SELECT
  category,
  records,
  amount
FROM ${catalog}.gold.categories`,
    columns: { category: 'string', records: 'bigint', amount: 'decimal' },
  });
  return dashboard({
    catalog,
    pages: [
      {
        name: 'overview',
        displayName: 'Overview',
        widgets: [
          counter(categories, {
            title: 'Records',
            value: categories.sum('records').titled('records'),
            position: { x: 0, y: 0, width: 2, height: 3 },
          }),
          bar(categories, {
            title: 'Amount by category',
            x: categories.sum('amount').titled('Amount'),
            y: categories.column('category').titled('Category'),
            sort: 'largest-first',
            position: { x: 2, y: 0, width: 4, height: 6 },
          }),
        ],
      },
    ],
  });
}
